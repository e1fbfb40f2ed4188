"""Lists of interviews page by when they were set up."""

from __future__ import annotations

from django.utils.dateparse import parse_datetime

from users.pagination import NewestFirst


class InterviewPages(NewestFirst):
    ordering = ("-created_at", "-id")

    def is_position(self, position: str) -> bool:
        try:
            when = parse_datetime(position)
        except ValueError:
            return False
        return when is not None and when.tzinfo is not None
