"""Answers as server-sent events.

`meta` (the model that serves), `delta {seq, text}` for each piece, `usage` where the provider
counts, `receipt`, and last `done` or `error` (a problem document). A comment line is sent at every
silent beat. https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from typing import Any

from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.utils.encoders import JSONEncoder

from ai.operations import Operation, PaidStream
from ai.providers.base import TextDelta, TextUsage
from ai.serializers import ReceiptSerializer, ResolutionSerializer
from ai.services.text import AnswerStream
from interview_trainer.errors import AppError
from interview_trainer.problems import problem

EVENT_STREAM = "text/event-stream"
HEARTBEAT = b": silence\n\n"


class EventStreamRenderer(BaseRenderer):
    """Lets clients ask for events. The views stream them by themselves."""

    media_type = EVENT_STREAM
    format = "events"


def wants_events(request: Request) -> bool:
    return bool(request.accepted_media_type.startswith(EVENT_STREAM))


class EventStream(Iterator[bytes]):
    """The events of one paid stream. Closing it closes the stream, even one not begun."""

    def __init__(self, events: Generator[bytes, None, None], source: PaidStream[Any]) -> None:
        self._events = events
        self._source = source

    def __next__(self) -> bytes:
        return next(self._events)

    def close(self) -> None:
        self._events.close()
        self._source.close()


def answer_events(answer: AnswerStream) -> EventStream:
    return EventStream(_answer_events(answer), answer)


def _answer_events(answer: AnswerStream) -> Generator[bytes, None, None]:
    yield event("meta", meta(answer.operation))
    last = event("done", {})
    try:
        yield from deltas(answer)
    except AppError as exc:
        last = event("error", problem_of(exc))
    yield event("receipt", ReceiptSerializer(answer.operation.receipt).data)
    yield last


def deltas(answer: AnswerStream) -> Generator[bytes, None, None]:
    seq = 0
    for item in answer:
        if isinstance(item, TextDelta):
            yield event("delta", {"seq": seq, "text": item.text})
            seq += 1
        else:
            yield usage_event(item)


def usage_event(usage: TextUsage | None) -> bytes:
    if usage is None:
        return HEARTBEAT
    return event(
        "usage", {"input_tokens": usage.input_tokens, "output_tokens": usage.output_tokens}
    )


def meta(operation: Operation) -> dict[str, object]:
    return {
        "operation_id": operation.hold.operation_id,
        "model": ResolutionSerializer(operation.resolution).data,
    }


def event(name: str, data: object) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data, cls=JSONEncoder)}\n\n".encode()


def problem_of(error: AppError) -> dict[str, object]:
    return problem(
        status=error.status,
        code=error.code,
        title=error.title,
        detail=error.detail,
        extra=error.extra,
    )
