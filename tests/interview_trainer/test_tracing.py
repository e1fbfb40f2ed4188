"""Traces, as a collector receives them from a service that runs."""

from typing import Any

import pytest
import requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.interview_trainer.receiver import receiver
from tests.live import live_service
from users.models import Scope, User
from users.services.api_keys import create_api_key

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT_ID = "00f067aa0ba902b7"
WORDS = "My greatest weakness is impatience"


def spans_in(bodies: list[bytes]) -> dict[str, Any]:
    """By name."""
    return {
        span.name: span
        for body in bodies
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    }


def attributes(span: Any) -> dict[str, Any]:
    return {
        item.key: getattr(item.value, item.value.WhichOneof("value")) for item in span.attributes
    }


@pytest.fixture(params=["application/json", "text/event-stream"])
def sent(request, transactional_db, owner: User, tmp_path) -> tuple[list[bytes], str]:
    """What the collector got of one message, whole or as a stream, and the key that was used."""
    _, secret = create_api_key(name="Frontend", scopes=Scope.values)
    with receiver() as collector:
        address = f"http://{collector.address}"
        with live_service(tmp_path, OTEL_EXPORTER_OTLP_ENDPOINT=address) as service:
            answer = requests.post(
                f"http://{service.address}/api/ai/message?email={owner.email}",
                json={"message": WORDS},
                headers={
                    "accept": request.param,
                    "traceparent": f"00-{TRACE_ID}-{PARENT_ID}-01",
                    "x-api-key": secret,
                    "x-request-id": "request-0001",
                },
                timeout=60,
            )
            assert answer.status_code == 200
        return collector.bodies("/v1/traces"), secret


def test_a_request_is_a_span_in_its_callers_trace_and_its_stages_are_spans_in_it(sent, owner):
    bodies, secret = sent
    spans = spans_in(bodies)
    request = spans["POST api/ai/message/?$"]
    assert request.trace_id.hex() == TRACE_ID
    assert request.parent_span_id.hex() == PARENT_ID
    told = attributes(request)
    assert told["request_id"] == "request-0001"
    assert told["http.response.status_code"] == 200
    assert told["ended"] == "complete"
    for name in ("auth", "hold", "vendor_first_byte", "vendor", "settle"):
        assert_is_inside(spans[name], request)
    called = attributes(spans["vendor"])
    assert called == {"provider": "coach", "capability": "text", "outcome": "ok"}
    for private in (WORDS, owner.email, secret):
        assert all(private.encode() not in body for body in bodies)


def assert_is_inside(span: Any, request: Any) -> None:
    assert span.trace_id == request.trace_id
    assert span.parent_span_id == request.span_id
    assert request.start_time_unix_nano <= span.start_time_unix_nano
    assert span.start_time_unix_nano <= span.end_time_unix_nano
    assert span.end_time_unix_nano <= request.end_time_unix_nano
