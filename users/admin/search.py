"""Searches that stay quick in tables of millions of rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from users.admin.recency import newest_pk
from users.models import Hold, LedgerEntry, User
from users.models.user import UserQuerySet, normalize_email

# Words have no index: without a person or an operation, only the newest rows are read for them.
RECENT_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class SearchTerms:
    """What was typed, told apart: whole addresses and operation ids are looked up by index."""

    emails: tuple[str, ...]
    operation_ids: tuple[UUID, ...]
    words: str

    @classmethod
    def parse(cls, text: str) -> SearchTerms:
        emails: list[str] = []
        operation_ids: list[UUID] = []
        words: list[str] = []
        for word in text.split():
            if email := as_email(word):
                emails.append(email)
            elif operation_id := as_uuid(word):
                operation_ids.append(operation_id)
            else:
                words.append(word)
        return cls(tuple(emails), tuple(operation_ids), " ".join(words))


def as_email(word: str) -> str | None:
    try:
        return normalize_email(word)
    except ValidationError:
        return None


def as_uuid(word: str) -> UUID | None:
    try:
        return UUID(word)
    except ValueError:
        return None


def search_users(users: QuerySet[User], text: str) -> QuerySet[User]:
    """A whole address in any case is looked up; anything else is a part of an email or a name."""
    if email := as_email(text):
        return users.filter(email=email)
    return cast(UserQuerySet, users).matching(text)


def search_holds(holds: QuerySet[Hold], text: str) -> QuerySet[Hold]:
    terms = SearchTerms.parse(text)
    if terms.emails:
        holds = holds.filter(account_id__in=_account_ids(terms))
    if terms.operation_ids:
        holds = holds.filter(operation_id__in=terms.operation_ids)
    if terms.words:
        holds = holds.filter(purpose__icontains=terms.words)
    if not terms.emails and not terms.operation_ids:
        holds = holds.filter(pk__gt=newest_pk(Hold.objects.all()) - RECENT_ROWS)
    return holds


def search_entries(entries: QuerySet[LedgerEntry], text: str) -> QuerySet[LedgerEntry]:
    """Entries of the people and operations named, with the words in their reason."""
    terms = SearchTerms.parse(text)
    if terms.emails:
        # The order that the unique (account, sequence) has already.
        entries = entries.filter(account_id__in=_account_ids(terms)).order_by("-sequence", "-pk")
    if terms.operation_ids:
        entries = entries.filter(pk__in=_operation_entry_ids(terms))
    if terms.words:
        entries = entries.filter(reason__icontains=terms.words)
    if not terms.emails and not terms.operation_ids:
        entries = entries.filter(pk__gt=newest_pk(LedgerEntry.objects.all()) - RECENT_ROWS)
    return entries


def _account_ids(terms: SearchTerms) -> list[int]:
    return list(User.objects.filter(email__in=terms.emails).values_list("pk", flat=True))


def _operation_entry_ids(terms: SearchTerms) -> set[int]:
    """The entries that opened or resolved these operations, and what reversed them.

    One look-up by each unique column: one condition over all three might be planned as a scan.
    """
    found: set[int] = set()
    hold_ids = list(
        Hold.objects.filter(operation_id__in=terms.operation_ids).values_list("pk", flat=True)
    )
    for column in ("opens_id__in", "resolves_id__in"):
        found |= set(LedgerEntry.objects.filter(**{column: hold_ids}).values_list("pk", flat=True))
    return found | set(
        LedgerEntry.objects.filter(reverses_id__in=found).values_list("pk", flat=True)
    )
