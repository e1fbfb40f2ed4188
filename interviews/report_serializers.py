"""The shapes of reports, progress and rubrics. docs/interviews.md lists the report's document."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from interviews.models import Report
from interviews.scoring.ranges import RANGES
from interviews.scoring.rubric import Rubric, Scale, all_rubrics
from interviews.services.progress import Progress, Trend, Verdict


class ReportProgressSerializer(serializers.Serializer[Report]):
    answers_scored = serializers.IntegerField()
    answers_total = serializers.IntegerField()


class ReportSerializer(serializers.ModelSerializer[Report]):
    """`failure` is the code of the error that ended the last attempt, empty where none did."""

    interview = serializers.UUIDField(source="interview_id")
    progress = ReportProgressSerializer(source="*")

    class Meta:
        model = Report
        fields: tuple[str, ...] = (
            "interview",
            "state",
            "progress",
            "failure",
            "created_at",
            "ready_at",
        )


class WholeReportSerializer(ReportSerializer):
    """With the document, None until the report is ready."""

    document = serializers.DictField(allow_null=True)

    class Meta(ReportSerializer.Meta):
        fields = (*ReportSerializer.Meta.fields, "document")


class DownloadSerializer(serializers.Serializer[Any]):
    download = serializers.BooleanField(default=False)


class ReportSummarySerializer(serializers.Serializer[Report]):
    """One interview of a person's progress. Levels and values are by id, null where unknown."""

    id = serializers.UUIDField(source="interview_id")
    role = serializers.CharField(source="interview.role")
    role_title = serializers.CharField(source="interview.role_title")
    level = serializers.CharField(source="interview.level")
    type = serializers.CharField(source="interview.type")
    finished_at = serializers.DateTimeField(source="interview.finished_at")
    is_retake = serializers.SerializerMethodField()
    rubric = serializers.CharField(source="summary.rubric")
    scorer = serializers.CharField(source="summary.scorer")
    overall = serializers.FloatField(source="summary.level", allow_null=True)
    answers = serializers.IntegerField(source="summary.answers")
    scored_answers = serializers.IntegerField(source="summary.scored_answers")
    dimensions = serializers.DictField(
        source="summary.dimensions", child=serializers.FloatField(allow_null=True)
    )
    competencies = serializers.DictField(
        source="summary.competencies", child=serializers.FloatField(allow_null=True)
    )
    measures = serializers.DictField(
        source="summary.measures", child=serializers.FloatField(allow_null=True)
    )

    def get_is_retake(self, report: Report) -> bool:
        return report.interview.retake_of_id is not None


class TrendSerializer(serializers.Serializer[Trend]):
    verdict = serializers.ChoiceField(choices=[verdict.value for verdict in Verdict])
    text = serializers.CharField()
    interviews = serializers.IntegerField()
    earlier = serializers.FloatField(allow_null=True)
    later = serializers.FloatField(allow_null=True)
    spread = serializers.FloatField(allow_null=True)


class TrendsSerializer(serializers.Serializer[Progress]):
    overall = TrendSerializer()
    dimensions = serializers.DictField(child=TrendSerializer())


class NamesSerializer(serializers.Serializer[Any]):
    """What the ids are called; of measures also the unit and the range."""

    dimensions = serializers.DictField(child=serializers.CharField())
    competencies = serializers.DictField(child=serializers.CharField())
    measures = serializers.DictField(child=serializers.DictField())


class ProgressSerializer(serializers.Serializer[Progress]):
    interviews = ReportSummarySerializer(many=True, source="reports")
    trend = TrendsSerializer(source="*")
    names = serializers.SerializerMethodField()

    def get_names(self, progress: Progress) -> dict[str, Any]:
        return known_names()


def known_names() -> dict[str, Any]:
    """The names in the newest rubrics, and those that only old ones have."""
    dimensions: dict[str, str] = {}
    competencies: dict[str, str] = {}
    for rubric in all_rubrics():
        dimensions |= {id_.value: scale.title for id_, scale in rubric.dimensions.items()}
        competencies |= {id_: scale.title for id_, scale in rubric.competencies.items()}
    measures = {
        row.id: {"name": row.name, "unit": row.unit, "low": row.low, "high": row.high}
        for row in RANGES.values()
    }
    return {"dimensions": dimensions, "competencies": competencies, "measures": measures}


class ScaleSerializer(serializers.Serializer[Scale]):
    """`anchors` are what can be observed at the levels 1 to 5."""

    id = serializers.CharField()
    name = serializers.CharField(source="title")
    description = serializers.CharField()
    anchors = serializers.ListField(child=serializers.CharField())


class RubricSerializer(serializers.Serializer[Rubric]):
    """`kinds` says of each kind of question what its answers are made of, and what counts how much.

    Weights are percent.
    """

    name = serializers.CharField()
    version = serializers.IntegerField()
    title = serializers.CharField()
    dimensions = serializers.SerializerMethodField()
    competencies = serializers.SerializerMethodField()
    kinds = serializers.SerializerMethodField()

    def get_dimensions(self, rubric: Rubric) -> list[dict[str, Any]]:
        return [dict(ScaleSerializer(scale).data) for scale in rubric.dimensions.values()]

    def get_competencies(self, rubric: Rubric) -> list[dict[str, Any]]:
        return [dict(ScaleSerializer(scale).data) for scale in rubric.competencies.values()]

    def get_kinds(self, rubric: Rubric) -> list[dict[str, Any]]:
        return [
            {
                "kind": kind.value,
                "parts": [{"id": p.value, "description": rubric.parts[p]} for p in rules.parts],
                "weights": {dimension.value: w for dimension, w in rules.weights.items()},
            }
            for kind, rules in rubric.kinds.items()
        ]
