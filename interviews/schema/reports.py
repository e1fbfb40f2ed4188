"""How reports, progress and rubrics show in the OpenAPI document."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter

from interview_trainer.schema import FORBIDDEN, failure, operation
from interviews.errors import (
    InterviewNotFoundError,
    ReportNotReadyError,
    TurnOpenError,
    TurnRunningError,
    WrongStateError,
)
from interviews.report_serializers import (
    ProgressSerializer,
    ReportSerializer,
    RubricSerializer,
    WholeReportSerializer,
)
from users.schema.requests import EMAIL, PERSON_FAILURES

TAG = "interviews"
INTERVIEW_ID = "6d1cbb6c-54f9-4e4b-9a53-6f8e6ab1c3f5"
TURN_ID = "0d3f4a56-6c7e-4b0b-8f9e-0a1b2c3d4e5f"
NOT_MINE = (*PERSON_FAILURES, failure(InterviewNotFoundError))

REPORT_EXAMPLE: dict[str, Any] = {
    "interview": INTERVIEW_ID,
    "state": "waiting",
    "progress": {"answers_scored": 0, "answers_total": 0},
    "failure": "",
    "created_at": "2026-11-22T18:12:00Z",
    "ready_at": None,
}
QUOTE_EXAMPLE = {
    "text": "I asked her to sit with me in the quiet room",
    "turn_id": TURN_ID,
    "start_s": 4.2,
    "end_s": 7.9,
}
DOCUMENT_EXAMPLE: dict[str, Any] = {
    "format": 1,
    "overall": {"level": 3.8, "answers": 3, "scored_answers": 3},
    "keep": {
        "text": "Keep saying what you did yourself.",
        "dimension": "ownership",
        "quote": QUOTE_EXAMPLE,
    },
}
DOWNLOAD = OpenApiParameter(
    "download", bool, default=False, description="The document alone, as a file to keep."
)
TREND_EXAMPLE = {
    "verdict": "better",
    "text": "Better: 3.9 over the last 2, 3.1 over the 2 before.",
    "interviews": 4,
    "earlier": 3.1,
    "later": 3.9,
    "spread": 0.3,
}
SUMMARY_EXAMPLE = {
    "id": INTERVIEW_ID,
    "role": "nurse",
    "role_title": "nurse",
    "level": "mid",
    "type": "mixed",
    "finished_at": "2026-11-22T18:12:00Z",
    "is_retake": False,
    "rubric": "core-1",
    "scorer": "rules-2",
    "overall": 3.8,
    "answers": 3,
    "scored_answers": 3,
    "dimensions": {"relevance": 4.0},
    "competencies": {"communication": 4.1, "planning": None},
    "measures": {"words_per_minute": 141.0, "talk_share": None},
}

REPORTS = {
    "finish": operation(
        "interviews_finish",
        "End an interview and ask for its report",
        description=(
            "Ends the interview where it is. The report is made in the background; where it has"
            " failed, this asks for it again. Sent twice it does no more."
        ),
        answer=ReportSerializer,
        status=202,
        example=REPORT_EXAMPLE,
        parameters=[EMAIL],
        failures=[
            *NOT_MINE,
            failure(WrongStateError, state="planned"),
            failure(TurnOpenError, turn_id=TURN_ID),
            failure(TurnRunningError),
        ],
        tag=TAG,
    ),
    "report": operation(
        "interviews_report",
        "An interview's report",
        description=(
            "How far the report is, and its document once it is ready. Every score in it cites the"
            " candidate's words, and says where in which recording they are."
        ),
        answer=WholeReportSerializer,
        example=REPORT_EXAMPLE
        | {
            "state": "ready",
            "progress": {"answers_scored": 3, "answers_total": 3},
            "ready_at": "2026-11-22T18:12:04Z",
            "document": DOCUMENT_EXAMPLE,
        },
        parameters=[EMAIL, DOWNLOAD],
        failures=[*NOT_MINE, failure(ReportNotReadyError)],
        tag=TAG,
    ),
}

PROGRESS = {
    "retrieve": operation(
        "progress_read",
        "Scores and measures over a person's interviews",
        description=(
            "The newest hundred interviews with a report, and what can be said of their trend: no"
            " claim is made of fewer than three, or of a difference within their own spread."
        ),
        answer=ProgressSerializer,
        example={
            "interviews": [SUMMARY_EXAMPLE],
            "trend": {"overall": TREND_EXAMPLE, "dimensions": {"relevance": TREND_EXAMPLE}},
            "names": {
                "dimensions": {"relevance": "Relevance"},
                "competencies": {"communication": "Communication"},
                "measures": {
                    "words_per_minute": {
                        "name": "Pace",
                        "unit": "words/min",
                        "low": 120,
                        "high": 180,
                    }
                },
            },
        },
        parameters=[EMAIL],
        failures=PERSON_FAILURES,
        tag=TAG,
    )
}

RUBRICS = {
    "list": operation(
        "rubrics_list",
        "The rubrics that answers are read against",
        description="Every rubric in every version: what can be observed at each level.",
        answer=RubricSerializer(many=True),
        example={
            "name": "core",
            "version": 1,
            "title": "Core rubric for practice interviews",
            "dimensions": [
                {
                    "id": "relevance",
                    "name": "Relevance",
                    "description": "Whether the answer answers this question.",
                    "anchors": ["Speaks of something else."],
                }
            ],
            "competencies": [],
            "kinds": [],
        },
        failures=[FORBIDDEN],
        tag=TAG,
    )
}
