"""What requests of all apps have in common: whom they name, their key, how they fail."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from interview_trainer.schema import (
    FORBIDDEN,
    INVALID,
    answer_header,
    failure,
)
from users.errors import (
    BadOperationKeyError,
    EmailRequiredError,
    ForeignEmailError,
    InsufficientCreditsError,
    OperationInProgressError,
    OperationKeyReusedError,
    OperationSettledError,
    UserNotFoundError,
)

EMAIL = OpenApiParameter(
    "email",
    OpenApiTypes.EMAIL,
    description="The person. A key must name one; a signed-in person may only name themselves.",
)
CURSOR = OpenApiParameter(
    "cursor", str, description="Where the page starts, from `next` or `previous`."
)
PAGE_SIZE = OpenApiParameter("page_size", int, description="How many to a page, at most 200.")
PAGES = (CURSOR, PAGE_SIZE)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    OpenApiParameter.HEADER,
    description=(
        "Your own id for this operation. The same request again is answered with the stored"
        " answer, and nothing is charged or granted again."
    ),
)

IDEMPOTENT = (
    IDEMPOTENCY_KEY,
    answer_header(
        "Idempotency-Replayed", str, "`true` where this is a stored answer.", required=False
    ),
)

KEY_FAILURES = (
    failure(BadOperationKeyError),
    failure(OperationInProgressError),
    failure(OperationSettledError),
    failure(OperationKeyReusedError),
)
PERSON_FAILURES = (
    failure(EmailRequiredError),
    INVALID,
    FORBIDDEN,
    failure(ForeignEmailError),
    failure(UserNotFoundError),
)
NO_CREDITS = failure(InsufficientCreditsError, required=3, balance=1)
