"""Finds the role and level that somebody wants to practise for."""

import re
from dataclasses import dataclass
from functools import cache

from ai.coach.bank import GENERAL, Level, Role, load_bank
from ai.coach.privacy import is_abuse, is_personal

# A job title counts as the role only beside words like these: candidates also name colleagues.
WANTED = re.compile(
    r"\b(?:practi[sc]e|practi[sc]ing|interview\w*|apply\w*|applied|prepar\w+|rehears\w+|job|role"
    r"|position"
    r"|vacancy|opening|hiring|career|become|work as|train\w* (?:for|to)|for an?|as an?|instead)\b",
    re.IGNORECASE,
)
UNKNOWN_TITLE = re.compile(
    r"\b(?:for|as|become|be) (?:an?|the) (?P<title>[a-z][a-z\-]{2,19}(?: [a-z][a-z\-]{2,19}){0,2}?)"
    r"(?= (?:job|role|position|interview|vacancy)\b|[.!?,]|\Z)",
    re.IGNORECASE,
)
NO_TITLE = re.compile(r"\b(?:job|interview|practice|question|mock|new|first|big|my|the)\b", re.I)
SENIOR = re.compile(
    r"\b(?:senior|sr|lead|principal|staff|head|chief|director|expert)\b", re.IGNORECASE
)
ENTRY = re.compile(
    r"\b(?:junior|jr|graduate|trainee|entry[- ]level|intern(?:ship)?|apprentice\w*|beginner"
    r"|first job)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Wish:
    """`title` is the role in the person's words; `role` is general where the bank has none."""

    role: Role
    level: Level
    title: str


def find_wish(text: str, *, is_asked: bool = False) -> Wish | None:
    """The role that a text says is wanted. `is_asked`: the text answers "which role?"."""
    text = text[:4000]
    if not is_asked and not WANTED.search(text):
        return None
    match = _titles().search(text)
    if match:
        role = _roles_by_title()[match.group("title").lower()]
        return Wish(role, find_level(text), match.group("title").lower())
    unknown = UNKNOWN_TITLE.search(text)
    if unknown and not (NO_TITLE.search(unknown["title"]) or _is_unfit(unknown["title"])):
        return Wish(load_bank().roles[GENERAL], find_level(text), unknown["title"].lower())
    return Wish(load_bank().roles[GENERAL], find_level(text), "") if is_asked else None


def find_level(text: str) -> Level:
    if ENTRY.search(text):
        return Level.ENTRY
    return Level.SENIOR if SENIOR.search(text) else Level.MID


def _is_unfit(title: str) -> bool:
    return is_abuse(title) or is_personal(title)


@cache
def _roles_by_title() -> dict[str, Role]:
    roles = load_bank().roles.values()
    return {title.lower(): role for role in roles for title in (role.title, *role.also_called)}


@cache
def _titles() -> re.Pattern[str]:
    """Any known job title, the longest first."""
    titles = sorted(_roles_by_title(), key=len, reverse=True)
    return re.compile(rf"\b(?P<title>{'|'.join(map(re.escape, titles))})s?\b", re.IGNORECASE)
