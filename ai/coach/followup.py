"""Chooses what to ask next: a follow-up on the most important missing thing, or a new question."""

from dataclasses import dataclass

from ai.coach import wording
from ai.coach.answer import AnswerReading
from ai.coach.bank import GENERAL, Kind, Question, load_bank
from ai.coach.elements import Element, Span
from ai.coach.interview import Standing
from ai.coach.language import normal
from ai.coach.quoting import clause_from, spoken

MAX_FOLLOW_UPS = 2
# The order in which an interview goes through the kinds, over and over.
KINDS = (
    Kind.MOTIVATION,
    Kind.BEHAVIOURAL,
    Kind.TECHNICAL,
    Kind.SITUATIONAL,
    Kind.BEHAVIOURAL,
    Kind.TECHNICAL,
)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A follow-up that was decided on, not yet put into words.

    It asks for `element`, which `reading` (of all of the answer) lacks; `standing` says what was
    asked and said before.
    """

    element: Element
    reading: AnswerReading
    standing: Standing


def word_follow_up(follow_up: FollowUp) -> str:
    """The coach's words for it: one ask, not used before, after what led to it."""
    standing, reading, element = follow_up.standing, follow_up.reading, follow_up.element
    before = lead(standing, reading, element)
    ask = find_ask(standing, reading, element)
    return ask if normal(before) in standing.said else f"{before} {ask}"


def pick(options: tuple[str, ...], seed: int) -> str:
    return options[seed % len(options)]


def next_element(standing: Standing, reading: AnswerReading) -> Element | None:
    """The most important missing element that may still be asked for, else None.

    Reflection is worth asking for only as a first follow-up: the answer is good without it.
    """
    asked = standing.current.asks
    if len(asked) >= MAX_FOLLOW_UPS:
        return None
    for element in reading.missing:
        is_late_extra = element is Element.REFLECTION and asked
        if element in standing.current.elements or is_late_extra:
            continue
        if find_ask(standing, reading, element):
            return element
    return None


def find_ask(standing: Standing, reading: AnswerReading, element: Element) -> str:
    """A wording for the element not used in this conversation, or empty."""
    planned = element is Element.ACTION and reading.kind is not Kind.BEHAVIOURAL
    asks = wording.PLANNED_ACTION_ASKS if planned else wording.ASKS[element]
    return unused(asks, standing)


def unused(options: tuple[str, ...], standing: Standing) -> str:
    left = tuple(option for option in options if normal(option) not in standing.said)
    return pick(left, standing.seed) if left else ""


def lead(standing: Standing, reading: AnswerReading, element: Element) -> str:
    """What stands before the ask: the candidate's own words, else what is missing."""
    topic = standing.current.question.topic if standing.current.question else ""
    if element is Element.RELEVANCE:
        template = pick(wording.LEADS[element], standing.seed)
        return (
            template.format(topic=topic) if topic else "I may have missed the link to my question."
        )
    if element is Element.FOCUS:
        rounded = round(reading.word_count, -1)
        return wording.LEADS[element][0].format(words=rounded)
    for span in echoes(reading, element):
        quote = clause_from(answer_text(standing), span.start)
        if quote:
            return pick(wording.QUOTING, standing.seed >> 3).format(quote=spoken(quote))
    return pick(wording.LEADS[element], standing.seed >> 3)


def answer_text(standing: Standing) -> str:
    """All of the answer to the current question, the latest words last."""
    return "\n".join(part for part in (standing.current.answer, standing.latest) if part)


def echoes(reading: AnswerReading, element: Element) -> tuple[Span, ...]:
    """The candidate's clauses that the ask for an element may begin from, the best first."""
    found = reading.found
    acted = found.get(Element.ACTION, ())[::-1]
    ended = found.get(Element.RESULT, ())[::-1]
    if element is Element.ACTION:
        return reading.shared + reading.general
    if element is Element.EXAMPLE:
        return reading.general + reading.shared
    if element is Element.NUMBER:
        return tuple(span for span in acted if span in ended) + acted
    return acted + reading.shared + reading.general


def next_question(standing: Standing, kind: Kind | None = None) -> Question | None:
    """A question not asked yet: of the role, else a general one; None when there is none left."""
    bank = load_bank()
    asked = {question.id for question in standing.asked}
    competencies = {q.competency for q in standing.asked}
    wanted = kind or KINDS[len(standing.asked) % len(KINDS)]
    for role in dict.fromkeys((standing.role.id, GENERAL)):
        fair = bank.questions_for(role, level=standing.level)
        left = [q for q in fair if q.id not in asked]
        left = [q for q in left if q.kind is wanted] or left
        left = [q for q in left if q.competency not in competencies] or left
        if left:
            # The first question is the gentlest of the role, the one the bank begins with.
            return left[standing.seed % len(left)] if standing.asked else left[0]
    return None
