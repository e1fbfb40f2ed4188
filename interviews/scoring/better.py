"""A better version of the candidate's own answer, made of nothing but their own words.

Sentences are put in order, and small words without meaning left out. What is missing is a gap for
the candidate to fill: nothing is added, so nothing is invented.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ai.coach.bank import Kind
from ai.coach.elements import Span, quantities
from ai.coach.language import normal, words
from interviews.scoring.evidence import Evidence, read_evidence
from interviews.scoring.levels import parts_found
from interviews.scoring.masking import is_quotable
from interviews.scoring.phrases import find_fillers
from interviews.scoring.rubric import Part, Rubric
from interviews.scoring.spoken import SpokenAnswer, Transcript

GAPS = {
    Part.SITUATION: "[say here where and when it was]",
    Part.TASK: "[say here what you were there to do]",
    Part.ACTION: "[say here what you did yourself]",
    Part.RESULT: "[say here what came of it]",
    Part.ORDER: "[say here what you would do first, and what next]",
    Part.REASON: "[say here why]",
    Part.CHECK: "[say here how you would see whether it works]",
    Part.ANSWER: "[say here the answer in one sentence]",
    Part.LIMIT: "[say here when it does not hold, or what it costs]",
    Part.CASE: "[tell here one case of your own]",
    Part.CLAIM: "[say here what you want or value]",
}
PLANNED_ACTION_GAP = "[say here what you would do]"

# "I think", "maybe" and "about" stay: without them it would claim more than was said.
HEDGES = re.compile(
    r"\b(?:i (?:guess|mean|would say),? (?!that\b)"
    r"|(?:basically|actually|literally|honestly|obviously|you know),? "
    r"|(?<!what )(?<!some )(?<!this )(?<!that )(?<!a )(?<!any )(?:kind|sort) of )",
    re.IGNORECASE,
)
STARTS = re.compile(r"\A(?:(?:so|and|well|okay|ok|yeah|yes|right|but|like)\b[, ]+)+", re.IGNORECASE)
# A transcript without full stops is cut before these.
JOINT = re.compile(
    r"[ ](?=(?:and then|so then|but then|(?:and|so|but)(?: um| uh| er| you know| like"
    r"| then)* (?:i|we)"
    r"|and in the end)\b)",
    re.IGNORECASE,
)
LONG_SENTENCE_WORDS = 30
END_OPENS = re.compile(
    r"(?:so |and )?(?:as a result|in the end|the (?:result|outcome) was|since then)\b"
)
OPENING_CHARACTERS = 12
TOKEN = re.compile(r"\S+")
TWICE = re.compile(r"\b(i|a|the|and|to|we|it|so|was|my|that)(?: \1\b)+", re.IGNORECASE)
SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class BetterVersion:
    """`gaps` are the marks in `text` that the candidate is to fill, in order."""

    text: str
    gaps: tuple[str, ...]


def better_version(
    turns: Iterable[SpokenAnswer], kind: Kind, rubric: Rubric
) -> BetterVersion | None:
    """None where nothing of the answer may be said back, or nothing is to be bettered."""
    said = Transcript(list(turns)).text
    evidence = read_evidence(said, kind)
    parts = parts_found(evidence, rubric.kinds[kind].parts)
    pieces = _pieces(evidence, parts)
    if not pieces:
        return None
    lines: list[str] = []
    gaps: list[str] = []
    for part in parts:
        told = [text for place, text in pieces if place is part]
        if not parts[part] and (not told or kind is not Kind.BEHAVIOURAL):
            gaps.append(PLANNED_ACTION_GAP if _is_planned(kind, part) else GAPS[part])
            lines.append(gaps[-1])
        lines += told
    better = " ".join(lines)
    return None if normal(better) == normal(said) else BetterVersion(better, tuple(gaps))


def _is_planned(kind: Kind, part: Part) -> bool:
    return part is Part.ACTION and kind is Kind.SITUATIONAL


def _pieces(evidence: Evidence, parts: dict[Part, tuple[Span, ...]]) -> list[tuple[Part, str]]:
    """The sentences with the part that each belongs to, trimmed, no two alike."""
    found: list[tuple[Part, str]] = []
    seen: set[str] = set()
    places = [next(iter(parts))]
    for sentence in _sentences(evidence):
        if evidence.kind is Kind.BEHAVIOURAL:
            places.append(_place(evidence, sentence, places))
        place = places[-1]
        text = trimmed(sentence.text)
        key = normal(text)
        is_said = key in seen or len(words(text)) < 2
        if is_said or not is_quotable(text) or _is_hollow(evidence, sentence):
            continue
        seen.add(key)
        found.append((place, text))
    return found


def _sentences(evidence: Evidence) -> list[Span]:
    """Long ones without punctuation are cut where a new step of the telling begins."""
    found: list[Span] = []
    for sentence in evidence.sentences:
        cuts = [sentence.start]
        if len(words(sentence.text)) > LONG_SENTENCE_WORDS:
            cuts += [m.end() for m in JOINT.finditer(evidence.text, sentence.start, sentence.end)]
        ends = [*cuts[1:], sentence.end]
        found += [Span(s, e, evidence.text[s:e]) for s, e in zip(cuts, ends, strict=True) if e > s]
    return found


def _place(evidence: Evidence, sentence: Span, places: Sequence[Part]) -> Part:
    """To which part of the story a sentence belongs, after those that stand before it.

    Acts stay as they were told, one after the other: only what is plainly the background or the
    end is moved to where it belongs.
    """

    def holds(spans: Iterable[Span]) -> bool:
        return any(sentence.start <= span.start < sentence.end for span in spans)

    acts = (*evidence.own, *evidence.shared)
    is_last = not any(act.start >= sentence.end for act in acts)
    if END_OPENS.match(sentence.text.lower()):
        return Part.RESULT
    if is_last and (holds(evidence.reflection) or holds(evidence.result)):
        return Part.RESULT
    if holds(acts):
        return Part.RESULT if _is_after_the_end(places) else Part.ACTION
    if places[-1] in (Part.ACTION, Part.RESULT) and not _opens(evidence, sentence):
        return places[-1]
    return Part.TASK if holds(evidence.task) else Part.SITUATION


def _is_after_the_end(places: Sequence[Part]) -> bool:
    return places[-1] is Part.RESULT and Part.ACTION in places


def _opens(evidence: Evidence, sentence: Span) -> bool:
    """Whether it begins with when or where it was, or with what was to be done."""
    return any(
        sentence.start <= span.start < sentence.start + OPENING_CHARACTERS
        for span in (*evidence.episode, *evidence.task)
    )


def _is_hollow(evidence: Evidence, sentence: Span) -> bool:
    return any(sentence.start <= span.start < sentence.end for span in evidence.hollow)


def trimmed(sentence: str) -> str:
    """Without fillers, and without hedges where no figure depends on them."""
    tokens = [match.group() for match in TOKEN.finditer(sentence)]
    dropped = {n for first, last in find_fillers(tokens) for n in range(first, last + 1)}
    text = " ".join(token for n, token in enumerate(tokens) if n not in dropped)
    text = TWICE.sub(r"\1", STARTS.sub("", text))
    if not any(quantities(text.lower())):
        text = HEDGES.sub("", text)
    text = SPACES.sub(" ", text).strip(" ,;:-")
    if not text:
        return ""
    return f"{text[0].upper()}{text[1:]}" + ("" if text[-1] in ".!?" else ".")
