"""Reads one answer: what it has, in the candidate's own words, and what it lacks."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ai.coach import elements
from ai.coach.bank import Kind, Question, load_bank
from ai.coach.elements import Element, Span
from ai.coach.intent import Intent, read_intent, without_instructions
from ai.coach.language import WORD, content_stems, stem, words

# About two and a half minutes of speech at 140 words a minute; interview guides advise one to two.
LONG_WORDS = 350
# Shorter than this there is no room for more than a claim.
SHORT_WORDS = 12
# A shorter answer may be to the point without one of the expected words; all the more where the
# question is another interviewer's, of which only its own words are known.
BANK_QUESTION_WORDS = 20
FOREIGN_QUESTION_WORDS = 30
# So much told before the first act is the background.
BACKGROUND_WORDS = 4
# What is read of an answer, however long: some 2,000 words.
MAX_CHARACTERS = 12_000

# What each kind of question needs, most important first.
NEEDS: dict[Kind, tuple[Element, ...]] = {
    Kind.BEHAVIOURAL: (
        Element.RELEVANCE,
        Element.EXAMPLE,
        Element.ACTION,
        Element.RESULT,
        Element.FOCUS,
        Element.SITUATION,
        Element.NUMBER,
        Element.REFLECTION,
    ),
    Kind.SITUATIONAL: (
        Element.RELEVANCE,
        Element.ACTION,
        Element.DETAIL,
        Element.REASON,
        Element.FOCUS,
        Element.EXAMPLE,
    ),
    Kind.TECHNICAL: (
        Element.RELEVANCE,
        Element.DETAIL,
        Element.REASON,
        Element.FOCUS,
        Element.EXAMPLE,
    ),
    Kind.MOTIVATION: (
        Element.RELEVANCE,
        Element.DETAIL,
        Element.REASON,
        Element.FOCUS,
        Element.EXAMPLE,
    ),
}

ASPIRES = re.compile(
    r"\b(?:i(?:'d| would) (?:like|love) to (?:work|join|become|learn|be)|i want to (?:work|join"
    r"|become|be|learn)"
    r"|i applied|attracts me|interested in (?:this|the|your|working)|my goal is|i hope to)\b",
)
# A story that speaks of work is more likely to be about the question than the bank's terms know.
WORK_TERMS = content_stems(
    ["boss", "manager", "colleague", "shift", "job", "team", "office", "project", "client"]
)
FIRST_SENTENCE = re.compile(r"[^\s.!?][^.!?\n]*[.!?]*")


@dataclass(frozen=True, slots=True)
class AnswerReading:
    """What an answer has and lacks. Spans index the text that was read.

    `found` gives for each element present the words that show it, in order. `missing` are the
    elements that this kind of question needs and the answer lacks, the most important first; it is
    empty unless `intent` is `ANSWER` or `ONE_WORD`. `shared` are the clauses in which a group
    acted; `general` those that say what the candidate would do or usually does.
    """

    intent: Intent
    kind: Kind
    word_count: int
    found: Mapping[Element, tuple[Span, ...]]
    missing: tuple[Element, ...]
    shared: tuple[Span, ...] = ()
    general: tuple[Span, ...] = ()

    @property
    def is_short(self) -> bool:
        return self.word_count < SHORT_WORDS

    @property
    def is_long(self) -> bool:
        return self.word_count > LONG_WORDS


def read_answer(answer: str, question: Question | None) -> AnswerReading:
    """Read an answer, as `conversation.clean` leaves it, to a question or an unknown one (None)."""
    whole = without_instructions(answer)
    text = whole[:MAX_CHARACTERS]
    kind = question.kind if question else guess_kind(text)
    intent = read_intent(text, question.text if question else "")
    count = len(words(whole))
    if intent not in (Intent.ANSWER, Intent.ONE_WORD):
        return AnswerReading(intent, kind, count, {}, ())
    return read_text(text, question, kind=kind, intent=intent, word_count=count)


def read_text(
    text: str,
    question: Question | None,
    *,
    kind: Kind,
    intent: Intent = Intent.ANSWER,
    word_count: int,
) -> AnswerReading:
    """The elements of a text that is known to be an answer."""
    low = lower(text)
    own, shared, general = own_actions(low), _spans(elements.WE_DID, low), general_claims(low)
    acted = (*own, *shared)
    found: dict[Element, tuple[Span, ...]] = {
        Element.RELEVANCE: relevant_words(low, question, word_count),
        Element.EXAMPLE: episode(low, acted, general)
        or _spans(elements.AT_PLACE, text)[: len(acted)],
        Element.ACTION: own or (planned_actions(low) if kind is not Kind.BEHAVIOURAL else ()),
        Element.RESULT: results(low, own, acted),
        Element.SITUATION: situation(low, acted) + _spans(elements.AT_PLACE, text),
        Element.TASK: _spans(elements.TASK, low),
        Element.NUMBER: tuple(elements.quantities(low)),
        Element.REASON: reasons(low, kind),
        Element.REFLECTION: _spans(elements.REFLECTED, low),
        Element.DETAIL: _opening(low) if word_count >= SHORT_WORDS else (),
        Element.FOCUS: _opening(low) if word_count <= LONG_WORDS else (),
    }
    present = {element: cited(text, spans) for element, spans in found.items() if spans}
    missing = tuple(e for e in needs(question, kind) if e not in present)
    return AnswerReading(
        intent, kind, word_count, present, missing, cited(text, shared), cited(text, general)
    )


def lower(text: str) -> str:
    """The text in lower case, every character in its place."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower()[:1] for c in text)


def cited(text: str, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """The spans with the words as the candidate wrote them."""
    return tuple(Span(span.start, span.end, text[span.start : span.end]) for span in spans)


def needs(question: Question | None, kind: Kind) -> Iterator[Element]:
    """What an answer should have, most important first. Figures only where they say something."""
    competency = question.competency if question else None
    for element in NEEDS[kind]:
        if element is Element.NUMBER and competency and not competency.measurable:
            continue
        yield element


def guess_kind(text: str) -> Kind:
    """The kind of question that an answer to an unknown question seems to answer."""
    if ASPIRES.search(text.lower()):
        return Kind.MOTIVATION
    return Kind.BEHAVIOURAL


def own_actions(text: str) -> tuple[Span, ...]:
    """Clauses in which the candidate acted: 'I rewrote ...', 'Led four people'."""
    spans = [
        *_spans(elements.I_DID, text),
        *_spans(elements.BARE_DID, text),
        *_spans(elements.MY_PART, text),
    ]
    return tuple(sorted(spans, key=lambda span: span.start))


def planned_actions(text: str) -> tuple[Span, ...]:
    return _spans(elements.WOULD, text) or _spans(elements.STEPS, text)


def general_claims(text: str) -> tuple[Span, ...]:
    """What the candidate would do, or usually does."""
    return _spans(elements.WOULD, text) + _spans(elements.HABIT, text)


def episode(text: str, acted: tuple[Span, ...], general: tuple[Span, ...]) -> tuple[Span, ...]:
    """What makes it one real occasion: told as past, with when or where, or with several acts."""
    markers = _spans(elements.EPISODE, text)
    told = _spans(elements.TOLD, text)
    if markers and (acted or told):
        return markers
    others = [span for span in told if span.start not in {act.start for act in acted}]
    past = len(acted) + len(others) + len(_spans(elements.CHAINED, text))
    return acted if past >= 2 and past >= len(general) else ()


def situation(text: str, acted: tuple[Span, ...]) -> tuple[Span, ...]:
    """Where and when it was, or what is told before anybody acted."""
    first = min((span.start for span in acted), default=0)
    before = len(words(text[:first]))
    background = _opening(text) if before >= BACKGROUND_WORDS else ()
    return _spans(elements.EPISODE, text) + background + _spans(elements.TASK, text)


def results(text: str, own: tuple[Span, ...], acted: tuple[Span, ...]) -> tuple[Span, ...]:
    """How it ended. A change counts only once somebody has acted; before, it is the situation."""
    if not acted:
        return ()
    first, last = min(span.start for span in acted), max((s.end for s in own), default=len(text))
    changes = _spans(elements.OUTCOME, text) + _spans(elements.CHANGED, text)
    found = [span for span in changes if span.start >= first]
    found += [span for span in _spans(elements.THEY_DID, text) if span.start >= last]
    return tuple(sorted(found, key=lambda span: span.start))


def reasons(text: str, kind: Kind) -> tuple[Span, ...]:
    spans = _spans(elements.REASONED, text)
    return spans or (_spans(elements.DRAWN, text) if kind is Kind.MOTIVATION else ())


def relevant_words(text: str, question: Question | None, word_count: int) -> tuple[Span, ...]:
    """The words that touch the question, or at least the role's work.

    Doubt counts for the candidate, since nothing hurts like being called off the point wrongly.
    Where the question is unknown or the answer too short to tell, its opening stands for it.
    """
    terms = question.terms if question else frozenset()
    enough_words = BANK_QUESTION_WORDS if question and question.id else FOREIGN_QUESTION_WORDS
    if not question or len(terms) < 3 or word_count < enough_words:
        return _opening(text)
    bank = load_bank()
    known = terms | bank.role_terms.get(question.role, frozenset())
    if question.kind is Kind.BEHAVIOURAL:
        known |= WORK_TERMS
    hits = [(m, term) for m in WORD.finditer(text) if (term := stem(m.group()[:24])) in known]
    weight = sum(
        (1.0 if term in terms else 0.5 if term in WORK_TERMS else 0.34)
        * (0.5 if term in bank.common_terms else 1.0)
        for term in {term for _, term in hits}
    )
    return tuple(_span(match) for match, _ in hits) if weight >= 1 else ()


def _opening(text: str) -> tuple[Span, ...]:
    """The first sentence, cited where an element is a matter of the whole answer."""
    first = FIRST_SENTENCE.search(text)
    return (_span(first),) if first else ()


def _spans(pattern: re.Pattern[str], text: str) -> tuple[Span, ...]:
    return tuple(_span(match) for match in pattern.finditer(text))


def _span(match: re.Match[str]) -> Span:
    return Span(match.start(), match.end(), match.group())
