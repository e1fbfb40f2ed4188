"""Lists page by cursor: a page costs the same however long the list is."""

import re
from collections import OrderedDict
from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

# Most lists are ordered by whole numbers.
POSITION = re.compile(r"[0-9]{1,18}")


class NewestFirst(CursorPagination):
    ordering: str | tuple[str, ...] = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Raises `NotFound` also for a made-up position, which DRF would hand to the database."""
        cursor: Cursor | None = super().decode_cursor(request)
        if cursor and cursor.position is not None and not self.is_position(str(cursor.position)):
            raise NotFound(self.invalid_cursor_message)
        return cursor

    def is_position(self, position: str) -> bool:
        """Whether a row could stand here."""
        return bool(POSITION.fullmatch(position))


class LedgerPages(NewestFirst):
    """An account's entries, each page led by the balances."""

    ordering = "-sequence"

    def get_ledger_response(self, balance: dict[str, Any], entries: Any) -> Response:
        return Response(
            OrderedDict(
                **balance,
                entries=entries,
                next=self.get_next_link(),
                previous=self.get_previous_link(),
            )
        )
