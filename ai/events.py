"""Answers as server-sent events.

`meta` (the model that serves), `delta {seq, text}` for each piece, `audio` where the answer is
spoken, `usage` where the provider counts, `receipt`, and last `done` or `error` (a problem
document). Comment lines fill silence.
https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import base64
import time
from collections.abc import Generator, Iterable, Iterator
from typing import Any

from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.utils.encoders import JSONEncoder

from ai.operations import Operation, PaidStream
from ai.providers.base import TextDelta
from ai.serializers import ReceiptSerializer, ResolutionSerializer
from ai.services.speech import Sound
from ai.services.spoken_reply import Piece, SpokenReply
from ai.services.text import AnswerStream
from interview_trainer.errors import AppError, ClientGoneError
from interview_trainer.problems import problem

EVENT_STREAM = "text/event-stream"
HEARTBEAT = b": silence\n\n"
HEARTBEAT_S = 0.4


class EventStreamRenderer(JSONRenderer):
    """Lets clients ask for events, which the views stream by themselves. Errors are JSON."""

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


def reply_events(reply: SpokenReply, audio_format: str) -> EventStream:
    """As `answer_events`, with `audio {seq, format, b64, text}` and two `meta` and `receipt`."""
    return EventStream(_reply_events(reply, audio_format), reply)


def _answer_events(answer: AnswerStream) -> Generator[bytes, None, None]:
    yield meta_event(answer.operation)
    failure: AppError | None = None
    try:
        yield from piece_events(answer)
    except ClientGoneError:
        raise
    except AppError as exc:
        failure = exc
    yield receipt_event(answer.operation)
    yield last_event(failure)


def _reply_events(reply: SpokenReply, audio_format: str) -> Generator[bytes, None, None]:
    yield meta_event(reply.answer.operation)
    yield meta_event(reply.operation)
    failure: AppError | None = None
    try:
        yield from piece_events(reply, audio_format)
    except ClientGoneError:
        raise
    except AppError as exc:
        failure = exc
    yield receipt_event(reply.answer.operation)
    yield receipt_event(reply.operation)
    yield last_event(failure or reply.speech_failure)


def piece_events(pieces: Iterable[Piece], audio_format: str = "") -> Generator[bytes, None, None]:
    seq, sent_at = 0, time.monotonic()
    for piece in pieces:
        if piece is None and time.monotonic() - sent_at < HEARTBEAT_S:
            continue
        yield piece_event(piece, seq, audio_format)
        seq += isinstance(piece, TextDelta)
        sent_at = time.monotonic()


def piece_event(piece: Piece, seq: int, audio_format: str) -> bytes:
    if piece is None:
        return HEARTBEAT
    if isinstance(piece, TextDelta):
        return event("delta", {"seq": seq, "text": piece.text})
    if isinstance(piece, Sound):
        return sound_event(piece, audio_format)
    return event(
        "usage", {"input_tokens": piece.input_tokens, "output_tokens": piece.output_tokens}
    )


def sound_event(sound: Sound, audio_format: str) -> bytes:
    data = base64.b64encode(sound.data).decode()
    return event(
        "audio", {"seq": sound.seq, "format": audio_format, "b64": data, "text": sound.text}
    )


def meta_event(operation: Operation) -> bytes:
    """Which model serves. Speech may still fall back until its first sound."""
    return event(
        "meta",
        {
            "capability": operation.quote.capability,
            "operation_id": operation.hold.operation_id,
            "model": ResolutionSerializer(operation.resolution).data,
        },
    )


def receipt_event(operation: Operation) -> bytes:
    return event(
        "receipt",
        {
            "capability": operation.quote.capability,
            "model": operation.model.name,
            **ReceiptSerializer(operation.receipt).data,
        },
    )


def last_event(failure: AppError | None) -> bytes:
    if failure is None:
        return event("done", {})
    return event("error", problem_of(failure))


# One for all events: making it takes longer than using it.
encode = JSONEncoder().encode


def event(name: str, data: object) -> bytes:
    return f"event: {name}\ndata: {encode(data)}\n\n".encode()


def problem_of(error: AppError) -> dict[str, object]:
    return problem(
        status=error.status,
        code=error.code,
        title=error.title,
        detail=error.detail,
        extra=error.extra,
    )
