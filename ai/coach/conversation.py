"""Reads the conversation that a frontend packed into one string.

Frontends pack it differently: a JSON list of `{role, content}`, labelled lines ("Interviewer: ...",
"**AI:** ...", "### User"), labels within one line, or only the candidate's last words. Whatever
the string holds, reading it takes linear time and raises nothing.
"""

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Speaker(StrEnum):
    """`SETTING` is what frames the talk: a system prompt, a job description, a preamble."""

    INTERVIEWER = "interviewer"
    CANDIDATE = "candidate"
    SETTING = "setting"


@dataclass(frozen=True, slots=True)
class Turn:
    speaker: Speaker
    text: str


Conversation = tuple[Turn, ...]

INTERVIEWER_LABELS = """
interviewer|ai interviewer|ai|assistant|bot|chatbot|coach|interview coach|tutor|recruiter
|hiring manager|model|gpt|chatgpt|gemini|q|question"""
CANDIDATE_LABELS = "candidate|user|human|you|me|interviewee|applicant|student|a|answer"
SETTING_LABELS = """
system|developer|instructions|context|setting|role|position|job description|job title"""
LABELS: dict[str, Speaker] = {
    label.strip(): speaker
    for speaker, labels in (
        (Speaker.INTERVIEWER, INTERVIEWER_LABELS),
        (Speaker.CANDIDATE, CANDIDATE_LABELS),
        (Speaker.SETTING, SETTING_LABELS),
    )
    for label in labels.split("|")
}
SPOKEN = [label for label, speaker in LABELS.items() if speaker is not Speaker.SETTING]
NAMES = "|".join(re.escape(label) for label in sorted(LABELS, key=len, reverse=True))
SPOKEN_NAMES = "|".join(re.escape(label) for label in sorted(SPOKEN, key=len, reverse=True))

# "[00:12] **Interviewer (Sam):** ", "AI - ", "### User" or "[Candidate]" at the start of a line.
LINE_LABEL = re.compile(
    rf"""^[ \t>"'*_\-]{{0,8}}(?:[\[(]?\d\d?:\d\d(?::\d\d)?[\])]?[ \t]{{0,3}})?[*_]{{0,3}}
    (?:
        (?P<label>{NAMES})(?:[ \t]?\([^()\n]{{0,40}}\))?[*_]{{0,3}}[ \t]{{0,3}}
        (?:[:：][ \t]*[*_]{{0,3}}|[ \t][-–—][ \t])
      | (?:\#{{1,6}}[ \t]*|\[|<\|)[*_]{{0,3}}(?P<heading>{NAMES})[*_]{{0,3}}
        (?:\]|\|>|[ \t]*$)[ \t]*[:：]?
    )""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
INLINE_LABEL = re.compile(
    rf"(?:(?<=\s)|^)[*_]{{0,3}}(?P<label>{SPOKEN_NAMES})[*_]{{0,3}}[:：][*_]{{0,3}}[ \t]",
    re.IGNORECASE,
)

TAG = re.compile(r"</?[A-Za-z!][^<>]*>")
SPACES = re.compile(r"[ \t\xa0]{2,}|\xa0")
INVISIBLE = {
    **dict.fromkeys([*range(9), *range(11, 32), *range(127, 160)], " "),
    **dict.fromkeys([0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0xFEFF], None),
    **dict.fromkeys(range(0x2060, 0x2070), None),
}
PLAIN = str.maketrans({**INVISIBLE, "\u2028": "\n", "\u2018": "'", "\u2019": "'", "\u02bc": "'"})
ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&nbsp;": " ", "&amp;": "&"}

ROLE_KEYS = ("role", "speaker", "sender", "author", "from", "name")
TEXT_KEYS = ("content", "text", "message", "value", "parts")
LIST_KEYS = ("messages", "conversation", "history", "turns", "contents", "chat")


def clean(text: str) -> str:
    """Plain text in single spaces: no markup, no control or direction characters."""
    for entity, character in ENTITIES.items():
        text = text.replace(entity, character)
    text = TAG.sub(" ", text.replace("\r\n", "\n")).translate(PLAIN)
    return SPACES.sub(" ", text)


def read_conversation(message: str) -> Conversation:
    """The turns in order, cleaned, none empty. Text without any label is the candidate's."""
    turns = _read_json(message) or _read_labels(clean(message))
    return tuple(turn for turn in turns if turn.text)


def _read_json(message: str) -> list[Turn]:
    """The turns of a JSON document, or nothing where it is not one that holds turns."""
    if message.lstrip()[:1] not in ("[", "{", '"'):
        return []
    try:
        data = json.loads(message)
    except (ValueError, RecursionError):
        return []
    if isinstance(data, str):
        return _read_labels(clean(data))
    if isinstance(data, dict):
        data = next((data[key] for key in LIST_KEYS if isinstance(data.get(key), list)), [data])
    if not isinstance(data, list):
        return []
    return [turn for item in data if isinstance(item, dict) and (turn := _json_turn(item))]


def _json_turn(item: dict[str, Any]) -> Turn | None:
    text = next((_json_text(item[key]) for key in TEXT_KEYS if item.get(key)), "")
    name = next((item[key] for key in ROLE_KEYS if isinstance(item.get(key), str)), "user")
    speaker = LABELS.get(name.strip().lower(), Speaker.CANDIDATE)
    return Turn(speaker, clean(text).strip()) if text else None


def _json_text(value: object) -> str:
    """A text, or the texts of a list of parts."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        return ""
    parts = [part.get("text") if isinstance(part, dict) else part for part in value]
    return " ".join(part for part in parts if isinstance(part, str))


def _read_labels(text: str) -> list[Turn]:
    labels = _without_late_settings(list(LINE_LABEL.finditer(text)))
    spoken = [label for label in labels if _speaker(label) is not Speaker.SETTING]
    if len(spoken) == 1:
        labels = _inline_labels(text, labels)
    if not labels:
        return [Turn(Speaker.CANDIDATE, text.strip())]
    turns = [Turn(Speaker.SETTING, text[: labels[0].start()].strip())]
    ends = [label.start() for label in labels[1:]] + [len(text)]
    for label, end in zip(labels, ends, strict=True):
        turns.append(Turn(_speaker(label), text[label.end() : end].strip(' \t\n"*_')))
    return turns


def _without_late_settings(labels: list[re.Match[str]]) -> list[re.Match[str]]:
    """Drops "Role: ..." once somebody has spoken: there it is part of what they say."""
    kept: list[re.Match[str]] = []
    has_spoken = False
    for label in labels:
        is_setting = _speaker(label) is Speaker.SETTING
        if not (is_setting and has_spoken):
            kept.append(label)
        has_spoken = has_spoken or not is_setting
    return kept


def _inline_labels(text: str, labels: list[re.Match[str]]) -> list[re.Match[str]]:
    """All on one line: further labels after the first, told by their capital letter."""
    first = labels[-1]
    further = INLINE_LABEL.finditer(text, first.end())
    capital = first.group("label") and first.group("label")[0].isupper()
    return labels + [label for label in further if label.group("label")[0].isupper() == capital]


def _speaker(label: re.Match[str]) -> Speaker:
    groups = label.groupdict()
    return LABELS[(groups["label"] or groups["heading"]).lower()]
