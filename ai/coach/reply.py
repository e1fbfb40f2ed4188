"""What the coach says: at most 40 words, normally one question at the end."""

from collections import Counter
from collections.abc import Callable

from ai.coach import wording
from ai.coach.answer import AnswerReading, guess_kind, read_text
from ai.coach.bank import GENERAL, Kind
from ai.coach.conversation import read_conversation
from ai.coach.elements import Element
from ai.coach.followup import (
    MAX_FOLLOW_UPS,
    answer_text,
    find_ask,
    lead,
    next_element,
    next_question,
    pick,
    unused,
)
from ai.coach.intent import Intent
from ai.coach.interview import Exchange, Standing, read_standing
from ai.coach.language import words

MAX_WORDS = 40
# Elements that make an answer, in the order in which they are named.
SUMMED = (
    Element.EXAMPLE,
    Element.ACTION,
    Element.RESULT,
    Element.NUMBER,
    Element.REASON,
    Element.SITUATION,
)
MAX_SUMMED_ANSWERS = 20


def reply_to(message: str) -> str:
    """The coach's answer to a conversation packed into one string. Never raises, never empty."""
    standing = read_standing(read_conversation(message))
    return REPLIES[standing.intent](standing)


def joined(*parts: str) -> str:
    """The last part, after as many of the parts before it, from the right, as the limit allows."""
    kept: list[str] = []
    room = MAX_WORDS
    for part in reversed(parts):
        size = len(part.split())
        if size > room:
            break
        kept.insert(0, part)
        room -= size
    return " ".join(part for part in kept if part)


def answer(standing: Standing) -> str:
    """A follow-up on what is missing, or the next question."""
    if standing.awaits_role:
        return begin(standing)
    reading = whole_reading(standing)
    praise = praise_for(standing, reading)
    element = next_element(standing, reading)
    if element:
        ask = find_ask(standing, reading, element)
        return joined(praise, lead(standing, reading, element), ask)
    deeper = deeper_question(standing)
    if deeper:
        return joined(praise, deeper)
    advice = [wording.ADVICE[e] for e in reading.missing if e in wording.ADVICE]
    return move_on(standing, praise, *advice[:1])


def whole_reading(standing: Standing) -> AnswerReading:
    """All that was answered to the current question, read as one answer."""
    question = standing.current.question
    text = answer_text(standing)
    kind = question.kind if question else guess_kind(text)
    return read_text(text, question, kind=kind, word_count=len(words(text)))


def deeper_question(standing: Standing) -> str:
    """The question's own follow-up, where nothing was missing and nothing else was asked."""
    question = standing.current.question
    if not question or not question.follow_up or standing.current.asks:
        return ""
    return unused((question.follow_up,), standing)


def praise_for(standing: Standing, reading: AnswerReading) -> str:
    """What the latest words brought, named only when it is there and answers the question."""
    had = had_before(standing, reading)
    fresh = [e for e in wording.PRAISE if e in reading.found and e not in had]
    if Element.EXAMPLE not in reading.found:
        fresh = [e for e in fresh if e is not Element.NUMBER]
    if not fresh or Element.RELEVANCE not in reading.found:
        return pick(wording.NO_PRAISE, standing.seed >> 5)
    is_past = reading.kind is Kind.BEHAVIOURAL or Element.EXAMPLE in reading.found
    is_plan = fresh[0] is Element.ACTION and not is_past
    options = wording.PLAN_PRAISE if is_plan else wording.PRAISE[fresh[0]]
    return pick(options, standing.seed >> 5)


def had_before(standing: Standing, reading: AnswerReading) -> frozenset[Element]:
    """What the answer already had before the latest words."""
    text = standing.current.answer
    if not text:
        return frozenset()
    question = standing.current.question
    return frozenset(read_text(text, question, kind=reading.kind, word_count=0).found)


def move_on(standing: Standing, *before: str, kind: Kind | None = None) -> str:
    """The next question; when none is left, the end."""
    question = next_question(standing, kind)
    return joined(*before, question.text) if question else sum_up(standing)


def begin(standing: Standing) -> str:
    """Greets and asks for the role, or for the first question of the role."""
    if not standing.wish and not standing.asked:
        return joined("Hello, I am a rule-based interview coach.", wording.WHICH_ROLE)
    if not standing.wish:
        return again("Hello.")(standing)
    title, role = standing.wish.title, standing.wish.role
    if role.id == GENERAL:
        named = f"for {title}" if title else "for one special role"
        note = f"I have no questions {named}, so let us take general ones."
    elif title in (role.title.lower(), ""):
        note = f"Let us practise for the role of {role.title}."
    else:
        note = f"For {title}, I will use my questions for the role of {role.title}."
    return move_on(standing, note)


def again(note: str) -> Callable[[Standing], str]:
    """A reply that says `note` and asks once more what was asked before."""

    def reply(standing: Standing) -> str:
        return joined(note, standing.pending or wording.WHICH_ROLE)

    return reply


def one_word(standing: Standing) -> str:
    """One word may well answer a follow-up; to a question it is too little."""
    if standing.current.asks or standing.awaits_role:
        return answer(standing)
    if not standing.pending:
        return begin(standing)
    reading = whole_reading(standing)
    missing = [e for e in reading.missing if e is not Element.RELEVANCE] or [Element.DETAIL]
    ask = find_ask(standing, reading, missing[0])
    return joined("That is very short.", ask) if ask else move_on(standing, "That was very short.")


def explain(standing: Standing) -> str:
    """Says what the question is after."""
    question = standing.current.question
    if not question:
        return again("I mean this.")(standing)
    topic = f"I am asking about {question.topic}." if question.topic else "Let me put it simply."
    return joined(topic, wording.MEANINGS[question.kind])


def help_along(standing: Standing) -> str:
    """A smaller way into the question; the second time, another question."""
    question = standing.current.question
    if standing.awaits_role:
        return answer(standing)
    if question and len(standing.current.asks) < MAX_FOLLOW_UPS and not help_was_given(standing):
        ask = unused(wording.HELP[question.kind], standing)
        if ask:
            return joined("That is all right, and better than guessing.", ask)
    return move_on(standing, "That is all right; let us try another one.")


def help_was_given(standing: Standing) -> bool:
    """Whether the current question has had a follow-up: then not knowing ends it."""
    return bool(standing.current.asks)


def skip(standing: Standing) -> str:
    text = standing.latest.lower()
    kind = next(
        (kind for kind in Kind if kind.value[:9] in text.replace("behavior", "behaviour")), None
    )
    return move_on(standing, "Of course.", kind=kind)


def give_feedback(standing: Standing) -> str:
    """What the last answer had and lacked, and the most important thing still to say."""
    exchange = last_answered(standing)
    if not exchange:
        return again("I have not heard an answer yet.")(standing)
    reading = read_exchange(exchange)
    had = listed([e for e in SUMMED if e in reading.found])
    lacked = listed([e for e in reading.missing if e in wording.NAMES][:2])
    first = f"Your last answer had {had}." if had else "Your last answer was still general."
    second = f"It would gain from {lacked}." if lacked else "I found nothing important missing."
    return joined(first, second, standing.pending)


def sum_up(standing: Standing) -> str:
    """Thanks, what the answers did best and what to add next time."""
    readings = [read_exchange(e) for e in standing.exchanges[-MAX_SUMMED_ANSWERS:] if e.answers]
    if not readings:
        return "Thank you for coming. Whenever you want to practise, tell me the role and we begin."
    had = Counter(e for reading in readings for e in SUMMED if e in reading.found)
    lacked = Counter(e for reading in readings for e in reading.missing if e in wording.NAMES)
    best = f"Most often your answers had {wording.NAMES[had.most_common(1)[0][0]]}." if had else ""
    advice = (
        f"Next time, work on {wording.NAMES[lacked.most_common(1)[0][0]]}."
        if lacked
        else "I found nothing important missing."
    )
    return joined(f"Thank you for practising. {best}".strip(), advice)


def last_answered(standing: Standing) -> Exchange | None:
    return next((e for e in reversed(standing.exchanges) if e.answers), None)


def read_exchange(exchange: Exchange) -> AnswerReading:
    text, question = exchange.answer, exchange.question
    kind = question.kind if question else guess_kind(text)
    return read_text(text, question, kind=kind, word_count=len(words(text)))


def listed(found: list[Element]) -> str:
    """'a reason, an outcome and a figure'."""
    names = [wording.NAMES[element] for element in found]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


REPLIES: dict[Intent, Callable[[Standing], str]] = {
    Intent.ANSWER: answer,
    Intent.ONE_WORD: one_word,
    Intent.BEGINS: begin,
    Intent.GREETS: begin,
    Intent.STOPS: sum_up,
    Intent.ASKS_MEANING: explain,
    Intent.ASKS_NEXT: skip,
    Intent.ASKS_FEEDBACK: give_feedback,
    Intent.DOES_NOT_KNOW: help_along,
    Intent.EMPTY: again("I did not get an answer."),
    Intent.GIBBERISH: again("I could not make out any words in that."),
    Intent.READ_BACK: again("That repeats the question; I would like your own answer."),
    Intent.OTHER_LANGUAGE: again("I can only follow English so far; please answer in English."),
    Intent.ASKS_REPEAT: again("Of course."),
    Intent.ASKS_TIME: again("Take all the time you need."),
    Intent.ASKS_WHO: again("I am a rule-based coach: fixed rules and a list of questions."),
    Intent.INSTRUCTS: again("I only hold the interview, so back to it."),
    Intent.OFF_TASK: again("I can only help you practise, so back to that."),
}
