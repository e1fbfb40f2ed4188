"""How the report and the progress page write levels and measures."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template

register = template.Library()

Json = dict[str, Any]

LEVELS = ("Not yet", "A start", "Solid", "Strong", "Excellent")
UNITS = {
    "words/min": "words a minute",
    "count/min": "a minute",
    "count": "",
    "% 'I'": "% “I”",
}
FIRST_WORDS = 6


@register.filter
def nearest(level: float) -> int:
    """The level that a mean of some is nearest to."""
    return min(max(int(level + 0.5), 1), len(LEVELS))


@register.filter
def level_name(level: float) -> str:
    """A level of 1 to 5, or a mean of some, in words."""
    return LEVELS[nearest(level) - 1]


@register.filter
def figure(value: float) -> str:
    """A number with one decimal where it has one: 3.2, 4."""
    return f"{value:.1f}".removesuffix(".0")


@register.filter
def unit(name: str) -> str:
    """A measure's unit, in plain words."""
    return UNITS.get(name, name)


@register.filter
def usual(measure: Json) -> str:
    """The range that a measure is read against; empty where there is none."""
    low, high = measure["low"], measure["high"]
    if low is None and high is None:
        return ""
    if low is None:
        return f"at most {figure(high)}"
    return f"at least {figure(low)}" if high is None else f"{figure(low)} to {figure(high)}"


@register.filter
def reading(measure: Json) -> str:
    """`below`, `above` or `usual`; empty where there is no value or no range."""
    value, low, high = measure["value"], measure["low"], measure["high"]
    if value is None or (low is None and high is None):
        return ""
    if low is not None and value < low:
        return "below"
    return "above" if high is not None and value > high else "usual"


@register.filter
def beginning(text: str) -> str:
    """The first words of a quote, to tell its button from others."""
    words = text.split()
    return " ".join(words[:FIRST_WORDS]) + (" …" if len(words) > FIRST_WORDS else "")


@register.filter
def moment(stored: str | None) -> datetime | None:
    """A time of the report's document."""
    return datetime.fromisoformat(stored) if stored else None


@register.filter
def change(row: Json) -> str:
    """How a level differs from the first try's."""
    if row["first"] is None or row["now"] is None:
        return "cannot be compared"
    difference = round(row["now"] - row["first"], 1)
    if not difference:
        return "the same"
    return f"{figure(abs(difference))} {'higher' if difference > 0 else 'lower'}"
