"""Traces through OpenTelemetry, where `OTEL_EXPORTER_OTLP_ENDPOINT` says where they go.

A request is a span; its stages and its calls to vendors are spans in it. Nothing of what was asked
or answered is in them. The rest is set by OpenTelemetry's own variables, such as
`OTEL_SERVICE_NAME` and `OTEL_TRACES_SAMPLER`. Where no address is set, nothing is imported.
https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span, Tracer

SERVICE_NAME = "interview-trainer"
TRACE_HEADERS = ("traceparent", "tracestate")


class Tracing:
    """What this process traces with; `tracer` is None where it does not."""

    tracer: Tracer | None = None
    provider: TracerProvider | None = None


def start_tracing() -> None:
    """In each process that works, after its fork: spans are sent by a thread."""
    if not settings.OTEL_EXPORTER_OTLP_ENDPOINT:
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import SERVICE_NAME as NAME
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    # What the environment says of the service wins.
    resource = Resource({NAME: SERVICE_NAME}).merge(Resource.create())
    Tracing.provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    Tracing.provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    Tracing.tracer = Tracing.provider.get_tracer("interview_trainer")


def end_tracing() -> None:
    """Send what is left."""
    if Tracing.provider is not None:
        Tracing.tracer = None
        Tracing.provider.shutdown()


class RequestSpan:
    """The span of one request, and those in it. Times are those of `perf_counter`."""

    def __init__(self, tracer: Tracer, request: HttpRequest, started: float) -> None:
        from opentelemetry.trace import SpanKind, set_span_in_context
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        sent = {name: request.headers[name] for name in TRACE_HEADERS if name in request.headers}
        self._tracer = tracer
        # Once, so that whatever is before something else is so in the trace.
        self._clock_began_ns = time.time_ns() - time.perf_counter_ns()
        self._span: Span = tracer.start_span(
            str(request.method),
            context=TraceContextTextMapPropagator().extract(sent),
            kind=SpanKind.SERVER,
            start_time=self._since_epoch_ns(started),
        )
        self._inside = set_span_in_context(self._span)

    def add(self, name: str, started: float, ended: float, attributes: Mapping[str, str]) -> None:
        """A span in it that is over."""
        span = self._tracer.start_span(
            name,
            context=self._inside,
            start_time=self._since_epoch_ns(started),
            attributes=attributes,
        )
        span.end(self._since_epoch_ns(ended))

    def end(self, name: str, status: int, attributes: Mapping[str, str]) -> None:
        from opentelemetry.trace import StatusCode

        self._span.update_name(name)
        self._span.set_attributes({**attributes, "http.response.status_code": status})
        if status >= 500:
            self._span.set_status(StatusCode.ERROR)
        self._span.end(self._since_epoch_ns(time.perf_counter()))

    def _since_epoch_ns(self, moment: float) -> int:
        return self._clock_began_ns + int(moment * 1e9)


def begin_span(request: HttpRequest, started: float) -> RequestSpan | None:
    """None where nothing is traced."""
    if Tracing.tracer is None:
        return None
    return RequestSpan(Tracing.tracer, request, started)
