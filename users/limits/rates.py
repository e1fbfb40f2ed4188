"""What is limited, and how a rate is written: `60/m`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import TextChoices

PERIODS_S = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
WRITTEN = re.compile(r"([1-9][0-9]{0,5})/([smhd])")
OFF = "off"


class Kind(TextChoices):
    """What a request is for. Each kind has a rate of its own (`LIMITS` in the settings)."""

    TEXT = "text", "Text"
    SPEECH = "speech", "Speech"
    TRANSCRIPTION = "transcription", "Transcription"
    INTERVIEWS = "interviews", "Interviews"
    OTHER = "other", "Everything else"
    SIGN_IN = "sign-in", "Signing in"
    SIGN_UP = "sign-up", "Signing up"
    PASSWORD_RESET = "password-reset", "New password"
    TOKEN = "token", "Tokens"
    WRONG_CREDENTIALS = "wrong-credentials", "Wrong keys and tokens"


# Who asks is not known yet: these count by address alone, and exactly as they are set.
BY_ADDRESS = frozenset(
    {Kind.SIGN_IN, Kind.SIGN_UP, Kind.PASSWORD_RESET, Kind.TOKEN, Kind.WRONG_CREDENTIALS}
)
# These hold a slot while they are worked on.
SLOTTED = frozenset({Kind.TEXT, Kind.SPEECH, Kind.TRANSCRIPTION, Kind.INTERVIEWS})
# What staff may set for a key.
OF_KEYS = tuple(kind for kind in Kind if kind not in BY_ADDRESS)


@dataclass(frozen=True, slots=True)
class Rate:
    """A bucket of `quota` requests that fills evenly, from empty to full in `period_s`.

    So `quota` may come at once, and over any longer time no more than is filled up.
    """

    quota: int
    period_s: int

    @property
    def interval_us(self) -> int:
        """After so many microseconds there is one request more."""
        return max(1, self.period_s * 1_000_000 // self.quota)

    @property
    def size_us(self) -> int:
        """How long the empty bucket takes to be full."""
        return self.interval_us * self.quota

    def times(self, factor: int) -> Rate:
        return Rate(self.quota * factor, self.period_s)


@lru_cache(maxsize=256)
def read_rate(written: str) -> Rate | None:
    """`60/m` is 60 a minute, also `/s`, `/h`, `/d`; `off` is None. Raises `ValueError`."""
    if written == OFF:
        return None
    found = WRITTEN.fullmatch(written)
    if found is None:
        raise ValueError(f"{written!r} is no rate: write it like 60/m (s, m, h or d), or {OFF}.")
    return Rate(int(found[1]), PERIODS_S[found[2]])
