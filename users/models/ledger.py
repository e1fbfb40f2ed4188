"""The credit ledger: append-only, double-entry, whole credits. See docs/architecture.md.

Nothing here is saved by hand: `users/services/ledger.py` is the one place that writes these rows.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from users.models.api_key import ApiKey
from users.models.user import User


class CreditAccount(models.Model):
    """A person's two balances, and how many entries made them."""

    user = models.OneToOneField(
        User, on_delete=models.PROTECT, primary_key=True, related_name="account"
    )
    available = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)
    entry_count = models.BigIntegerField(default=0)
    last_entry_at = models.DateTimeField("last activity", null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(available__gte=0), name="account_available_gte_0"),
            models.CheckConstraint(condition=Q(held__gte=0), name="account_held_gte_0"),
        ]

    def __str__(self) -> str:
        return f"{self.available} credits of {self.user}"


class Hold(models.Model):
    """Credits set aside for one operation, until it is posted, voided or expires."""

    class State(models.TextChoices):
        OPEN = "open"
        POSTED = "posted"
        VOIDED = "voided"
        EXPIRED = "expired"

    operation_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(
        CreditAccount, on_delete=models.PROTECT, related_name="holds", db_index=False
    )
    amount = models.BigIntegerField()
    charged = models.BigIntegerField(default=0)
    purpose = models.CharField(max_length=200, help_text="What the credits are held for.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    # SHA-256 of the client's Idempotency-Key; emptied when nothing was charged, to free the key.
    operation_key = models.CharField(max_length=64, null=True, editable=False)  # noqa: DJ001
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="hold_amount_gte_0"),
            models.CheckConstraint(
                condition=Q(charged__gte=0, charged__lte=F("amount")),
                name="hold_charged_within_amount",
            ),
            models.CheckConstraint(
                condition=Q(state="posted") | Q(charged=0), name="hold_charged_when_posted"
            ),
            models.CheckConstraint(
                condition=Q(state="open", resolved_at=None)
                | (~Q(state="open") & Q(resolved_at__isnull=False)),
                name="hold_resolved_when_not_open",
            ),
            models.UniqueConstraint(
                fields=["account", "operation_key"], name="hold_operation_key_once"
            ),
        ]
        indexes = [models.Index(fields=["state", "expires_at"], name="hold_state_expires_at")]

    def __str__(self) -> str:
        return f"Hold {self.operation_id} of {self.amount} for {self.purpose}"


class LedgerEntry(models.Model):
    """One balanced transaction: what it adds to each of four accounts of one person."""

    class Kind(models.TextChoices):
        GRANT = "grant"
        ADJUSTMENT = "adjustment"
        HOLD = "hold"
        POST = "post"
        VOID = "void"
        EXPIRE = "expire"
        REVERSAL = "reversal"

    account = models.ForeignKey(
        CreditAccount, on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    sequence = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)

    issued = models.BigIntegerField(default=0)
    available = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)
    charged = models.BigIntegerField(default=0)

    available_after = models.BigIntegerField()
    held_after = models.BigIntegerField()

    opens = models.OneToOneField(
        Hold, on_delete=models.PROTECT, null=True, related_name="opening_entry"
    )
    resolves = models.OneToOneField(
        Hold, on_delete=models.PROTECT, null=True, related_name="resolving_entry"
    )
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversal"
    )

    reason = models.CharField(max_length=200)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    api_key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, null=True, related_name="+")
    operation_key = models.CharField(max_length=64, null=True)  # noqa: DJ001
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "ledger entries"
        # Nobody adds, changes or deletes an entry by hand; staff write through the services.
        default_permissions = ("view",)
        permissions = [("write_credits", "Can grant, take back and reverse credits")]
        constraints = [
            models.CheckConstraint(
                condition=Q(issued=-F("available") - F("held") - F("charged")),
                name="entry_sums_to_zero",
            ),
            models.CheckConstraint(
                condition=Q(available_after__gte=0, held_after__gte=0),
                name="entry_balances_gte_0",
            ),
            models.CheckConstraint(
                condition=Q(kind="grant", available__gt=0, held=0, charged=0)
                | (Q(kind="adjustment", held=0, charged=0) & ~Q(available=0))
                | Q(kind="hold", issued=0, held__gte=0, charged=0)
                | Q(kind="post", issued=0, available__gte=0, held__lte=0, charged__gte=0)
                | Q(kind__in=["void", "expire"], issued=0, held__lte=0, charged=0)
                | (Q(kind="reversal", held=0) & (Q(charged=0) | Q(issued=0, charged__lt=0))),
                name="entry_amounts_fit_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind="hold", opens__isnull=False)
                | (~Q(kind="hold") & Q(opens__isnull=True)),
                name="entry_opens_when_hold",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["post", "void", "expire"], resolves__isnull=False)
                | (~Q(kind__in=["post", "void", "expire"]) & Q(resolves__isnull=True)),
                name="entry_resolves_when_outcome",
            ),
            models.CheckConstraint(
                condition=Q(kind="reversal", reverses__isnull=False)
                | (~Q(kind="reversal") & Q(reverses__isnull=True)),
                name="entry_reverses_when_reversal",
            ),
            models.UniqueConstraint(fields=["account", "sequence"], name="entry_sequence_once"),
            models.UniqueConstraint(
                fields=["account", "operation_key"], name="entry_operation_key_once"
            ),
        ]
        indexes = [models.Index(fields=["kind"], name="entry_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.sequence} of account {self.account_id}"
