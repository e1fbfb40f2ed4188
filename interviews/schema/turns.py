"""How holding an interview shows in the OpenAPI document."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from ai.audio import FORMATS
from ai.errors import (
    AudioTooLongError,
    EmptyAudioError,
    ProviderError,
    ProviderTimeoutError,
    UnreadableAudioError,
)
from ai.schema import AUDIO_FORMAT, RECEIPT_EXAMPLE, RECORDING
from interview_trainer.schema import BODY_FAILURES, failure, operation
from interviews.errors import (
    InterviewNotFoundError,
    TurnDiffersError,
    TurnNotFoundError,
    TurnOpenError,
    TurnRunningError,
    WrongStateError,
)
from interviews.serializers import (
    AnswerSerializer,
    ChangesSerializer,
    OutcomeSerializer,
    SkipSerializer,
)
from users.schema.requests import EMAIL, IDEMPOTENT, KEY_FAILURES, NO_CREDITS, PERSON_FAILURES

INTERVIEWS = "interviews"
TURN_ID = "1f0c5c52-3c0e-4a52-8d5b-7a1c3f0b2a6d"

NOT_MINE = (*PERSON_FAILURES, failure(InterviewNotFoundError))
WRONG_STATE = failure(WrongStateError, state="finished")
WAITING = (failure(TurnOpenError, turn_id=TURN_ID), failure(TurnRunningError))

SPEAK = OpenApiParameter(
    "speak",
    bool,
    description="Whether the interviewer's words are spoken; by default as the person chose.",
)
SPOKEN = (EMAIL, SPEAK, AUDIO_FORMAT)

INTERVIEW_EXAMPLE = {
    "id": "6d1cbb6c-54f9-4e4b-9a53-6f8e6ab1c3f5",
    "role": "nurse",
    "role_title": "nurse",
    "level": "mid",
    "type": "mixed",
    "language": "en",
    "state": "running",
    "length": 3,
    "position": 1,
    "revision": 4,
    "turn_count": 3,
    "matched_by": "order",
    "rubric": {"name": "core", "version": 1},
    "retake_of": None,
    "created_at": "2026-11-22T18:00:00Z",
    "started_at": "2026-11-22T18:01:00Z",
    "finished_at": None,
    "open_turn_id": None,
    "report_state": None,
}
ANSWER_EXAMPLE = {
    "sequence": 2,
    "speaker": "candidate",
    "kind": "answer",
    "question": 1,
    "text": "We moved the handover to the bedside.",
    "turn_id": TURN_ID,
    "state": "answered",
    "words": [{"text": "We", "start_s": 0.3, "end_s": 0.5}],
    "duration_s": 14.2,
    "has_recording": True,
    "asks_for": "",
    "model": "builtin-whisper",
    "created_at": "2026-11-22T18:01:30Z",
}
REPLY_EXAMPLE = {
    "sequence": 3,
    "speaker": "interviewer",
    "kind": "follow_up",
    "question": 1,
    "text": "What was your own part in it?",
    "turn_id": None,
    "state": "said",
    "words": [],
    "duration_s": None,
    "has_recording": False,
    "asks_for": "action",
    "model": "builtin-coach",
    "created_at": "2026-11-22T18:01:32Z",
}
PAID_EXAMPLE = {"capability": "text", "model": "builtin-coach", **RECEIPT_EXAMPLE}
SAID_EXAMPLE: dict[str, Any] = {
    "turn": None,
    "reply": REPLY_EXAMPLE,
    "interview": INTERVIEW_EXAMPLE,
    "receipts": [],
}
QUIET_EXAMPLE = SAID_EXAMPLE | {"reply": None}
OUTCOME_EXAMPLE = SAID_EXAMPLE | {"turn": ANSWER_EXAMPLE, "receipts": [PAID_EXAMPLE]}
EVENTS_EXAMPLE = """\
event: turn
data: {"sequence": 3, "speaker": "interviewer", "kind": "follow_up", "question": 1}

event: audio
data: {"seq": 0, "format": "mp3", "b64": "//Nk", "text": "What was your own part in it?"}

event: done
data: {}

"""
ANSWER_BODY = {
    "application/json": AnswerSerializer,
    "multipart/form-data": {
        "type": "object",
        "required": ["turn_id"],
        "properties": {
            "turn_id": {"type": "string", "format": "uuid"},
            "audio": RECORDING,
            "text": {"type": "string"},
        },
    },
}
AS_EVENTS = (
    " Whole, or as server-sent events for who accepts them: `turn`, `receipt`, `interview`,"
    " `audio` where it is spoken, and last `done` or `error`."
)

TURNS = {
    "start": operation(
        "interviews_start",
        "Begin an interview with its first question",
        description="Sent twice, it is one start." + AS_EVENTS,
        answer=OutcomeSerializer,
        example=SAID_EXAMPLE,
        events_example=EVENTS_EXAMPLE,
        parameters=[*SPOKEN, *IDEMPOTENT],
        failures=[*NOT_MINE, *KEY_FAILURES, WRONG_STATE],
        tag=INTERVIEWS,
    ),
    "create": operation(
        "interviews_answer",
        "Answer, by voice or by text",
        description=(
            "The answer is stored before it is worked on. Sent again under its `turn_id`, with or"
            " without its content, it is taken up where it stopped, and never paid twice."
            + AS_EVENTS
        ),
        body=ANSWER_BODY,
        body_example={"turn_id": TURN_ID, "text": "We moved the handover to the bedside."},
        answer=OutcomeSerializer,
        example=OUTCOME_EXAMPLE,
        events_example=EVENTS_EXAMPLE,
        parameters=SPOKEN,
        failures=[
            *BODY_FAILURES,
            *NOT_MINE,
            WRONG_STATE,
            *WAITING,
            failure(TurnNotFoundError),
            failure(TurnDiffersError),
            failure(EmptyAudioError),
            failure(AudioTooLongError),
            failure(UnreadableAudioError),
            NO_CREDITS,
            failure(ProviderError),
            failure(ProviderTimeoutError),
        ],
        tag=INTERVIEWS,
    ),
    "skip": operation(
        "interviews_skip",
        "Leave the question and go on to the next",
        description=(
            "After the last question, the interviewer closes the interview. With `question` (its"
            " position), a skip that is sent twice is one." + AS_EVENTS
        ),
        body=SkipSerializer,
        body_example={"question": 1},
        answer=OutcomeSerializer,
        example=SAID_EXAMPLE,
        events_example=EVENTS_EXAMPLE,
        parameters=[*SPOKEN, *IDEMPOTENT],
        failures=[*BODY_FAILURES, *NOT_MINE, *KEY_FAILURES, WRONG_STATE, *WAITING],
        tag=INTERVIEWS,
    ),
    "repeat": operation(
        "interviews_repeat",
        "Hear again what was asked last",
        description="The question or follow-up that waits for an answer." + AS_EVENTS,
        answer=OutcomeSerializer,
        example=SAID_EXAMPLE,
        events_example=EVENTS_EXAMPLE,
        parameters=[*SPOKEN, *IDEMPOTENT],
        failures=[*NOT_MINE, *KEY_FAILURES, WRONG_STATE, *WAITING],
        tag=INTERVIEWS,
    ),
    "pause": operation(
        "interviews_pause",
        "Pause an interview",
        description="An answer resumes it.",
        answer=OutcomeSerializer,
        example=QUIET_EXAMPLE,
        parameters=[EMAIL],
        failures=[*NOT_MINE, WRONG_STATE],
        tag=INTERVIEWS,
    ),
    "resume": operation(
        "interviews_resume",
        "Go on with a paused interview",
        answer=OutcomeSerializer,
        example=QUIET_EXAMPLE,
        parameters=[EMAIL],
        failures=[*NOT_MINE, WRONG_STATE],
        tag=INTERVIEWS,
    ),
    "events": operation(
        "interviews_events",
        "What changed since a revision",
        description=(
            "For other devices, and after a lost connection. Turns beyond `turn_count` were taken"
            " back."
        ),
        answer=ChangesSerializer,
        example={"interview": INTERVIEW_EXAMPLE, "turns": [REPLY_EXAMPLE]},
        parameters=[EMAIL, OpenApiParameter("after", int, description="A `revision`; 0 for all.")],
        failures=NOT_MINE,
        tag=INTERVIEWS,
    ),
    "audio": operation(
        "interviews_recording",
        "The recording of an answer",
        description="Answers a `Range` of bytes (206), so that a player can seek.",
        answer=OpenApiTypes.BINARY,
        media_types=list(FORMATS),
        parameters=[EMAIL],
        failures=[*NOT_MINE, failure(TurnNotFoundError)],
        tag=INTERVIEWS,
    ),
    "destroy": operation(
        "interviews_drop_answer",
        "Take back an answer that was not replied to yet",
        answer=None,
        status=204,
        parameters=[EMAIL],
        failures=[
            *NOT_MINE,
            failure(TurnNotFoundError),
            WRONG_STATE,
            failure(TurnRunningError),
        ],
        tag=INTERVIEWS,
    ),
}
