"""Reads a reply of the coach: which of its own sentences it holds."""

from ai.coach import wording
from ai.coach.bank import load_bank
from ai.coach.interview import ASK_ELEMENTS, HELP_ASKS, MEANINGS
from ai.coach.language import normal, sentences


def asked_for(reply: str, question: str = "") -> str:
    """What the reply asks for, in the words of `examples.toml`."""
    bank = load_bank()
    keys = [normal(sentence) for sentence in sentences(reply)]
    if normal(question) and normal(question) in normal(reply):
        return "again"
    if any(key in bank.by_sentence for key in keys):
        return "next"
    last = keys[-1]
    if last in ASK_ELEMENTS:
        return ASK_ELEMENTS[last].value
    if last in bank.by_follow_up:
        return "deeper"
    if last in HELP_ASKS or last in MEANINGS:
        return "help" if last in HELP_ASKS else "meaning"
    if last == normal(wording.WHICH_ROLE):
        return "role"
    return "end" if not reply.endswith("?") else "unknown"


def packed(question: str, answer: str) -> str:
    return f"Interviewer: {question}\nCandidate: {answer}" if question else answer
