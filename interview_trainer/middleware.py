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
from interview_trainer.observing import Observation

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
        request_id = sane_request_id(request.headers.get("x-request-id", ""))
        observation = Observation(request, request_id)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        observation.note_answer(response)
        if isinstance(response, StreamingHttpResponse):
            response.streaming_content = LoggedStream(request, response, observation)
        else:
            observation.end("complete")
            log_request(request, response, observation.started)
        return response


class LoggedStream(Iterator[bytes]):
    """The content of a streamed answer, which is logged once at its end.

    The server closes it in any case, even one of which it took nothing.
    """

    def __init__(
        self, request: HttpRequest, response: StreamingHttpResponse, observation: Observation
    ) -> None:
        self._content = iter(response)
        self._request = request
        self._response = response
        self._observation = observation
        self._context = structlog.contextvars.get_contextvars()
        self._is_over = False

    def __next__(self) -> bytes:
        try:
            return next(self._content)
        except StopIteration:
            self._end("complete")
            raise
        except ClientGoneError:
            self.close()
            raise StopIteration from None  # there is nobody to tell
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._end("aborted")

    def _end(self, ended: str) -> None:
        if self._is_over:
            return
        self._is_over = True
        self._observation.end(ended)
        with structlog.contextvars.bound_contextvars(**self._context):
            log_request(self._request, self._response, self._observation.started, stream=ended)


def sane_request_id(offered: str) -> str:
    return offered if SANE_REQUEST_ID.fullmatch(offered) else uuid.uuid4().hex


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
