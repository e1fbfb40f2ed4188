"""The OpenAPI document: how a route is described, and what all routes have in common.

Each app describes its routes in its `schema.py`; a view takes its descriptions in one line,
`@describe(...)`. Errors are one component, `Problem`, and each route names the codes it may answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from drf_spectacular.drainage import isolate_view_method
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
)

from interview_trainer.errors import AppError
from interview_trainer.problems import FRAMEWORK_PROBLEMS, PROBLEM_JSON

JSON = "application/json"
EVENT_STREAM = "text/event-stream"
EVENTS = {"description": "Server-sent events, each with its name and JSON for data."}
EXAMPLE_REQUEST_ID = "0b54f4c1a7e84bd0a4a2f6a5d0f0c9e1"

Operation = Callable[[Any], Any]
View = TypeVar("View")


def describe(**operations: Operation) -> Callable[[type[View]], type[View]]:
    """Give a view's methods their descriptions, by the methods' names."""

    def apply(view: type[View]) -> type[View]:
        for name, described in operations.items():
            method = isolate_view_method(view, name)  # type: ignore[no-untyped-call]  # no types
            setattr(view, name, described(method))
        return view

    return apply


@dataclass(frozen=True, slots=True)
class Failure:
    """One way in which a route may fail; `extra` are further members of its example."""

    status: int
    code: str
    title: str
    extra: dict[str, object] = field(default_factory=dict)

    @property
    def example(self) -> OpenApiExample:
        document = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.title,
            "code": self.code,
            "message": self.title,
            "request_id": EXAMPLE_REQUEST_ID,
            **self.extra,
        }
        return OpenApiExample(self.code, value=document, summary=self.title)


def failure(error: type[AppError], **extra: object) -> Failure:
    return Failure(error.status, error.code, error.title, extra)


def framework_failure(status: int) -> Failure:
    return Failure(status, *FRAMEWORK_PROBLEMS[status])


UNAUTHORIZED = Failure(401, FRAMEWORK_PROBLEMS[401][0], "Unauthorized")
FORBIDDEN = framework_failure(403)
NOT_FOUND = framework_failure(404)
UNAVAILABLE = framework_failure(503)
INVALID = Failure(
    400,
    "invalid",
    "Some values are not valid",
    {"errors": [{"field": "message", "code": "blank", "detail": "This may not be blank."}]},
)
# What may be wrong with any body.
BODY_FAILURES = (framework_failure(400), INVALID, framework_failure(413), framework_failure(415))


def problem_responses(failures: Iterable[Failure]) -> dict[tuple[int, str], OpenApiResponse]:
    """One response for each status, which lists its codes. What comes first stays first."""
    by_status: dict[int, dict[str, Failure]] = {}
    for known in failures:
        by_status.setdefault(known.status, {}).setdefault(known.code, known)
    return {
        (status, PROBLEM_JSON): problem_response(list(known.values()))
        for status, known in sorted(by_status.items())
    }


def problem_response(failures: Sequence[Failure]) -> OpenApiResponse:
    return OpenApiResponse(
        response={
            "allOf": [
                {"$ref": "#/components/schemas/Problem"},
                {"properties": {"code": {"enum": [known.code for known in failures]}}},
            ]
        },
        description="\n".join(f"- `{known.code}`: {known.title}" for known in failures),
        examples=[known.example for known in failures],
    )


def operation(
    name: str,
    summary: str,
    *,
    answer: Any,
    example: object = None,
    status: int = 200,
    media_types: Sequence[str] = (JSON,),
    events_example: str = "",
    description: str = "",
    body: Any = None,
    body_example: object = None,
    parameters: Sequence[OpenApiParameter] = (),
    failures: Sequence[Failure] = (),
    tag: str,
) -> Operation:
    """How one action of a viewset (or one method of a view) shows in the document.

    `name` is the operation's id. `answer` and `body` are serializers, types or JSON schemas.
    The example of a list of serializers is one member of it.
    """
    answers = {
        (status, media_type): OpenApiResponse(
            response=answer, description=summary, examples=examples_of(example)
        )
        for media_type in media_types
    }
    if events_example:
        answers[status, EVENT_STREAM] = OpenApiResponse(
            response=EVENTS, description=summary, examples=examples_of(events_example)
        )
    if body is not None and body_example is not None:
        requests = [OpenApiExample("request", value=body_example, request_only=True)]
    else:
        requests = []
    return extend_schema(
        operation_id=name,
        summary=summary,
        description=description or f"{summary}.",
        request=body,
        responses=answers | problem_responses([*failures, UNAUTHORIZED, UNAVAILABLE]),
        parameters=list(parameters),
        examples=requests,
        tags=[tag],
    )


def examples_of(example: object) -> list[OpenApiExample]:
    if example is None:
        return []
    return [OpenApiExample("response", value=example, response_only=True)]


def answer_header(
    name: str, kind: type, description: str, *, required: bool = True
) -> OpenApiParameter:
    """A header of the answer, where the answer is 200."""
    return OpenApiParameter(
        name,
        kind,
        OpenApiParameter.HEADER,
        required=required,
        description=description,
        response=[200],
    )


# What all routes have in common: drf-spectacular calls these two, as settings.py names them.


def drop_optional_slash(endpoints: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """A route that may end with a slash is shown without it."""
    return [(path.rstrip("/"), *rest) for path, *rest in endpoints]


def add_common_parts(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """The `Problem` component, the headers of every answer, and the routes that are no API."""
    components = result["components"]
    components["schemas"] = {"Problem": PROBLEM_SCHEMA, **components.get("schemas", {})}
    components["headers"] = HEADERS
    components["parameters"] = {"RequestId": REQUEST_ID_PARAMETER}
    components["responses"] = {
        COMMON_RESPONSES[status]: common_response(status) for status in COMMON_RESPONSES
    }
    for path in result["paths"].values():
        for described in path.values():
            add_common_operation_parts(described)
    result["paths"] = SERVICE_PATHS | result["paths"]
    return result


def add_common_operation_parts(described: dict[str, Any]) -> None:
    described.setdefault("parameters", []).append({"$ref": "#/components/parameters/RequestId"})
    for status, response in described["responses"].items():
        names = ["X-Request-ID", *LIMIT_HEADERS, *HEADERS_BY_STATUS.get(status, ())]
        response.setdefault("headers", {}).update(
            {name: {"$ref": f"#/components/headers/{name}"} for name in names}
        )
    for status, name in COMMON_RESPONSES.items():
        described["responses"].setdefault(str(status), {"$ref": f"#/components/responses/{name}"})


def common_response(status: int) -> dict[str, Any]:
    failures = [framework_failure(status)]
    names = ["X-Request-ID", *LIMIT_HEADERS]
    if status == 429:
        failures.append(TOO_MANY_STREAMS)
        names.append("Retry-After")
    return {
        "description": "\n".join(f"- `{known.code}`: {known.title}" for known in failures),
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in names},
        "content": {
            PROBLEM_JSON: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {known.code: {"value": known.example.value} for known in failures},
            }
        },
    }


COMMON_RESPONSES = {406: "NotAcceptable", 429: "TooManyRequests", 500: "InternalError"}
TOO_MANY_STREAMS = Failure(
    429, "too_many_streams", "Too many are running at once; wait until one of them has ended"
)
LIMIT_HEADERS = ("RateLimit", "RateLimit-Policy")
HEADERS_BY_STATUS = {
    "401": ("WWW-Authenticate",),
    "429": ("Retry-After",),
    "503": ("Retry-After",),
}

HEADERS: dict[str, Any] = {
    "X-Request-ID": {
        "description": "Names this request in the service's logs.",
        "required": True,
        "schema": {"type": "string"},
    },
    "WWW-Authenticate": {"description": "How to sign in.", "schema": {"type": "string"}},
    "RateLimit": {
        "description": "What is left of each limit (`r`), and in how many seconds all of it (`t`).",
        "schema": {"type": "string"},
    },
    "RateLimit-Policy": {
        "description": "The limits that this request counted against: `q` in `w` seconds.",
        "schema": {"type": "string"},
    },
    "Retry-After": {
        "description": "Seconds to wait before trying again.",
        "schema": {"type": "string", "pattern": r"^\d+$"},
    },
}

REQUEST_ID_PARAMETER: dict[str, Any] = {
    "name": "X-Request-ID",
    "in": "header",
    "description": (
        "An id of your own for this request: 8 to 128 letters, digits and . _ : -."
        " Any other is replaced by one of ours."
    ),
    "schema": {"type": "string"},
}

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "What went wrong (RFC 9457). Branch on `code`: it never changes.",
    "required": ["type", "title", "status", "detail", "code", "message", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string", "description": "What kind of problem this is."},
        "status": {"type": "integer", "description": "The HTTP status."},
        "detail": {"type": "string", "description": "What is wrong in this case."},
        "code": {"type": "string"},
        "message": {"type": "string", "description": "The same as `detail`."},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "description": "The values that are not valid.",
            "items": {
                "type": "object",
                "required": ["field", "code", "detail"],
                "properties": {
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
        "required": {"type": "integer", "description": "Credits that this would have held."},
        "balance": {"type": "integer", "description": "Credits that are available."},
        "failed": {
            "type": "array",
            "description": "The parts that are not ready.",
            "items": {"type": "string"},
        },
    },
}


def service_path(
    name: str,
    summary: str,
    example: dict[str, str],
    *,
    failed: str = "",
    optional: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A route outside the API that answers one object of strings, without a key."""
    responses: dict[str, Any] = {
        "200": {
            "description": summary,
            "content": {
                JSON: {
                    "schema": {
                        "type": "object",
                        "required": list(example),
                        "properties": {
                            **{member: {"type": "string"} for member in example},
                            **(optional or {}),
                        },
                    },
                    "example": example,
                }
            },
        }
    }
    if failed:
        schema = {"$ref": "#/components/schemas/Problem"}
        responses["503"] = {
            "description": failed,
            "content": {PROBLEM_JSON: {"schema": schema}},
        }
    for response in responses.values():
        response["headers"] = {"X-Request-ID": {"$ref": "#/components/headers/X-Request-ID"}}
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "description": f"{summary}. Needs no key.",
            "tags": ["service"],
            "security": [{}],
            "responses": responses,
        }
    }


SERVICE_PATHS: dict[str, Any] = {
    "/": service_path("index", "The service answers", {"data": "Server is up and running"}),
    "/healthz": service_path("healthz", "The process lives", {"status": "alive"}),
    "/readyz": service_path(
        "readyz",
        "Requests can be served here",
        {"status": "ready"},
        failed="A part is not ready, or the process is draining: `failed` names it.",
        optional={
            "degraded": {
                "type": "array",
                "description": "What is away and can be spared; `status` is then `degraded`.",
                "items": {"type": "string"},
            }
        },
    ),
}
