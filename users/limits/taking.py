"""Which limits a request counts against, and counting it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac

from users.errors import RateLimitedError, TooManyStreamsError
from users.limits.local import LocalStore
from users.limits.rates import BY_ADDRESS, SLOTTED, Kind, Rate, read_rate
from users.limits.renewing import US, renewer
from users.limits.stores import (
    EMPTY,
    FULL,
    Bucket,
    Slots,
    Taken,
    give_back_shared,
    take_shared,
)
from users.models import ApiKey
from users.models.api_key import STREAMS
from users.models.user import normalize_email

local_store = LocalStore()


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a program by its key, which names a person; a person; or somebody at an address."""

    address: str
    api_key: ApiKey | None = None
    email: str = ""


@dataclass(frozen=True, slots=True)
class Lease:
    """The slots that a request holds until its answer is out. What is never given back lapses."""

    name: str
    slots: Sequence[Slots]
    is_local: bool

    def give_back(self) -> None:
        if self.is_local:
            local_store.give_back(self.slots, self.name)
        else:
            renewer.drop(self.name)
            give_back_shared(self.slots, self.name)


def take(caller: Caller, kinds: Iterable[Kind]) -> tuple[Lease | None, dict[str, str]]:
    """Count a request, in one round trip. Returns the slots it holds, and the answer's headers.

    Raises `RateLimitedError` or `TooManyStreamsError`; then nothing was counted.
    """
    kinds = tuple(kinds)
    buckets = [bucket for kind in kinds for bucket in buckets_of(caller, kind)]
    slots = slots_of(caller) if SLOTTED.intersection(kinds) else []
    if not buckets and not slots:
        return None, {}
    lease = uuid.uuid4().hex if slots else ""
    shared = take_shared(buckets, slots, lease, renewer.lease_us)
    # What one process counts ends with it: nobody has to renew that.
    taken = shared or local_store.take(buckets, slots, lease, settings.HOLD_EXPIRES_AFTER_S * US)
    headers = rate_headers(buckets, slots, taken)
    if taken.outcome == EMPTY:
        raise RateLimitedError(wait_s=ceil(taken.wait_us / US), headers=headers)
    if taken.outcome == FULL:
        raise TooManyStreamsError(headers=headers)
    if not slots:
        return None, headers
    if shared:
        renewer.add(lease, slots)
    return Lease(lease, slots, is_local=shared is None), headers


def buckets_of(caller: Caller, kind: Kind) -> list[Bucket]:
    """A program's address says nothing: a key takes its place."""
    written = settings.LIMITS[kind]
    rate = read_rate(written)
    if kind in BY_ADDRESS:
        found = [("address", caller.address, rate)]
    else:
        found = []
        if caller.api_key:
            found.append(("key", str(caller.api_key.pk), rate_of_key(caller.api_key, kind, rate)))
        else:
            found.append(("address", caller.address, many(rate, settings.LIMIT_TIMES_PER_ADDRESS)))
        if caller.email:
            found.append(("user", hidden(caller.email), rate))
    return [
        Bucket(f"{kind}-{whose}", f"limit:{kind}:{whose}:{name}", rate)
        for whose, name, rate in found
        if rate
    ]


def rate_of_key(api_key: ApiKey, kind: Kind, rate: Rate | None) -> Rate | None:
    own = (api_key.limits or {}).get(kind)
    return read_rate(own) if own else many(rate, settings.LIMIT_TIMES_PER_KEY)


def many(rate: Rate | None, times: int) -> Rate | None:
    return rate.times(times) if rate and times else None


def slots_of(caller: Caller) -> list[Slots]:
    found: list[tuple[str, str, int]] = []
    if caller.api_key:
        most = (caller.api_key.limits or {}).get(STREAMS, settings.STREAMS_PER_KEY)
        found.append(("key", str(caller.api_key.pk), most))
    if caller.email:
        found.append(("user", hidden(caller.email), settings.STREAMS_PER_USER))
    return [
        Slots(f"streams-{whose}", f"slots:{whose}:{name}", most)
        for whose, name, most in found
        if most
    ]


@lru_cache(maxsize=4_096)
def hidden(email: str) -> str:
    """A person's name in Redis, which is not their address, however it was spelled."""
    with suppress(ValidationError):  # nobody has it, and the request will be told so
        email = normalize_email(email)
    return salted_hmac("users.limits", email, algorithm="sha256").hexdigest()[:32]


def rate_headers(buckets: Sequence[Bucket], slots: Sequence[Slots], taken: Taken) -> dict[str, str]:
    """`RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10)."""
    policies = [f'"{it.name}";q={it.rate.quota};w={it.rate.period_s}' for it in buckets]
    policies += [f'"{it.name}";q={it.most};qu="concurrent-requests"' for it in slots]
    states = [
        f'"{it.name}";r={left};t={ceil(us / US)}'
        for it, left, us in zip(buckets, taken.left, taken.filling_us, strict=True)
    ]
    states += [f'"{it.name}";r={free}' for it, free in zip(slots, taken.free, strict=True)]
    return {"RateLimit-Policy": ", ".join(policies), "RateLimit": ", ".join(states)}
