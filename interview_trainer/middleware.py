"""Request ids, the one log line of each request, and what no cache may keep."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable, Iterator

import structlog
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from interview_trainer.errors import ClientGoneError
from interview_trainer.health import PROBES

logger = logging.getLogger("interview_trainer.requests")

SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{8,128}")


class PrivateAnswersMiddleware:
    """What the API answers is about somebody: no cache keeps it, unless a view says otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class RequestLogMiddleware:
    """Gives each request an id (the caller's where it is sane) and logs it once it is answered.

    A streamed answer is logged when its stream ends, with the time that the whole of it took.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        request_id = sane_request_id(request.headers.get("x-request-id", ""))
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        if isinstance(response, StreamingHttpResponse):
            content = iter(response)
            response.streaming_content = log_after(content, request, response, started)
        else:
            log_request(request, response, started)
        return response


def sane_request_id(offered: str) -> str:
    return offered if SANE_REQUEST_ID.fullmatch(offered) else uuid.uuid4().hex


def log_after(
    content: Iterator[bytes],
    request: HttpRequest,
    response: HttpResponseBase,
    started: float,
) -> Iterator[bytes]:
    context = structlog.contextvars.get_contextvars()
    ended = "aborted"
    try:
        yield from content
        ended = "complete"
    except ClientGoneError:
        return  # there is nobody to tell
    finally:
        with structlog.contextvars.bound_contextvars(**context):
            log_request(request, response, started, stream=ended)


def log_request(
    request: HttpRequest, response: HttpResponseBase, started: float, **extra: str
) -> None:
    match = request.resolver_match
    fields = {
        "method": request.method,
        "route": match.route if match else "",
        "status": response.status_code,
        "duration_ms": round((time.perf_counter() - started) * 1000, 1),
        **extra,
    }
    logger.log(request_level(request, response), "request", extra=fields)


def request_level(request: HttpRequest, response: HttpResponseBase) -> int:
    """Probes come every few seconds: they are debugging, and say themselves what failed."""
    if request.path in PROBES:
        return logging.DEBUG
    return logging.ERROR if response.status_code >= 500 else logging.INFO
