"""Reading request bodies, bounded by each route's own limit.

DRF's own JSON parser knows one limit for all routes, and fails on JSON that is nested too deep.
"""

import codecs
import json
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer

from interview_trainer.errors import BodyTooLargeError


def read_bounded(stream: IO[bytes], max_bytes: int) -> bytes:
    """The whole body, or `BodyTooLargeError` without reading more than the limit."""
    body = stream.read(max_bytes + 1)
    if len(body) > max_bytes:
        raise BodyTooLargeError(f"The request body may be at most {max_bytes:,} bytes.")
    return body


class BoundedJSONParser(BaseParser):
    """JSON of at most `BODY_MAX_BYTES`. NaN and Infinity are not JSON."""

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
            return json.loads(codecs.decode(body, "utf-8"), parse_constant=reject_constant)
        except (ValueError, RecursionError) as exc:
            raise ParseError("The body is not valid JSON.") from exc


def reject_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
