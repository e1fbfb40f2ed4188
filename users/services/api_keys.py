"""Making and revoking API keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils import timezone

from users.models import ApiKey, User
from users.models.api_key import hash_secret


def create_api_key(
    *,
    name: str,
    scopes: Sequence[str],
    created_by: User | None = None,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """A key and its secret, which is not stored: show it now or never.

    Raises Django's `ValidationError` for no name, a long one, no scopes or unknown ones.
    """
    secret, prefix = ApiKey.generate()
    api_key = ApiKey(
        name=name,
        prefix=prefix,
        secret_hash=hash_secret(secret),
        scopes=list(scopes),
        created_by=created_by,
        expires_at=expires_at,
    )
    api_key.clean_fields()
    api_key.save()
    return api_key, secret


def limit_api_key(*, api_key: ApiKey, limits: Mapping[str, str | int]) -> None:
    """Give the key limits of its own; what is left out is as the settings say.

    Raises Django's `ValidationError`.
    """
    api_key.limits = dict(limits) or None
    api_key.clean_fields()
    api_key.save(update_fields=["limits"])


def revoke_api_key(*, api_key: ApiKey) -> None:
    """Refuse the key from now on. Revoking it again keeps the first time."""
    if api_key.revoked_at is None:
        api_key.revoked_at = timezone.now()
        api_key.save(update_fields=["revoked_at"])
