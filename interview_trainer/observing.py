"""One request as `/metrics`, traces and the browser see it."""

from __future__ import annotations

from time import perf_counter

from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from interview_trainer import metrics, stages
from interview_trainer.health import PROBES
from interview_trainer.tracing import WorkSpan, begin_span

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
ALLOWED_ORIGIN = "Access-Control-Allow-Origin"


class Observation:
    """From the begin of a request (`__init__`) over that of its answer to its end."""

    def __init__(self, request: HttpRequest, request_id: str) -> None:
        self.started = perf_counter()
        self.request_id = request_id
        self._request = request
        self._record = stages.Record(begin_span(str(request.method), self.started, request.headers))
        self._status = 0
        self._is_stream = False
        stages.current.set(self._record)
        metrics.request_threads_busy.inc()

    def note_answer(self, response: HttpResponseBase) -> None:
        """The status and the headers are there, and of a stream its first piece."""
        self._status = response.status_code
        route = route_label(self._request)
        metrics.request_seconds_of(route).observe(perf_counter() - self.started)
        metrics.requests_of(route, method_label(self._request), response.status_code).inc()
        add_timing(response, self._record)
        self._is_stream = is_stream(response)
        if self._is_stream:
            metrics.streams_open.inc()

    def end(self, ended: str) -> None:
        """The last byte is out, or nobody waits for it any more: `complete` or `aborted`."""
        metrics.request_threads_busy.dec()
        if self._is_stream:
            metrics.streams_open.dec()
            metrics.stream_seconds.labels(ended).observe(perf_counter() - self.started)
        if self._record.span is not None:
            self._end_span(self._record.span, ended)

    def _end_span(self, span: WorkSpan, ended: str) -> None:
        method, route = method_label(self._request), route_label(self._request)
        attributes = {
            "http.request.method": method,
            "http.route": route,
            "request_id": self.request_id,
            "ended": ended,
            "http.response.status_code": self._status,
        }
        span.end(f"{method} {route}", attributes, has_failed=self._status >= 500)


def add_timing(response: HttpResponseBase, record: stages.Record) -> None:
    """The stages so far, for a browser that may read the answer."""
    if not record.stages:
        return
    response["Server-Timing"] = record.server_timing()
    if response.has_header(ALLOWED_ORIGIN):
        response["Timing-Allow-Origin"] = response[ALLOWED_ORIGIN]


def is_stream(response: HttpResponseBase) -> bool:
    return isinstance(response, StreamingHttpResponse) and not isinstance(response, FileResponse)


def route_label(request: HttpRequest) -> str:
    """The route's pattern; the many of the admin site as one."""
    if request.path in PROBES:
        return request.path
    match = request.resolver_match
    if match is None:
        return "none"
    return "admin/" if match.route.startswith("admin/") else match.route


def method_label(request: HttpRequest) -> str:
    return request.method if request.method in METHODS else "other"
