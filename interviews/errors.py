"""What can go wrong in an interview."""

from __future__ import annotations

from uuid import UUID

from interview_trainer.errors import AppError


class InterviewNotFoundError(AppError):
    status = 404
    code = "interview_not_found"
    title = "There is no such interview"


class TurnNotFoundError(AppError):
    status = 404
    code = "turn_not_found"
    title = "There is no such turn in this interview"


class QuestionNotFoundError(AppError):
    status = 404
    code = "question_not_found"
    title = "There is no such question among those that you were asked"


class UnknownRoleError(AppError):
    status = 400
    code = "unknown_role"
    title = "There are no questions for this role; /api/roles lists the roles"


class UnknownRubricError(AppError):
    status = 400
    code = "unknown_rubric"
    title = "There is no such rubric; /api/rubrics lists the rubrics"


class UnreadableDocumentError(AppError):
    status = 400
    code = "unreadable_document"
    title = "This document cannot be read; send PDF, DOCX or plain text, or paste the text"


class UnsupportedDocumentError(AppError):
    status = 415
    code = "unsupported_document"
    title = "Only PDF, DOCX and plain text can be read; save it as one of these, or paste the text"


class WrongStateError(AppError):
    """The interview is not where this can be done; `state` says where it is."""

    status = 409
    code = "wrong_state"
    title = "That cannot be done now"

    def __init__(self, detail: str, *, state: str) -> None:
        super().__init__(detail, state=state)


class TurnOpenError(AppError):
    status = 409
    code = "turn_open"
    title = "An earlier answer still waits; send its turn_id again, or drop it"

    def __init__(self, *, turn_id: UUID | None) -> None:
        super().__init__(turn_id=str(turn_id))


class TurnRunningError(AppError):
    status = 409
    code = "turn_running"
    title = "This answer is being worked on; ask again shortly"

    def __init__(self, *, retry_after_s: int = 1) -> None:
        super().__init__(headers={"Retry-After": str(retry_after_s)})


class TurnDiffersError(AppError):
    status = 422
    code = "turn_differs"
    title = "Another answer was sent with this turn_id; choose a new one"


class ReportNotReadyError(AppError):
    status = 409
    code = "report_not_ready"
    title = "There is no report yet; finish the interview first"
