"""How setting up interviews shows in the OpenAPI document."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_serializer
from rest_framework import serializers

from ai.serializers import ReceiptSerializer
from interview_trainer.schema import BODY_FAILURES, FORBIDDEN, NOT_FOUND, failure, operation
from interviews.errors import (
    InterviewNotFoundError,
    QuestionNotFoundError,
    UnknownRoleError,
    UnknownRubricError,
    UnreadableDocumentError,
    UnsupportedDocumentError,
)
from interviews.models import Interview
from interviews.serializers import (
    InterviewPlanSerializer,
    InterviewSerializer,
    RetakePlanSerializer,
    RoleSerializer,
    WholeInterviewSerializer,
)
from users.schema.requests import EMAIL, IDEMPOTENT, KEY_FAILURES, PAGES, PERSON_FAILURES

TAG = "interviews"
INTERVIEW_ID = "6d1cbb6c-54f9-4e4b-9a53-6f8e6ab1c3f5"

NOT_MINE = (*PERSON_FAILURES, failure(InterviewNotFoundError))
INTERVIEW_EXAMPLE: dict[str, Any] = {
    "id": INTERVIEW_ID,
    "role": "nurse",
    "role_title": "nurse",
    "level": "entry",
    "type": "mixed",
    "language": "en",
    "state": "running",
    "length": 3,
    "position": 1,
    "revision": 2,
    "turn_count": 1,
    "matched_by": "terms",
    "rubric": {"name": "core", "version": 1},
    "retake_of": None,
    "created_at": "2026-11-22T18:00:00Z",
    "started_at": "2026-11-22T18:01:00Z",
    "finished_at": None,
    "open_turn_id": None,
    "report_state": None,
}
QUESTION_EXAMPLE = {
    "id": 12,
    "position": 1,
    "kind": "behavioural",
    "competency": "safety",
    "competency_name": "Safety",
    "text": "Tell me about a time you noticed that a patient was getting worse.",
    "state": "asked",
    "matched": ["patient observation"],
}
TURN_EXAMPLE = {
    "sequence": 1,
    "speaker": "interviewer",
    "kind": "question",
    "question": 1,
    "text": QUESTION_EXAMPLE["text"],
    "turn_id": None,
    "state": "said",
    "words": [],
    "duration_s": None,
    "has_recording": False,
    "asks_for": "",
    "model": "",
    "created_at": "2026-11-22T18:01:00Z",
}
WHOLE_EXAMPLE = INTERVIEW_EXAMPLE | {
    "questions": [QUESTION_EXAMPLE],
    "turns": [TURN_EXAMPLE],
    "notes": [],
    "quote": None,
}
QUOTE_EXAMPLE = {
    "credits": 36,
    "balance": 300,
    "is_enough": True,
    "parts": [
        {
            "capability": "transcription",
            "model": "builtin-ears",
            "units": 1_080,
            "credits": 36,
            "assumes": "All 9 answers are spoken: one to each question and to 2 follow-ups.",
        }
    ],
}
PLAN_EXAMPLE = {
    "role": "nurse",
    "level": "entry",
    "type": "mixed",
    "length": 3,
    "job_description": "A ward nurse who observes patients closely.",
}


class DocumentFieldSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]  # has no types
    target_class = "interviews.serializers.DocumentField"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        return {"type": "string", "default": ""}


@extend_schema_serializer(many=False)  # it is the page, not what is on it
class InterviewPageSerializer(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = InterviewSerializer(many=True)


class NewInterviewSerializer(WholeInterviewSerializer):
    receipts = ReceiptSerializer(many=True)

    class Meta(WholeInterviewSerializer.Meta):
        fields = (*WholeInterviewSerializer.Meta.fields, "receipts")


DOCUMENT = {
    "description": "A text, or a PDF, DOCX or text file.",
    "oneOf": [{"type": "string"}, {"type": "string", "format": "binary"}],
}
PLAN_FORM = {
    "type": "object",
    "required": ["role", "level", "type", "length"],
    "properties": {
        "role": {"type": "string"},
        "level": {"type": "string", "enum": Interview.Level.values},
        "type": {"type": "string", "enum": Interview.Type.values},
        "length": {"type": "integer", "minimum": 1},
        "language": {"type": "string", "default": "en"},
        "rubric": {"type": "string", "default": "core"},
        "job_description": DOCUMENT,
        "resume": DOCUMENT,
    },
}

INTERVIEWS = {
    "list": operation(
        "interviews_list",
        "A person's interviews",
        description="A person's interviews, newest first, by pages, without what was said.",
        answer=InterviewPageSerializer,
        example={"next": None, "previous": None, "results": [INTERVIEW_EXAMPLE]},
        parameters=[EMAIL, *PAGES],
        failures=[*PERSON_FAILURES, NOT_FOUND],
        tag=TAG,
    ),
    "create": operation(
        "interviews_create",
        "Set up an interview",
        description=(
            "Plan the questions of an interview, matched to a job description and a résumé where"
            " they are given; or take one question again by its id in `retake_of`. The text of a"
            " question is withheld until it is asked. `receipts` has one entry where a language"
            " model did the matching."
        ),
        body={
            "application/json": PolymorphicProxySerializer(
                "InterviewPlanOrRetake",
                [InterviewPlanSerializer, RetakePlanSerializer],
                resource_type_field_name=None,
                many=False,
            ),
            "multipart/form-data": PLAN_FORM,
        },
        body_example=PLAN_EXAMPLE,
        answer=NewInterviewSerializer,
        status=201,
        example=WHOLE_EXAMPLE | {"receipts": [], "quote": QUOTE_EXAMPLE},
        parameters=[EMAIL, *IDEMPOTENT],
        failures=[
            *BODY_FAILURES,
            *PERSON_FAILURES,
            *KEY_FAILURES,
            failure(UnknownRoleError),
            failure(UnknownRubricError),
            failure(UnreadableDocumentError),
            failure(UnsupportedDocumentError),
            failure(QuestionNotFoundError),
        ],
        tag=TAG,
    ),
    "retrieve": operation(
        "interviews_read",
        "An interview with its questions and all that was said",
        answer=WholeInterviewSerializer,
        example=WHOLE_EXAMPLE,
        parameters=[EMAIL],
        failures=NOT_MINE,
        tag=TAG,
    ),
    "destroy": operation(
        "interviews_delete",
        "Delete an interview with its recordings and its report",
        answer=None,
        status=204,
        parameters=[EMAIL],
        failures=NOT_MINE,
        tag=TAG,
    ),
}

ROLES = {
    "list": operation(
        "roles_list",
        "The roles that there are questions for",
        answer=RoleSerializer(many=True),
        example={"id": "nurse", "title": "nurse", "field": "health care"},
        failures=[FORBIDDEN],
        tag=TAG,
    )
}
