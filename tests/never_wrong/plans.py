"""What is asked, and how it goes wrong: the seed and an operation's number say all of it.

So clients, vendor and the check at the end agree without telling each other.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum

from tests.ai.providers.servers.base import Fault, Status

PEOPLE = 12
POOR = 0  # this one's credits run out
SYSTEM_PROMPT = "You hold a mock interview. Ask one question at a time."
SAMPLE_RATE = 16_000


class Kind(StrEnum):
    WHOLE = "whole"
    STREAM = "stream"
    SPEECH = "speech"
    TRANSCRIPTION = "transcription"
    SPOKEN = "spoken"
    GRANT = "grant"


WEIGHTS = {
    Kind.WHOLE: 36,
    Kind.STREAM: 26,
    Kind.SPEECH: 7,
    Kind.TRANSCRIPTION: 8,
    Kind.SPOKEN: 8,
    Kind.GRANT: 15,
}
PATHS = {
    Kind.WHOLE: "/api/ai/message",
    Kind.STREAM: "/api/ai/message",
    Kind.SPEECH: "/api/ai/generate-audio",
    Kind.TRANSCRIPTION: "/api/ai/speech-to-text",
    Kind.SPOKEN: "/api/ai/speak-reply",
}
# Those that wait for the one that hangs up are rarer: each keeps a thread.
FAULTS: tuple[Fault | Status, ...] = (
    *(Fault.CUT, Fault.HALF, Fault.RESET, Fault.HTML, Fault.EMPTY) * 3,
    *(Fault.TRUNCATED_EVENT, Fault.ERROR_LABELLED_AS_RESULT) * 3,
    *(Fault.SLOW_FIRST_BYTE, Fault.SLOW_MIDDLE, Fault.TRICKLE),
    *(Status(400), Status(401), Status(429), Status(500), Status(529)) * 2,
    *(Status(503, {"Retry-After": "60"}), Status(503, {"Retry-After": "0.1"})) * 2,
)


@dataclass(frozen=True)
class Plan:
    """One operation. A client that leaves does so after words that it read, or after a time.

    `faults` are the vendor's, call by call; after them all is well. `duplicates` are sent at once.
    """

    number: int
    kind: Kind
    person: int
    message: str
    words: tuple[str, ...]
    usage: tuple[int, int] | None
    faults: tuple[Fault | Status, ...]
    pause_s: float
    is_keyed: bool
    duplicates: int
    leaves_after_words: int | None
    leaves_after_s: float | None
    leaves_by_reset: bool
    amount: int

    @property
    def email(self) -> str:
        return f"person{self.person}@example.com"

    @property
    def key(self) -> str:
        return f"operation-{self.number}"

    @property
    def is_text(self) -> bool:
        return self.kind in (Kind.WHOLE, Kind.STREAM, Kind.SPOKEN)

    @property
    def is_spoken(self) -> bool:
        return self.kind in (Kind.SPEECH, Kind.SPOKEN)

    @property
    def has_sane_usage(self) -> bool:
        return self.usage is not None and min(self.usage) >= 0 and sum(self.usage) < 100_000

    @property
    def recording(self) -> bytes:
        """A second of sound, whose first samples tell the number."""
        pcm = self.number.to_bytes(4, "little") + bytes(2 * SAMPLE_RATE - 4)
        head = b"WAVEfmt " + b"".join(
            value.to_bytes(size, "little")
            for value, size in (
                *((16, 4), (1, 2), (1, 2), (SAMPLE_RATE, 4)),
                *((SAMPLE_RATE * 2, 4), (2, 2), (16, 2)),
            )
        )
        body = head + b"data" + len(pcm).to_bytes(4, "little") + pcm
        return b"RIFF" + len(body).to_bytes(4, "little") + body


def plan_of(seed: int, number: int) -> Plan:
    rng = random.Random(f"{seed}: {number}")
    kind = rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    words = make_words(rng, number, rng.randint(4, 40))
    fault = rng.choice(FAULTS)
    is_keyed = rng.random() < 0.5
    leaves = rng.random()
    return Plan(
        number=number,
        kind=kind,
        person=POOR if rng.random() < 0.02 else rng.randrange(1, PEOPLE),
        message=make_message(rng, kind, number),
        words=words,
        usage=rng.choice([(rng.randint(1, 3_500), rng.randint(1, 200)), (-5, 7), (10**7, 9), None]),
        faults=() if rng.random() < 0.75 else (fault,) * rng.choice([1, 1, 9]),
        pause_s=rng.choice([0, 0, 0, 0.01, 0.03]),
        is_keyed=is_keyed,
        duplicates=rng.choice([0, 0, 0, 1, 2]) if is_keyed else 0,
        leaves_after_words=rng.randint(1, len(words)) if leaves < 0.1 else None,
        leaves_after_s=rng.uniform(0, 0.6) if 0.1 <= leaves < 0.25 else None,
        leaves_by_reset=rng.random() < 0.5,
        amount=rng.choice([1, 7, 50, -1, -3]),
    )


def make_words(rng: random.Random, number: int, count: int) -> tuple[str, ...]:
    """What the vendor answers: short sentences that tell the number, for the speech of them."""
    return tuple(
        f"n{number} " if at % 4 == 0 else f"word{rng.randrange(100)}{'. ' if at % 4 == 3 else ' '}"
        for at in range(count)
    )


def make_message(rng: random.Random, kind: Kind, number: int) -> str:
    if kind == Kind.SPEECH:
        return "".join(make_words(rng, number, rng.choice([20, 100, 170]))).strip()
    return f"Message n{number} " + "x" * rng.choice([10, 2_000, 5_000, 9_000])
