"""The client's own id for an operation: the header `Idempotency-Key`."""

from __future__ import annotations

import hashlib

from rest_framework.request import Request

from users.errors import BadOperationKeyError

MAX_CHARACTERS = 255


def operation_key(request: Request) -> str | None:
    """SHA-256 of the header in hex, or None where there is none.

    A hash, because some databases compare text without regard to case.
    """
    sent = request.headers.get("Idempotency-Key")
    if sent is None:
        return None
    if not sent.isprintable() or not 1 <= len(sent) <= MAX_CHARACTERS:
        raise BadOperationKeyError
    return hashlib.sha256(sent.encode("utf-8", "surrogateescape")).hexdigest()
