"""One error format: RFC 9457 `application/problem+json`, with a stable `code`.

`message` repeats `detail`, because existing frontends show `message` to the person.
"""

import logging
import sys
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException
from django.shortcuts import render
from rest_framework import exceptions
from rest_framework.views import exception_handler as drf_exception_handler

from interview_trainer.errors import AppError, BodyTooLargeError, UnavailableError
from interview_trainer.outages import DATABASE_AWAY

logger = logging.getLogger(__name__)

PROBLEM_JSON = "application/problem+json"

RETRY_AFTER_S = 5

# What a framework error is called here: its code, and a title that says what to do next.
FRAMEWORK_PROBLEMS: dict[int, tuple[str, str]] = {
    400: ("malformed", "The request could not be read; correct it and send it again"),
    401: ("not_authenticated", "Send a valid API key in x-api-key, or a bearer token"),
    403: ("forbidden", "This key or person may not do that"),
    404: ("not_found", "Nothing is here"),
    405: ("method_not_allowed", "This address does not answer that method"),
    406: ("not_acceptable", "This address cannot answer in the format asked for"),
    413: ("too_large", "The request body is too large"),
    415: ("unsupported_media_type", "This address does not read that content type"),
    429: ("rate_limited", "Too many requests; wait and try again"),
    500: ("internal_error", "Something went wrong on our side"),
    503: ("unavailable", "Not available right now; try again shortly"),
}


def problem(
    *,
    status: int,
    code: str,
    title: str,
    detail: str,
    extra: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """The members of one problem document."""
    return {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "message": detail,
        "request_id": structlog.contextvars.get_contextvars().get("request_id", ""),
        **(extra or {}),
    }


def error_problem(exc: AppError) -> dict[str, object]:
    return problem(
        status=exc.status, code=exc.code, title=exc.title, detail=exc.detail, extra=exc.extra
    )


def framework_problem(
    status: int, detail: str = "", extra: Mapping[str, object] | None = None
) -> dict[str, object]:
    fallback = ("error", HTTPStatus(status).phrase)
    code, title = FRAMEWORK_PROBLEMS.get(status, fallback)
    return problem(status=status, code=code, title=title, detail=detail or title, extra=extra)


def exception_handler(exc: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """DRF's hook: every exception of a view becomes a problem document.

    DRF's own handler runs for its side effects: it marks open transactions for rollback.
    Exceptions that are nobody's (a bug) go on to Django, which logs them and calls `server_error`.
    """
    if isinstance(exc, AppError):
        drf_exception_handler(exceptions.APIException(), context)
        return problem_response(error_problem(exc), exc.headers)
    if isinstance(exc, DATABASE_AWAY):
        logger.error("database_unavailable", exc_info=exc)
        return exception_handler(UnavailableError("The database did not answer."), context)
    if isinstance(exc, RequestDataTooBig):
        return exception_handler(BodyTooLargeError(), context)
    if isinstance(exc, SuspiciousOperation | RawPostDataException):
        exc = exceptions.ParseError()
    response = drf_exception_handler(exc, context)
    if response is None:
        return None
    return problem_response(drf_problem(exc, response.status_code), response.headers)


def drf_problem(exc: Exception, status: int) -> dict[str, object]:
    if isinstance(exc, exceptions.ValidationError):
        errors = list(flatten_errors(exc.get_full_details()))
        where = errors[0]["field"]
        detail = f"{where}: {errors[0]['detail']}" if where else errors[0]["detail"]
        return problem(
            status=400,
            code="invalid",
            title="Some values are not valid",
            detail=detail,
            extra={"errors": errors},
        )
    if status == 401:
        # Frontends written for the first service compare this text.
        return framework_problem(401, "Unauthorized")
    detail = str(getattr(exc, "detail", "")) if isinstance(exc, exceptions.APIException) else ""
    return framework_problem(status, detail)


def flatten_errors(details: Any, field: str = "") -> Iterator[dict[str, str]]:
    """DRF's nested error details as a flat list of `{field, code, detail}`."""
    if isinstance(details, dict) and set(details) == {"message", "code"}:
        yield {"field": field, "code": str(details["code"]), "detail": str(details["message"])}
    elif isinstance(details, dict):
        for name, inner in details.items():
            inner_field = field if name == "non_field_errors" else f"{field}.{name}".strip(".")
            yield from flatten_errors(inner, inner_field)
    elif isinstance(details, list):
        for inner in details:
            yield from flatten_errors(inner, field)


def problem_response(
    data: dict[str, object], headers: Mapping[str, str] | None = None
) -> JsonResponse:
    """JSON whatever the client accepts: an error in HTML would ask again who is there, and fail."""
    kept = {
        name: value for name, value in (headers or {}).items() if name.lower() != "content-type"
    }
    return JsonResponse(
        data, status=int(str(data["status"])), headers=kept, content_type=PROBLEM_JSON
    )


# Django's own handlers, for what never reaches a DRF view.


def wants_html(request: HttpRequest) -> bool:
    return not request.path.startswith("/api") and request.accepts("text/html")


def error_page(request: HttpRequest, status: int, detail: str = "") -> HttpResponse:
    return shown_problem(request, framework_problem(status, detail))


def refusal_page(request: HttpRequest, exc: AppError) -> HttpResponse:
    """What a page is refused with before its view."""
    response = shown_problem(request, error_problem(exc))
    for name, value in exc.headers.items():
        response[name] = value
    return response


def shown_problem(request: HttpRequest, data: dict[str, object]) -> HttpResponse:
    if wants_html(request):
        return render(request, "error.html", {"problem": data}, status=int(str(data["status"])))
    return problem_response(data)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def permission_denied(request: HttpRequest, exception: PermissionDenied) -> HttpResponse:
    return error_page(request, 403)


def page_not_found(request: HttpRequest, exception: Http404) -> HttpResponse:
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django calls this while it handles the exception."""
    if not isinstance(sys.exc_info()[1], DATABASE_AWAY):
        return error_page(request, 500)
    response = error_page(request, 503, "The database did not answer.")
    response["Retry-After"] = str(RETRY_AFTER_S)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_page(request, 403, f"{reason} Load the page again and retry.".strip())
