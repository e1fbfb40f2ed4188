"""What an answer holds that a rubric asks for, each piece with its place in the text."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from ai.coach import elements
from ai.coach.answer import (
    BACKGROUND_WORDS,
    MAX_CHARACTERS,
    general_claims,
    lower,
    own_actions,
    reasons,
)
from ai.coach.bank import Kind
from ai.coach.elements import Span
from ai.coach.language import FUNCTION_WORDS, WORD, stem, words
from interviews.scoring import patterns
from interviews.scoring.masking import readable
from interviews.scoring.phrases import HESITATION

ENDING_WORDS = 12
# Below this a rate in 100 words would swing with every word.
FEW_WORDS = 20
SENTENCE = re.compile(r"[^\s.!?](?:[^.!?\n]|[.!?](?=[^\s.!?]))*[.!?]*")


@dataclass(frozen=True)
class Evidence:
    """Spans index `text`, which is the answer with what is not read as line breaks.

    Each group is in the order of the text and free of repetition: the same words said twice are
    one piece of evidence, so an answer does not become better by being said again.
    """

    text: str
    kind: Kind

    @cached_property
    def low(self) -> str:
        return lower(self.text)

    @cached_property
    def word_count(self) -> int:
        """Without hesitations: "um" makes an answer neither longer nor thinner."""
        return sum(not is_hesitation(word) for word in words(self.low))

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        return tuple(span_of(match) for match in SENTENCE.finditer(self.text))

    @cached_property
    def opening(self) -> tuple[Span, ...]:
        return self.sentences[:1]

    @cached_property
    def ending(self) -> tuple[Span, ...]:
        """The last words, so that what is missing after them can be asked for."""
        if not self.sentences:
            return ()
        last = self.sentences[-1]
        tokens = list(WORD.finditer(last.text))[-ENDING_WORDS:]
        start = last.start + (tokens[0].start() if tokens else 0)
        return (Span(start, last.end, self.text[start : last.end]),)

    @cached_property
    def own(self) -> tuple[Span, ...]:
        """What the candidate did: told as past, or as present within a story."""
        found = list(own_actions(self.low))
        if self.kind is Kind.BEHAVIOURAL:
            found += self._spans(patterns.I_DO)
        ends = [span.end for span in found]
        for chained in self._spans(elements.CHAINED):
            if any(self._same_sentence(end, chained.start) for end in ends):
                found.append(chained)
        return distinct(found)

    @cached_property
    def shared(self) -> tuple[Span, ...]:
        return distinct(self._spans(elements.WE_DID))

    @cached_property
    def planned(self) -> tuple[Span, ...]:
        """What the candidate would do: 'I would call', 'First check', 'I check' as a habit."""
        found = [*self._spans(elements.WOULD), *self._spans(patterns.I_DO)]
        found += self._spans(patterns.IMPERATIVE)
        if self.kind is Kind.TECHNICAL:
            found += self._spans(patterns.YOU_DO)
        return distinct(found)

    @cached_property
    def general(self) -> tuple[Span, ...]:
        return distinct(general_claims(self.low))

    @cached_property
    def hollow(self) -> tuple[Span, ...]:
        """What is always true and says nothing: 'communication is key', 'I am a hard worker'."""
        return distinct(self._spans(patterns.HOLLOW))

    @cached_property
    def episode(self) -> tuple[Span, ...]:
        """What places it: when or where."""
        places = [
            Span(m.start(), m.end(), m.group()) for m in elements.AT_PLACE.finditer(self.text)
        ]
        return distinct([*self._spans(elements.EPISODE), *places])

    @cached_property
    def situation(self) -> tuple[Span, ...]:
        acted = [*self.own, *self.shared]
        first = min((span.start for span in acted), default=0)
        before = self.opening if len(words(self.low[:first])) >= BACKGROUND_WORDS else ()
        return distinct([*self.episode, *before])

    @cached_property
    def task(self) -> tuple[Span, ...]:
        return distinct([*self._spans(elements.TASK), *self._spans(patterns.TASK)])

    @cached_property
    def acted(self) -> bool:
        return bool(self.own or self.shared)

    @cached_property
    def result(self) -> tuple[Span, ...]:
        """How it ended; only once somebody has acted, before that it is the situation."""
        if not self.acted:
            return ()
        first = min(span.start for span in (*self.own, *self.shared))
        found = [*self._spans(elements.OUTCOME), *self._spans(elements.CHANGED)]
        found += self._spans(patterns.RESULT)
        last = max((span.end for span in self.own), default=len(self.low))
        found += [span for span in self._spans(elements.THEY_DID) if span.start >= last]
        found += [span for span in self._spans(patterns.ENDED) if span.start >= self._late(0.6)]
        return distinct(span for span in found if span.start >= first)

    @cached_property
    def checkable_result(self) -> tuple[Span, ...]:
        """Results with a figure, a reaction or a state that could be checked."""
        marks = [*self.numbers, *self._spans(patterns.REACTION), *self._spans(elements.CHANGED)]
        marks += self._spans(patterns.STATE)
        if not self.result:
            return ()
        first = min(span.start for span in self.result)
        return distinct(mark for mark in marks if mark.end >= first)

    @cached_property
    def reflection(self) -> tuple[Span, ...]:
        found = [*self._spans(elements.REFLECTED), *self._spans(patterns.REFLECTION)]
        if len(self.own) >= 2:
            late = self._late(0.75)
            found += [span for span in self._spans(patterns.HABIT_SINCE) if span.start >= late]
        return distinct(found)

    @cached_property
    def numbers(self) -> tuple[Span, ...]:
        return distinct(elements.quantities(self.low))

    @cached_property
    def reason(self) -> tuple[Span, ...]:
        return distinct([*reasons(self.low, self.kind), *self._spans(patterns.REASON)])

    @cached_property
    def order(self) -> tuple[Span, ...]:
        return distinct([*self._spans(elements.STEPS), *self._spans(patterns.ORDER)])

    @cached_property
    def check(self) -> tuple[Span, ...]:
        return distinct(self._spans(patterns.CHECK))

    @cached_property
    def limit(self) -> tuple[Span, ...]:
        return distinct(self._spans(patterns.LIMIT))

    @cached_property
    def case(self) -> tuple[Span, ...]:
        """A case from experience, or an example that is worked through."""
        told = self.own if self.episode or len(self.own) >= 2 else ()
        return distinct([*self._spans(patterns.CASE), *told])

    @cached_property
    def claim(self) -> tuple[Span, ...]:
        return distinct([*self._spans(elements.DRAWN), *self._spans(patterns.CLAIM)])

    @cached_property
    def decision(self) -> tuple[Span, ...]:
        return distinct(self._spans(patterns.DECIDED))

    @cached_property
    def speech(self) -> tuple[Span, ...]:
        """Words or questions that were said to somebody."""
        return distinct(self._spans(patterns.SAID))

    @cached_property
    def names(self) -> tuple[Span, ...]:
        """Names and tools: capitals within a sentence, and words with figures in them."""
        found = (span_of(match) for match in patterns.NAME.finditer(self.text))
        return distinct(s for s in found if s.text.lower() not in patterns.NOT_NAMES)

    @cached_property
    def concrete(self) -> frozenset[str]:
        """Stems of the words that say something that is not said of everything."""
        return frozenset(self._stems - patterns.VAGUE)

    @cached_property
    def concrete_share(self) -> float:
        """Of the words with meaning, how many are not said of everything."""
        return len(self.concrete) / len(self._stems) if self._stems else 0.0

    @cached_property
    def empty_rate(self) -> float:
        """Phrases that fit anything, in 100 words."""
        return self._rate(len(patterns.EMPTY.findall(self.low)))

    @cached_property
    def event_rate(self) -> float:
        """Verbs that tell what happened, in 100 words; told as present they count as much."""
        told = patterns.EVENT.findall(self.low), patterns.I_DO.findall(self.low)
        return self._rate(sum(map(len, told)))

    @cached_property
    def listing_rate(self) -> float:
        """Names and figures in 100 words: where they crowd, facts are listed, not told."""
        return self._rate(len(self.names) + len(self.numbers))

    @cached_property
    def acts(self) -> frozenset[str]:
        """The verbs of what the candidate did or would do."""
        return frozenset(span.text.split()[-1] for span in (*self.own, *self.planned))

    @cached_property
    def link_count(self) -> int:
        """How one thing leads to another: reasons, limits, order and checks, two of each."""
        groups = (self.reason, self.limit, self.order, self.check)
        return sum(min(len(group), 2) for group in groups)

    @cached_property
    def conditions(self) -> frozenset[str]:
        """Which of 'if', 'before', 'until' and the like are used to say when something holds."""
        return frozenset(patterns.CONDITION.findall(self.low))

    def _late(self, share: float) -> int:
        """Where that share of the text is over."""
        starts = self._word_starts
        return starts[int((len(starts) - 1) * share)] if starts else 0

    @cached_property
    def _word_starts(self) -> list[int]:
        return [match.start() for match in WORD.finditer(self.low)]

    def _rate(self, count: int) -> float:
        return 100 * count / max(self.word_count, FEW_WORDS)

    @cached_property
    def _stems(self) -> frozenset[str]:
        tokens = (match.group() for match in WORD.finditer(self.low))
        return frozenset(
            stem(token[:24])
            for token in tokens
            if token not in FUNCTION_WORDS and len(token) > 2 and not is_hesitation(token)
        )

    def _spans(self, pattern: re.Pattern[str]) -> list[Span]:
        return [span_of(match) for match in pattern.finditer(self.low)]

    def _same_sentence(self, start: int, end: int) -> bool:
        return start <= end and not re.search(r"[.!?\n]", self.low[start:end])


def read_evidence(text: str, kind: Kind) -> Evidence:
    """Of an answer as `Transcript.text` has it; no more than some 2,000 words are read."""
    return Evidence(readable(text[:MAX_CHARACTERS]), kind)


def is_hesitation(word: str) -> bool:
    return word == "like" or bool(HESITATION.match(word))


def span_of(match: re.Match[str]) -> Span:
    return Span(match.start(), match.end(), match.group())


def distinct(spans: Iterable[Span]) -> tuple[Span, ...]:
    """In order, without overlaps (the longer stays) and without the same words twice."""
    kept: list[Span] = []
    seen: set[str] = set()
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        key = " ".join(span.text.lower().split())
        if key in seen or (kept and span.start < kept[-1].end):
            continue
        seen.add(key)
        kept.append(span)
    return tuple(kept)


def first_of(*groups: Sequence[Span]) -> tuple[Span, ...]:
    """The first group that holds something."""
    return next((tuple(group) for group in groups if group), ())
