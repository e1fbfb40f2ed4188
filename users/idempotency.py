"""The client's own id for an operation: the header `Idempotency-Key`."""

from __future__ import annotations

import hashlib

from rest_framework.request import Request

from users.errors import BadOperationKeyError
from users.requests import author_of

MAX_CHARACTERS = 255


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
