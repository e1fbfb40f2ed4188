"""Keys for other people's programs."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from users.limits.rates import OF_KEYS, read_rate

PREFIX_CHARACTERS = 8
SECRET_BYTES = 32
STREAMS = "streams"


class Scope(models.TextChoices):
    USERS_READ = "users:read", "Read users"
    USERS_WRITE = "users:write", "Create and change users"
    CREDITS_WRITE = "credits:write", "Grant and take back credits"
    AI = "ai", "Use the models"
    INTERVIEWS = "interviews", "Hold interviews and read reports"
    DEBUG = "debug", "Use the debugging tools"


def validate_scopes(scopes: object) -> None:
    if not isinstance(scopes, list) or not scopes or not set(map(str, scopes)) <= set(Scope.values):
        raise ValidationError(f"Choose one or more of: {', '.join(Scope.values)}.")


def validate_limits(limits: object) -> None:
    """A rate for each kind that has its own, and `streams`, how many may run at once."""
    if not isinstance(limits, dict) or not set(limits) <= {STREAMS, *OF_KEYS}:
        raise ValidationError(f"Limit only: {', '.join((*OF_KEYS, STREAMS))}.")
    streams = limits.get(STREAMS, 1)
    if not isinstance(streams, int) or streams < 1:
        raise ValidationError("Streams are a whole number from 1.")
    for kind in limits.keys() - {STREAMS}:
        validate_rate(limits[kind])


def validate_rate(written: object) -> None:
    try:
        read_rate(str(written))
    except ValueError as exc:
        raise ValidationError(str(exc)) from exc


def hash_secret(key: str) -> str:
    """SHA-256 in hex. A key has 256 random bits, so a slow hash would add nothing."""
    return hashlib.sha256(key.encode()).hexdigest()


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def usable(self) -> ApiKeyQuerySet:
        unexpired = models.Q(expires_at=None) | models.Q(expires_at__gt=timezone.now())
        return self.filter(unexpired, revoked_at=None)


class ApiKey(models.Model):
    """The key itself is `it_<prefix>_<secret>`, is shown once when made, and is not stored."""

    name = models.CharField(max_length=100, help_text="Who or what uses this key.")
    prefix = models.CharField(max_length=PREFIX_CHARACTERS, unique=True, editable=False)
    secret_hash = models.CharField("SHA-256", max_length=64, editable=False)
    scopes = models.JSONField(default=list, validators=[validate_scopes])
    # Nullable, so that the version before it can still make keys.
    limits = models.JSONField(null=True, blank=True, editable=False, validators=[validate_limits])
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    expires_at = models.DateTimeField(null=True, blank=True, help_text="Empty: never.")
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"{self.name} (it_{self.prefix}_…)"

    @classmethod
    def generate(cls) -> tuple[str, str]:
        """A new key and its prefix."""
        prefix = secrets.token_hex(PREFIX_CHARACTERS // 2)
        return f"it_{prefix}_{secrets.token_urlsafe(SECRET_BYTES)}", prefix

    def is_usable_at(self, moment: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > moment)

    def has_scope(self, scope: str) -> bool:
        return scope in self.scopes
