"""A stored file, whole or the part of it that a player asks for.

https://www.rfc-editor.org/rfc/rfc9110#name-range-requests
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.core.files import File
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

PIECE_BYTES = 64 * 1024
# One range. Who asks for several is given the whole file, as the standard allows.
RANGE = re.compile(r"bytes=(?P<first>\d{0,18})-(?P<last>\d{0,18})")


def ranged_response(request: Request, file: File[bytes], *, content_type: str) -> HttpResponseBase:
    """The open file with its type as it is stored, to be played in the page and kept by nobody.

    The response closes it.
    """
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-store",
        "Content-Disposition": "inline",
        "X-Content-Type-Options": "nosniff",
    }
    size = file.size
    wanted = wanted_range(request.headers.get("Range", ""), size)
    if wanted is not None and not wanted:
        file.close()
        return HttpResponse(status=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    part = range(size) if wanted is None else wanted
    headers["Content-Length"] = str(len(part))
    if wanted is not None:
        headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
    return StreamingHttpResponse(
        Pieces(file, part),
        status=200 if wanted is None else 206,
        content_type=content_type,
        headers=headers,
    )


def wanted_range(header: str, size: int) -> range | None:
    """The bytes that a `Range` asks for: empty where there are none such, None for all of them."""
    match = RANGE.fullmatch(header.strip())
    if match is None or not (match["first"] or match["last"]):
        return None
    if not match["first"]:
        return range(max(0, size - int(match["last"])), size)
    first = int(match["first"])
    last = int(match["last"]) if match["last"] else size - 1
    if match["last"] and last < first:
        return None
    return range(first, min(last + 1, size))


class Pieces:
    """Some bytes of an open file, which is closed in the end: also where nobody asks for them."""

    def __init__(self, file: File[bytes], part: range) -> None:
        self._file = file
        self._part = part

    def __iter__(self) -> Iterator[bytes]:
        self._file.seek(self._part.start)
        left = len(self._part)
        while left and (piece := self._file.read(min(left, PIECE_BYTES))):
            left -= len(piece)
            yield piece

    def close(self) -> None:
        self._file.close()
