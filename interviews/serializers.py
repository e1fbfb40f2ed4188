"""The shapes of interviews, questions and turns. docs/interviews.md lists them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from rest_framework import serializers

from ai.coach.bank import load_bank
from interviews.models import Interview, Question, Turn


class RubricReferenceSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(source="rubric")
    version = serializers.IntegerField(source="rubric_version")


class InterviewSerializer(serializers.ModelSerializer[Interview]):
    """An interview without what was said. Takes rows of `Interview.objects.for_showing()`."""

    rubric = RubricReferenceSerializer(source="*")
    role_title = serializers.CharField()
    length = serializers.SerializerMethodField()
    position = serializers.SerializerMethodField()
    open_turn_id = serializers.SerializerMethodField()
    report_state = serializers.SerializerMethodField()

    class Meta:
        model = Interview
        fields: tuple[str, ...] = (
            "id",
            "role",
            "role_title",
            "level",
            "type",
            "language",
            "state",
            "length",
            "position",
            "revision",
            "turn_count",
            "matched_by",
            "rubric",
            "retake_of",
            "created_at",
            "started_at",
            "finished_at",
            "open_turn_id",
            "report_state",
        )

    def get_length(self, interview: Interview) -> int:
        return len(interview.questions.all())

    def get_position(self, interview: Interview) -> int:
        """The number of the last question that was put; 0 before the first."""
        put = (q.position for q in interview.questions.all() if q.state != Question.State.PENDING)
        return max(put, default=0)

    def get_open_turn_id(self, interview: Interview) -> str | None:
        return next((str(turn.turn_id) for turn in interview.turns.all() if turn.is_open), None)

    def get_report_state(self, interview: Interview) -> str | None:
        try:
            return interview.report.state
        except ObjectDoesNotExist:
            return None


class QuestionSerializer(serializers.ModelSerializer[Question]):
    """The text of a question that was not put yet is withheld."""

    competency_name = serializers.SerializerMethodField()
    text = serializers.SerializerMethodField()

    class Meta:
        model = Question
        fields = (
            "id",
            "position",
            "kind",
            "competency",
            "competency_name",
            "text",
            "state",
            "matched",
        )

    def get_competency_name(self, question: Question) -> str:
        known = load_bank().competencies.get(question.competency)
        return known.name if known else question.competency

    def get_text(self, question: Question) -> str | None:
        return None if question.state == Question.State.PENDING else question.text


class SpokenWordSerializer(serializers.Serializer[Any]):
    """One of a turn's stored words."""

    text = serializers.CharField(source="0")
    start_s = serializers.FloatField(source="1")
    end_s = serializers.FloatField(source="2")

    def to_representation(self, word: Any) -> dict[str, Any]:
        return {"text": word[0], "start_s": word[1], "end_s": word[2]}


class TurnSerializer(serializers.ModelSerializer[Turn]):
    """Takes rows with `question` and `recording` at hand (`select_related`)."""

    question = serializers.SerializerMethodField()
    words = SpokenWordSerializer(many=True)
    has_recording = serializers.SerializerMethodField()

    class Meta:
        model = Turn
        fields = (
            "sequence",
            "speaker",
            "kind",
            "question",
            "text",
            "turn_id",
            "state",
            "words",
            "duration_s",
            "has_recording",
            "asks_for",
            "model",
            "created_at",
        )

    def get_question(self, turn: Turn) -> int | None:
        """The question's position."""
        return turn.question.position if turn.question else None

    def get_has_recording(self, turn: Turn) -> bool:
        return hasattr(turn, "recording")


class WholeInterviewSerializer(InterviewSerializer):
    """An interview with its questions and all that was said."""

    questions = QuestionSerializer(many=True)
    turns = TurnSerializer(many=True)

    class Meta(InterviewSerializer.Meta):
        fields = (*InterviewSerializer.Meta.fields, "questions", "turns")
