"""docs/charging.md once more, written from the document: what an operation may have been charged.

Where a client has the end of its answer in hand there is one right charge. Where it left, or a
process or a server was killed under it, the charge lies within bounds:

- never more than what the vendor delivered costs, and nothing where the vendor delivered nothing;
- at least what the client read, unless something was killed: then it may be free;
- of a whole answer and of a transcript all or nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from tests.never_wrong.plans import SYSTEM_PROMPT, Kind, Plan
from tests.never_wrong.vendor import Delivered

TOKENS_A_CREDIT = 1_000
CHARACTERS_A_CREDIT = 500
MAX_OUTPUT_TOKENS = 125
TEXT, SPEECH, TRANSCRIPTION, GRANT = "text", "speech", "transcription", "grant"

# Ends of an attempt, as its client saw them.
WHOLE, ERROR, BROKEN, LEFT = "whole", "error", "broken", "left"


@dataclass
class Attempt:
    """One request, and what its client saw. `words` is how many it read, `sounds` how many events.

    `operations` and `charged` are by capability, as far as they were told.
    """

    number: int
    began_at: float
    ended_at: float = 0.0
    status: int = 0
    code: str = ""
    end: str = BROKEN
    words: int = 0
    sounds: int = 0
    is_replayed: bool = False
    operations: dict[str, str] = field(default_factory=dict)
    charged: dict[str, int] = field(default_factory=dict)
    wrong: str = ""

    @property
    def is_refused(self) -> bool:
        """An answer that says that nothing was done, or nothing that is charged."""
        return self.status >= 400 and self.code not in ("internal_error", "unavailable")


Charges = set[int]


def capabilities(plan: Plan) -> tuple[str, ...]:
    return {
        Kind.WHOLE: (TEXT,),
        Kind.STREAM: (TEXT,),
        Kind.SPEECH: (SPEECH,),
        Kind.TRANSCRIPTION: (TRANSCRIPTION,),
        Kind.SPOKEN: (TEXT, SPEECH),
        Kind.GRANT: (GRANT,),
    }[plan.kind]


def allowed(
    capability: str, plan: Plan, attempt: Attempt, vendor: Delivered, *, is_disturbed: bool
) -> Charges:
    """What this attempt may have charged."""
    if attempt.is_refused:
        return {0}
    charges = RULES[capability](plan, attempt, vendor)
    if attempt.end in (BROKEN, LEFT) and (is_disturbed or attempt.status >= 400):
        charges = charges | {0}
    return charges


def text_charges(plan: Plan, attempt: Attempt, vendor: Delivered) -> Charges:
    if plan.kind == Kind.WHOLE:
        return whole_charges(plan, attempt, vendor)
    if attempt.end == WHOLE:
        return {full_text_charge(plan)}
    if attempt.end == ERROR:
        # Of a spoken reply, the text may be whole where the speech has failed.
        is_read = attempt.words == len(plan.words) and plan.kind == Kind.SPOKEN
        exact = {charge_for_words(plan, attempt.words)}
        return exact | {full_text_charge(plan)} if is_read else exact
    if attempt.status >= 400:
        return {0}
    return streamed_charges(plan, attempt, vendor)


def whole_charges(plan: Plan, attempt: Attempt, vendor: Delivered) -> Charges:
    if attempt.end == WHOLE:
        return {full_text_charge(plan)}
    return {0, full_text_charge(plan)} if vendor.is_whole else {0}


def streamed_charges(plan: Plan, attempt: Attempt, vendor: Delivered) -> Charges:
    """Of a client that has not seen the end: from what it read to what the vendor sent."""
    most = max(vendor.words, attempt.words)
    charges = {charge_for_words(plan, words) for words in range(attempt.words, most + 1)}
    if vendor.has_usage and plan.has_sane_usage:
        charges.add(full_text_charge(plan))
    return charges


def speech_charges(plan: Plan, attempt: Attempt, vendor: Delivered) -> Charges:
    characters = len("".join(plan.words) if plan.kind == Kind.SPOKEN else plan.message)
    full = math.ceil(characters / CHARACTERS_A_CREDIT)
    if attempt.end == WHOLE:
        return {full}
    if attempt.status >= 400:
        return {0}
    sent = math.ceil(vendor.spoken_characters / CHARACTERS_A_CREDIT)
    return set(range(min(sent, full) + 1))


def transcription_charges(plan: Plan, attempt: Attempt, vendor: Delivered) -> Charges:
    if attempt.end == WHOLE:
        return {1}
    return {0, 1} if vendor.transcripts else {0}


def grant_charges(plan: Plan, attempt: Attempt, vendor: Delivered) -> Charges:
    """What was given, or taken back."""
    return {plan.amount} if attempt.end == WHOLE else {0, plan.amount}


RULES = {
    TEXT: text_charges,
    SPEECH: speech_charges,
    TRANSCRIPTION: transcription_charges,
    GRANT: grant_charges,
}


def full_text_charge(plan: Plan) -> int:
    """The vendor's count where it counts sanely, else our own."""
    if plan.has_sane_usage:
        assert plan.usage
        return min(credits_for(sum(plan.usage)), held(plan))
    return charge_for_words(plan, len(plan.words))


def charge_for_words(plan: Plan, count: int) -> int:
    if not count:
        return 0
    said = "".join(plan.words[:count])
    tokens = quarters(SYSTEM_PROMPT + plan.message) + quarters(said)
    return min(credits_for(tokens), held(plan))


def held(plan: Plan) -> int:
    most = sum(math.ceil(len(text) / 3) for text in (SYSTEM_PROMPT, plan.message))
    return credits_for(most + MAX_OUTPUT_TOKENS)


def quarters(text: str) -> int:
    return math.ceil(len(text) / 4)


def credits_for(tokens: int) -> int:
    return math.ceil(tokens / TOKENS_A_CREDIT)
