"""Where an interview stands, found by reading the whole conversation back.

Nothing is remembered between messages: the coach recognises its own sentences (bank questions,
asks) in the interviewer's turns. Another interviewer's question is read as a question of which
only its own words are known.
"""

import re
from dataclasses import dataclass, field
from zlib import crc32

from ai.coach import wording
from ai.coach.answer import MAX_CHARACTERS
from ai.coach.bank import GENERAL, Bank, Kind, Level, Question, Role, load_bank
from ai.coach.conversation import Conversation, Speaker, Turn
from ai.coach.elements import Element
from ai.coach.intent import Intent, read_intent, without_instructions
from ai.coach.language import content_stems, normal, sentences, words
from ai.coach.privacy import is_abuse, is_personal
from ai.coach.roles import Wish, find_wish

ASK_ELEMENTS = {normal(ask): element for element, asks in wording.ASKS.items() for ask in asks}
ASK_ELEMENTS |= {normal(ask): Element.ACTION for ask in wording.PLANNED_ACTION_ASKS}
HELP_ASKS = {normal(ask) for asks in wording.HELP.values() for ask in asks}
MEANINGS = {normal(text) for text in wording.MEANINGS.values()} | {
    normal(wording.ANSWER_IN_OWN_WORDS)
}

PROMPT = re.compile(
    r"\?[^\w?]*\Z|\A(?:(?:ok|okay|so|great|now|thanks|thank you|please)[, ]+)*(?:tell|describe"
    r"|explain|walk|give"
    r"|talk|share|imagine|suppose|introduce)\b",
    re.IGNORECASE,
)
ASKS_ROLE = re.compile(
    r"\b(?:which|what) (?:kind of |type of )?(?:role|job|position)\b.{0,40}\b(?:practi|prepar"
    r"|interview"
    r"|apply|like|want)",
    re.IGNORECASE,
)
PAST_ASKED = re.compile(
    r"\b(?:tell me about (?:a|one|the last)|describe (?:a|one)|give (?:me )?an example|(?:a"
    r"|the last)"
    r" time|have you ever|share an? (?:example|experience|situation))\b",
    re.IGNORECASE,
)
FUTURE_ASKED = re.compile(r"\b(?:would you|imagine|suppose|what if)\b", re.IGNORECASE)
MOTIVE_ASKED = re.compile(
    r"\b(?:why (?:do|did|are|should|this)|about yourself|motivat\w+|interests? you|attract\w*"
    r"|goals?"
    r"|strengths?|weakness\w*|in (?:five|5) years)\b",
    re.IGNORECASE,
)
MAX_REPEATED_WORDS = 26


@dataclass(slots=True)
class Exchange:
    """One question and what was said about it. `question` is None where it is not known."""

    question: Question | None
    answers: list[str] = field(default_factory=list)
    asks: list[str] = field(default_factory=list)
    elements: set[Element] = field(default_factory=set)

    @property
    def answer(self) -> str:
        """All that was answered so far, as one text."""
        return "\n".join(self.answers)[-MAX_CHARACTERS:]


@dataclass(frozen=True, slots=True)
class Standing:
    """`latest` is what the candidate said last, not yet among the exchange's answers.

    `pending` is what the candidate was last asked, `said` every sentence of the interviewer
    (normalised), `seed` a number that depends on the whole conversation and on nothing else.
    """

    exchanges: tuple[Exchange, ...]
    latest: str
    intent: Intent
    pending: str
    awaits_role: bool
    wish: Wish | None
    said: frozenset[str]
    seed: int

    @property
    def current(self) -> Exchange:
        return self.exchanges[-1]

    @property
    def asked(self) -> tuple[Question, ...]:
        return tuple(e.question for e in self.exchanges if e.question)

    @property
    def role(self) -> Role:
        """The role wished for, else the one that was asked about, else the general one."""
        roles = load_bank().roles
        if self.wish:
            return self.wish.role
        named = [q.role for q in self.asked if q.role not in ("", GENERAL)]
        return roles[named[-1] if named else GENERAL]

    @property
    def level(self) -> Level:
        return self.wish.level if self.wish else Level.MID


class _Reader:
    """Walks through the turns once."""

    def __init__(self, bank: Bank) -> None:
        self.bank = bank
        self.exchanges = [Exchange(None)]
        self.pending = ""
        self.awaits_role = False
        self.wish: Wish | None = None
        self.said: set[str] = set()

    def hear(self, turn: Turn) -> None:
        if turn.speaker is Speaker.SETTING:
            self.wish = find_wish(turn.text) or self.wish
        elif turn.speaker is Speaker.INTERVIEWER:
            self.hear_interviewer(turn.text)
        else:
            self.hear_candidate(without_instructions(turn.text))

    def hear_candidate(self, text: str) -> None:
        is_answer = self.note(text) in (Intent.ANSWER, Intent.ONE_WORD)
        if is_answer and not self.awaits_role:
            self.exchanges[-1].answers.append(text)

    def note(self, text: str) -> Intent:
        """What the words are; a wished role is noted."""
        intent = read_intent(text[:MAX_CHARACTERS], self.pending)
        may_name_role = intent in (Intent.BEGINS, Intent.GREETS) or not self.pending
        if self.awaits_role or may_name_role:
            self.wish = find_wish(text, is_asked=self.awaits_role) or self.wish
        return intent

    def hear_interviewer(self, text: str) -> None:
        parts = sentences(text)
        keys = [normal(part) for part in parts]
        self.said.update(keys)
        self.awaits_role = bool(ASKS_ROLE.search(text[:1000]))
        question = next((q for key in keys if (q := self.bank.by_sentence.get(key))), None)
        if question:
            self.begin(question, question.text)
        elif self.awaits_role:
            self.pending = wording.WHICH_ROLE
        elif not any(self.hear_ask(part, key) for part, key in zip(parts, keys, strict=True)):
            self.hear_foreign(text, parts)

    def begin(self, question: Question, pending: str) -> None:
        self.pending = pending
        if question != self.exchanges[-1].question:
            self.exchanges.append(Exchange(question))

    def hear_ask(self, part: str, key: str) -> bool:
        """Whether the sentence is one of the coach's own asks about the current question."""
        current = self.exchanges[-1]
        is_follow_up = key in ASK_ELEMENTS or key in HELP_ASKS or key in self.bank.by_follow_up
        if is_follow_up and key not in current.asks:
            current.asks.append(key)
        if key in ASK_ELEMENTS:
            current.elements.add(ASK_ELEMENTS[key])
        if is_follow_up or key in MEANINGS:
            self.pending = part
            return True
        return False

    def hear_foreign(self, text: str, parts: list[str]) -> None:
        prompts = [part for part in parts if PROMPT.search(part)]
        if prompts:
            self.wish = self.wish or find_wish(text)
            self.begin(foreign_question(" ".join(prompts)[:1000]), repeatable(prompts[-1]))


def read_standing(conversation: Conversation) -> Standing:
    """Where the interview stands after the last turn."""
    reader = _Reader(load_bank())
    seed = crc32("\n".join(f"{t.speaker}:{normal(t.text)}" for t in conversation).encode())
    latest = ""
    if conversation and conversation[-1].speaker is Speaker.CANDIDATE:
        latest = without_instructions(conversation[-1].text)
        conversation = conversation[:-1]
    for turn in conversation:
        reader.hear(turn)
    intent = reader.note(latest)
    return Standing(
        exchanges=tuple(reader.exchanges),
        latest=latest,
        intent=intent,
        pending=reader.pending,
        awaits_role=reader.awaits_role,
        wish=reader.wish,
        said=frozenset(reader.said),
        seed=seed,
    )


def foreign_question(text: str) -> Question:
    """A question that is not of the bank: its kind by its wording, its terms by its own words."""
    return Question(
        id="",
        role="",
        kind=foreign_kind(text),
        level=Level.ENTRY,
        competency=None,
        text=text,
        topic="",
        terms=content_stems(words(text)),
        follow_up="",
    )


def foreign_kind(text: str) -> Kind:
    if PAST_ASKED.search(text):
        return Kind.BEHAVIOURAL
    if MOTIVE_ASKED.search(text):
        return Kind.MOTIVATION
    return Kind.SITUATIONAL if FUTURE_ASKED.search(text) else Kind.TECHNICAL


def repeatable(prompt: str) -> str:
    """Another interviewer's question, if it is fit to be said again."""
    is_fit = (
        len(prompt.split()) <= MAX_REPEATED_WORDS
        and len(prompt) <= 200
        and prompt.isascii()
        and not re.search(r"[<>{}\[\]]|\bhired\b", prompt)
        and read_intent(prompt, "") is not Intent.INSTRUCTS
        and not (is_personal(prompt) or is_abuse(prompt))
    )
    return prompt if is_fit else wording.ANSWER_IN_OWN_WORDS
