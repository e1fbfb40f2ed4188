"""The header `Idempotency-Key`: a request that is sent twice is done, and paid, once.

`@idempotent` goes on every action that spends or grants. The same key and request replays the
stored answer, sound too; a failure frees the key.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from users.errors import BadOperationKeyError
from users.models import IdempotentRequest
from users.requests import author_of, named_user
from users.services.answers import (
    add_piece,
    claim_key,
    complete_request,
    free_key,
    stored_body,
)

MAX_CHARACTERS = 255
PIECE_BYTES = 512 * 1024

Action = Callable[..., HttpResponseBase]


def operation_key(request: Request) -> str | None:
    """SHA-256 of the caller and the header in hex, or None where there is no header.

    Two callers may choose the same key. A hash, because some databases compare text without
    regard to case.
    """
    sent = request.headers.get("Idempotency-Key")
    if sent is None:
        return None
    if not (sent.isascii() and sent.isprintable()) or not 1 <= len(sent) <= MAX_CHARACTERS:
        raise BadOperationKeyError
    author = author_of(request)
    caller = f"key {author.api_key.pk}" if author.api_key else f"user {request.user.pk}"
    return hashlib.sha256(f"{caller}: {sent}".encode()).hexdigest()


def idempotent(action: Action) -> Action:
    """Do the action once for each key; without a key, each time.

    The answer is kept as that of the person it is about: whom `?email=` names, or the view's
    `addressed_person`.
    """

    @wraps(action)
    def handle(view: Any, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        key = operation_key(request)
        if key is None:
            return action(view, request, *args, **kwargs)
        person = getattr(view, "addressed_person", named_user)(request)
        claimed = claim_key(operation_key=key, fingerprint=fingerprint(request), user=person)
        if claimed.status is not None:
            return replay(claimed)
        try:
            return keep(claimed, action(view, request, *args, **kwargs))
        except BaseException:
            free_key(request=claimed)
            raise

    return handle


def fingerprint(request: Request) -> str:
    """SHA-256 of what was asked: method, address and body."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    digest.update(request.headers.get("Accept", "").encode())
    for piece in body_pieces(request.data):
        digest.update(piece)
    return digest.hexdigest()


def body_pieces(data: Any) -> Iterator[bytes]:
    """The parsed body as bytes: the same for the same body, however a form was delimited."""
    if isinstance(data, bytes):
        yield data
    elif hasattr(data, "chunks"):
        yield from data.chunks()
        data.seek(0)
    elif isinstance(data, dict):
        yield b"{"
        for name in sorted(data):
            yield json.dumps(name).encode()
            yield from body_pieces(data[name])
        yield b"}"
    else:
        yield json.dumps(data).encode()


def keep(claimed: IdempotentRequest, response: HttpResponseBase) -> HttpResponseBase:
    """The response, stored: at once, or a stream as it is sent."""
    if isinstance(response, StreamingHttpResponse):
        stream = KeptStream(claimed, response)
        response.streaming_content = stream
        return response
    body = JSONRenderer().render(getattr(response, "data", None))
    add_piece(request=claimed, sequence=0, data=body)
    complete_request(
        request=claimed,
        status=response.status_code,
        headers={"Content-Type": "application/json"},
    )
    return response


class KeptStream(Iterator[bytes]):
    """Stores a stream while it is sent. One that does not end well is not kept."""

    def __init__(self, claimed: IdempotentRequest, response: StreamingHttpResponse) -> None:
        self._claimed = claimed
        self._status = response.status_code
        self._headers = dict(response.headers)
        self._stream: Iterator[bytes] = iter(response)
        self._buffer = bytearray()
        self._stored_pieces = 0
        self._is_over = False

    def __next__(self) -> bytes:
        try:
            piece = next(self._stream)
        except StopIteration:
            self._complete()
            raise
        self._buffer += piece
        if len(self._buffer) >= PIECE_BYTES:
            self._store()
        return piece

    def close(self) -> None:
        if not self._is_over:
            self._is_over = True
            free_key(request=self._claimed)

    def _complete(self) -> None:
        self._store()
        complete_request(request=self._claimed, status=self._status, headers=self._headers)
        self._is_over = True

    def _store(self) -> None:
        if self._buffer:
            add_piece(request=self._claimed, sequence=self._stored_pieces, data=bytes(self._buffer))
            self._stored_pieces += 1
            self._buffer.clear()


def replay(done: IdempotentRequest) -> HttpResponseBase:
    """The stored answer again."""
    headers = {**done.headers, "Idempotency-Replayed": "true"}
    if headers["Content-Type"] == "application/json":
        return HttpResponse(b"".join(stored_body(done)), status=done.status, headers=headers)
    return StreamingHttpResponse(stored_body(done), status=done.status, headers=headers)
