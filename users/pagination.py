"""Lists page by cursor: a page costs the same however long the list is."""

from collections import OrderedDict
from typing import Any

from rest_framework.pagination import CursorPagination
from rest_framework.response import Response


class NewestFirst(CursorPagination):
    ordering = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


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
