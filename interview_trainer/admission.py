"""How many requests are let in: what stands before Django."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator
from functools import cache
from threading import Semaphore
from typing import Any, cast
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import structlog
from django.conf import settings

from interview_trainer.connection import WRITE
from interview_trainer.health import PROBES
from interview_trainer.middleware import sane_request_id
from interview_trainer.problems import PROBLEM_JSON, RETRY_AFTER_S, framework_problem

logger = logging.getLogger(__name__)


class Admission:
    """Lets in `THREADS` requests at a time, besides probes, and refuses the rest at once."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] in PROBES:
            return self._application(environ, start_response)
        if not places().acquire(blocking=False):
            return refuse(environ, start_response)

        def start(*args: Any) -> Any:
            environ[WRITE] = write = start_response(*args)
            return write

        try:
            response: Any = self._application(environ, cast(StartResponse, start))
        except BaseException:
            places().release()
            raise
        if isinstance(response, environ.get("wsgi.file_wrapper", ())):
            places().release()  # the server sends the file by itself
            return cast(Iterable[bytes], response)
        return Admitted(response)


@cache
def places() -> Semaphore:
    """Made at first use, so that each process has its own."""
    return Semaphore(settings.THREADS)


class Admitted(Iterator[bytes]):
    """An answer that frees its place when all of it is sent, or it is closed."""

    def __init__(self, response: Any) -> None:
        self._response = response
        self._pieces: Iterator[bytes] = iter(response)
        self._has_left = False

    def __next__(self) -> bytes:
        try:
            return next(self._pieces)
        except StopIteration:
            self._leave()
            raise

    def close(self) -> None:
        try:
            self._response.close()
        finally:
            self._leave()

    def _leave(self) -> None:
        if not self._has_left:
            self._has_left = True
            places().release()


def refuse(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    request_id = sane_request_id(environ.get("HTTP_X_REQUEST_ID", ""))
    with structlog.contextvars.bound_contextvars(request_id=request_id):
        logger.warning("refused", extra={"open_requests": settings.THREADS})
        body = json.dumps(framework_problem(503, "Too many requests are open here.")).encode()
    headers = {
        "Content-Type": PROBLEM_JSON,
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        "Retry-After": str(RETRY_AFTER_S),
        "X-Request-ID": request_id,
    }
    start_response("503 Service Unavailable", list(headers.items()))
    return [body]
