"""Reading request bodies, bounded by each route's own limit.

DRF's own JSON parser knows one limit for all routes, and fails on JSON that is nested too deep.
"""

from __future__ import annotations

import codecs
import json
import math
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import IO, Any, ClassVar

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, DataAndFiles, MultiPartParser
from rest_framework.renderers import JSONRenderer

from interview_trainer.errors import BodyTooLargeError

# The boundaries, headers and other fields of a form.
FORM_ENVELOPE_BYTES = 64 * 1024
SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def read_bounded(stream: IO[bytes], max_bytes: int) -> bytes:
    """The whole body, or `BodyTooLargeError` without reading more than the limit."""
    body = stream.read(max_bytes + 1)
    if len(body) > max_bytes:
        raise BodyTooLargeError(f"The request body may be at most {max_bytes:,} bytes.")
    return body


class BoundedJSONParser(BaseParser):
    """JSON of at most `BODY_MAX_BYTES`, all of which can be written back as JSON.

    So no NaN or Infinity, no number beyond a double, and no half of a surrogate pair.
    """

    media_type = "application/json"
    renderer_class = JSONRenderer  # what the browsable API fills its form with

    def max_bytes(self) -> int:
        return int(settings.BODY_MAX_BYTES)

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = read_bounded(stream, self.max_bytes())
        try:
            parsed = json.loads(
                codecs.decode(body, "utf-8"),
                parse_float=finite_float,
                parse_constant=reject_constant,
            )
            if SURROGATE.search(body):
                json.dumps(parsed, ensure_ascii=False).encode()
            return parsed
        except (ValueError, RecursionError) as exc:
            raise ParseError("The body is not valid JSON.") from exc


class BoundedFormParser(MultiPartParser, ABC):
    """A form of at most `files` files, each of at most `max_file_bytes`.

    One that is too large is refused by its length: Django would first write all of it to disk.
    `file_noun` is what the error calls a file.
    """

    files: ClassVar[int] = 1
    file_noun: ClassVar[str]

    @abstractmethod
    def max_file_bytes(self) -> int: ...

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> DataAndFiles[Any, Any]:
        length = int((parser_context or {})["request"].META.get("CONTENT_LENGTH") or 0)
        most = self.max_file_bytes()
        if length > self.files * most + FORM_ENVELOPE_BYTES:
            raise BodyTooLargeError(f"A {self.file_noun} may be at most {most:,} bytes.")
        return super().parse(stream, media_type, parser_context)


def finite_float(number: str) -> float:
    parsed = float(number)
    if math.isinf(parsed):
        raise ValueError(f"{number} is too large")
    return parsed


def reject_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
