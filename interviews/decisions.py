"""What the interviewer says next, by rules. Nothing here asks a model or touches the database.

An answer is followed up on the most important thing that all answers to the question together
lack (`ai/coach/answer.py`), at most twice; then comes the next question. Words that are no answer
are answered kindly, and the question stays open.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

from ai.coach.answer import MAX_CHARACTERS, AnswerReading
from ai.coach.bank import Kind as QuestionKind
from ai.coach.bank import Question as BankQuestion
from ai.coach.conversation import clean
from ai.coach.elements import Element
from ai.coach.followup import FollowUp, answer_text, next_element, unused
from ai.coach.intent import Intent, is_read_back, read_intent, without_instructions
from ai.coach.interview import Exchange, Standing
from ai.coach.language import normal, sentences, words
from ai.coach.reply import praise_for, whole_reading
from ai.coach.wording import HELP, MEANINGS, NO_PRAISE
from interviews import wording
from interviews.models import Question, Turn
from interviews.scoring.evidence import read_evidence
from interviews.scoring.levels import ENOUGH_WORDS
from interviews.scoring.relevance import touch

Kind = Turn.Kind

# So often in a row is the candidate asked again after what is no answer.
MAX_ASKED_AGAIN = 2
UNHELPFUL = {
    Intent.GIBBERISH,
    Intent.ONE_WORD,
    Intent.READ_BACK,
    Intent.OTHER_LANGUAGE,
    Intent.GREETS,
    Intent.BEGINS,
    Intent.INSTRUCTS,
    Intent.OFF_TASK,
    Intent.DOES_NOT_KNOW,
}
# In the middle of an interview, more words than these that seem to begin one are an answer.
MAX_GREETING_WORDS = 8
# So many words of somebody who says "I don't know" may well tell something nonetheless.
MIN_TELLING_WORDS = 8
TELLING = {Element.EXAMPLE, Element.ACTION, Element.RESULT, Element.NUMBER}


@dataclass(frozen=True, slots=True)
class Decision:
    """`kind` is the kind of the interviewer's next turn.

    A `QUESTION` becomes the closing where none is left; `text` is what is said before it, and
    `leaves_as` what the current question becomes. A follow-up has no words yet. A `REPEAT` has,
    and the question stays open.
    """

    kind: Turn.Kind
    text: str = ""
    follow_up: FollowUp | None = None
    leaves_as: Question.State = Question.State.ASKED


@dataclass(frozen=True, slots=True)
class Scene:
    """One answer in its place: `asked_again` is how often in a row it took no answer before."""

    question: Question
    standing: Standing
    is_spoken: bool
    asked_again: int

    @property
    def has_answer(self) -> bool:
        return bool(self.standing.current.answers)


def decide(turns: Sequence[Turn]) -> Decision:
    """What follows on the last turn, an answer. The turns have their questions at hand."""
    scene = read_scene(turns[-1], turns[:-1])
    intent = scene.standing.intent
    if intent in UNHELPFUL and scene.asked_again >= MAX_ASKED_AGAIN:
        return move_on(scene, wording.LET_GO)
    react = REACTIONS.get(intent)
    return react(scene) if react else ask_again(scene)


def decide_to_skip(*, question: Question, turns: Sequence[Turn]) -> Decision:
    """The next question, as the candidate chose."""
    return move_on(scene_of(question, turns, Intent.ASKS_NEXT), wording.SKIPPED)


def read_scene(answer: Turn, before: Sequence[Turn]) -> Scene:
    question = answer.question
    if question is None:
        raise ValueError("An answer belongs to a question.")
    pending = last_asked(question, before)
    text = plain(answer.text)
    intent = intent_of(text, pending, question)
    return scene_of(question, before, intent, latest=text, is_spoken=answer.duration_s is not None)


def scene_of(
    question: Question,
    before: Sequence[Turn],
    intent: Intent,
    *,
    latest: str = "",
    is_spoken: bool = False,
) -> Scene:
    own = [turn for turn in before if turn.question_id == question.pk]
    exchange, asked_again = exchange_of(question, own)
    if intent is Intent.ONE_WORD and exchange.asks:
        intent = Intent.ANSWER  # one word may well answer a follow-up
    said = (part for turn in before if is_interviewers(turn) for part in sentences(turn.text))
    standing = Standing(
        exchanges=(exchange,),
        latest=latest,
        intent=intent,
        pending=last_asked(question, own),
        awaits_role=False,
        wish=None,
        said=frozenset(map(normal, said)),
        seed=crc32(f"{question.interview_id} {len(before)}".encode()),
    )
    return Scene(question, standing, is_spoken, asked_again)


def exchange_of(question: Question, turns: Sequence[Turn]) -> tuple[Exchange, int]:
    """What was asked and answered about a question, and how many of the last were no answers."""
    exchange, asked_again = Exchange(question.as_in_bank), 0
    for number, turn in enumerate(turns):
        if turn.kind == Kind.FOLLOW_UP:
            exchange.asks.append(normal(turn.text))
            exchange.elements.add(Element(turn.asks_for))
            asked_again = 0
        elif turn.kind == Kind.ANSWER:
            text = plain(turn.text)
            intent = intent_of(text, last_asked(question, turns[:number]), question)
            if intent is Intent.ANSWER or (intent is Intent.ONE_WORD and exchange.asks):
                exchange.answers.append(text)
            else:
                asked_again += intent in UNHELPFUL
    return exchange, asked_again


def plain(text: str) -> str:
    return without_instructions(clean(text))[:MAX_CHARACTERS]


def intent_of(text: str, pending: str, question: Question) -> Intent:
    """What the words are in the middle of an interview, where most words are an answer."""
    intent = read_intent(text, pending)
    tokens = words(text)
    if intent in (Intent.GREETS, Intent.BEGINS) and len(tokens) > MAX_GREETING_WORDS:
        return Intent.ANSWER
    if intent is Intent.DOES_NOT_KNOW and len(tokens) >= MIN_TELLING_WORDS:
        found = whole_reading(standing_on(question, text)).found
        return Intent.ANSWER if TELLING & set(found) else intent
    if intent is Intent.ANSWER and is_read_back(tokens, words(question.text)):
        return Intent.READ_BACK
    return intent


def standing_on(question: Question, text: str) -> Standing:
    """As if the text were all that was answered."""
    exchange = Exchange(question.as_in_bank)
    return Standing((exchange,), text, Intent.ANSWER, "", False, None, frozenset(), 0)


def is_interviewers(turn: Turn) -> bool:
    return turn.speaker == Turn.Speaker.INTERVIEWER


def last_asked(question: Question, turns: Sequence[Turn]) -> str:
    """The question or the follow-up that waits for an answer."""
    follow_ups = [
        turn.text
        for turn in turns
        if turn.question_id == question.pk and turn.kind == Kind.FOLLOW_UP
    ]
    return follow_ups[-1] if follow_ups else question.text


def read_whole(standing: Standing) -> AnswerReading:
    """All of the answer. Whether it is beside the point is told as in the report.

    That hurts most where it is wrong, and of the graded answers the report's rule calls four in a
    thousand so wrongly, the coach's own seven in a hundred.
    """
    reading = whole_reading(standing)
    missing: tuple[Element, ...] = tuple(
        element for element in reading.missing if element is not Element.RELEVANCE
    )
    if is_beside_the_point(answer_text(standing), standing.current.question, reading.kind):
        missing = (Element.RELEVANCE, *missing)
    return replace(reading, missing=missing)


def is_beside_the_point(text: str, question: BankQuestion | None, kind: QuestionKind) -> bool:
    evidence = read_evidence(text, kind)
    met = touch(evidence, question)
    return evidence.word_count >= ENOUGH_WORDS and met is not None and met.is_beside()


def follow_up_or_move_on(scene: Scene) -> Decision:
    reading = read_whole(scene.standing)
    element = next_element(scene.standing, reading)
    if element:
        return Decision(Kind.FOLLOW_UP, follow_up=FollowUp(element, reading, scene.standing))
    praise = praise_for(scene.standing, reading)
    is_new = praise not in NO_PRAISE and normal(praise) not in scene.standing.said
    return move_on(scene, wording.TRANSITIONS, before=praise if is_new else "")


def move_on(scene: Scene, transitions: tuple[str, ...], *, before: str = "") -> Decision:
    """To the next question, after a sentence that was not said before."""
    intent = scene.standing.intent
    is_answered = scene.has_answer or intent is Intent.ANSWER
    leaves_as = Question.State.ANSWERED if is_answered else Question.State.SKIPPED
    text = before or unused(transitions, scene.standing)
    return Decision(Kind.QUESTION, text, leaves_as=leaves_as)


def ask_again(scene: Scene) -> Decision:
    options = wording.AGAIN[scene.standing.intent]
    return repeat(first_unsaid(options, scene.standing), scene.standing.pending)


def first_unsaid(options: tuple[str, ...], standing: Standing) -> str:
    """The first that was not said before, else the last."""
    for option in options:
        if not standing.said.issuperset(map(normal, sentences(option))):
            return option
    return options[-1]


def repeat(*parts: str) -> Decision:
    return Decision(Kind.REPEAT, " ".join(filter(None, parts)))


def hear_nothing(scene: Scene) -> Decision:
    if not scene.is_spoken:
        return ask_again(scene)
    return repeat(wording.NOTHING_HEARD, scene.standing.pending)


def give_time(scene: Scene) -> Decision:
    return repeat(wording.TAKE_YOUR_TIME)


def explain(scene: Scene) -> Decision:
    topic = scene.question.topic
    about = f"I am asking about {topic}." if topic else "Let me put it simply."
    return repeat(about, MEANINGS[scene.question.as_in_bank.kind])


def help_along(scene: Scene) -> Decision:
    """A smaller way into the question; who then still does not know is asked something else."""
    was_helped = scene.standing.current.asks or scene.has_answer or scene.asked_again
    if was_helped:
        return move_on(scene, wording.LET_GO)
    ask = unused(HELP[scene.question.as_in_bank.kind], scene.standing)
    return repeat(wording.HELPING, ask) if ask else move_on(scene, wording.LET_GO)


def skip(scene: Scene) -> Decision:
    return move_on(scene, wording.SKIPPED)


REACTIONS: dict[Intent, Callable[[Scene], Decision]] = {
    Intent.ANSWER: follow_up_or_move_on,
    Intent.EMPTY: hear_nothing,
    Intent.ASKS_TIME: give_time,
    Intent.ASKS_MEANING: explain,
    Intent.ASKS_NEXT: skip,
    Intent.DOES_NOT_KNOW: help_along,
}
