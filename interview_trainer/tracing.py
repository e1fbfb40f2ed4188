"""Traces through OpenTelemetry, where `OTEL_EXPORTER_OTLP_ENDPOINT` says where they go.

A request is a span, and so is a background task; its stages and its calls to vendors are spans in
it. Nothing of what was asked or answered is in them. The rest is set by OpenTelemetry's own
variables, such as `OTEL_SERVICE_NAME` and `OTEL_TRACES_SAMPLER`. Where no address is set, nothing
is imported.
https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.conf import settings

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


class WorkSpan:
    """The span of one request or task, and those in it. Times are those of `perf_counter`."""

    def __init__(
        self, tracer: Tracer, name: str, started: float, headers: Mapping[str, str] | None = None
    ) -> None:
        """`headers` are a request's, which may name the trace that it belongs to."""
        from opentelemetry.trace import SpanKind, set_span_in_context
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        is_request = headers is not None
        sent = {name: headers[name] for name in TRACE_HEADERS if name in headers} if headers else {}
        self._tracer = tracer
        # Once, so that whatever is before something else is so in the trace.
        self._clock_began_ns = time.time_ns() - time.perf_counter_ns()
        self._span: Span = tracer.start_span(
            name,
            context=TraceContextTextMapPropagator().extract(sent),
            kind=SpanKind.SERVER if is_request else SpanKind.CONSUMER,
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

    def end(self, name: str, attributes: Mapping[str, Any], *, has_failed: bool) -> None:
        from opentelemetry.trace import StatusCode

        self._span.update_name(name)
        self._span.set_attributes(attributes)
        if has_failed:
            self._span.set_status(StatusCode.ERROR)
        self._span.end(self._since_epoch_ns(time.perf_counter()))

    def _since_epoch_ns(self, moment: float) -> int:
        return self._clock_began_ns + int(moment * 1e9)


def begin_span(
    name: str, started: float, headers: Mapping[str, str] | None = None
) -> WorkSpan | None:
    """None where nothing is traced."""
    if Tracing.tracer is None:
        return None
    return WorkSpan(Tracing.tracer, name, started, headers)
