"""How the staff tools show in the OpenAPI document."""

from drf_spectacular.utils import OpenApiParameter

from interview_trainer.schema import (
    BODY_FAILURES,
    FORBIDDEN,
    INVALID,
    NOT_FOUND,
    answer_header,
    operation,
)
from users.schema.people import USER_EXAMPLE
from users.schema.requests import (
    EMAIL,
    IDEMPOTENT,
    KEY_FAILURES,
    NO_CREDITS,
    PAGES,
    PERSON_FAILURES,
)
from users.serializers import UserSerializer

DEBUGGING = "debugging"

ECHO_SCHEMA = {
    "type": "object",
    "required": ["method", "path", "query", "headers", "body", "address"],
    "properties": {
        "method": {"type": "string"},
        "path": {"type": "string"},
        "query": {"type": "object", "additionalProperties": {"type": "string"}},
        "headers": {"type": "object", "additionalProperties": {"type": "string"}},
        "body": {},
        "address": {"type": "string"},
    },
}

TOOLS = {
    "echo": operation(
        "debugging_echo",
        "What the server saw of this request",
        description="What the server saw of this request. Secrets are left out.",
        body={"application/json": {}},
        body_example={"any": "JSON"},
        answer=ECHO_SCHEMA,
        example={
            "method": "POST",
            "path": "/api/debugging",
            "query": {"a": "1"},
            "headers": {"X-Api-Key": "(hidden)"},
            "body": {"any": "JSON"},
            "address": "192.0.2.7",
        },
        failures=[*BODY_FAILURES, FORBIDDEN],
        tag=DEBUGGING,
    ),
    "get_user_details": operation(
        "debugging_user",
        "One user by email",
        answer=UserSerializer,
        example=USER_EXAMPLE,
        parameters=[EMAIL],
        failures=PERSON_FAILURES,
        tag=DEBUGGING,
    ),
    "get_all_users": operation(
        "debugging_users",
        "All users, as a plain list",
        description="Users, newest first. The header `Link` names the next page.",
        answer=UserSerializer(many=True),
        example=USER_EXAMPLE,
        parameters=[
            *PAGES,
            answer_header(
                "Link", str, '`<address>; rel="next"`, where there is a next page.', required=False
            ),
        ],
        failures=[FORBIDDEN, NOT_FOUND],
        tag=DEBUGGING,
    ),
    "update_tokens_for_user": operation(
        "debugging_credits",
        "Give or take back credits",
        answer=UserSerializer,
        example=USER_EXAMPLE,
        parameters=[
            EMAIL,
            OpenApiParameter(
                "tokenAmount", int, required=True, description="Below 0 takes credits back."
            ),
            *IDEMPOTENT,
        ],
        failures=[*PERSON_FAILURES, *KEY_FAILURES, INVALID, NO_CREDITS],
        tag=DEBUGGING,
    ),
}
