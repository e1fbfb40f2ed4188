"""What is measured in answers, not judged: pace, pauses, length, fillers and the like.

None means that it cannot be known (a typed answer has no times); 0 means that there were none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import mean, median

from ai.coach.answer import lower
from ai.coach.elements import quantities
from ai.coach.language import words
from interviews.scoring.phrases import (
    count_hedges,
    find_fillers,
    first_person_counts,
    repeated_phrases,
)
from interviews.scoring.ranges import RANGES
from interviews.scoring.spoken import SpokenAnswer

PAUSE_S = 0.7
LONG_PAUSE_S = 2.0
# Below these a rate says nothing.
MIN_RATE_WORDS = 5
MIN_RATE_S = 3.0
PACE_WINDOW_S = 10.0
MINUTE_S = 60.0
TYPED = "The answer was typed."
# What is usual of one answer; of a whole interview it is the mean of its answers.
OF_ONE_ANSWER = ("length_words", "length_s", "numbers")
MEAN_NOTE = "The mean of the answers."
# What a figure does not see.
NOTES = {
    "pauses": "From the times of the words, so only to about half a second.",
    "time_to_start_s": "From the start of the recording.",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure. Read against `low` to `high`, each None where that side is open."""

    id: str
    name: str
    value: float | None
    unit: str
    low: float | None
    high: float | None
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """Something in a recording: `turn` is the answer's index, times are from its start."""

    turn: int
    start_s: float
    end_s: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class Pace:
    """Words per minute in the window of ten seconds that begins at `start_s`."""

    turn: int
    start_s: float
    words_per_minute: float


@dataclass(frozen=True, slots=True)
class Measures:
    """`measures` in the order of `RANGES`; the rest are places to draw."""

    measures: tuple[Measure, ...]
    fillers: tuple[Moment, ...]
    pauses: tuple[Moment, ...]
    pace: tuple[Pace, ...]
    repeated: tuple[str, ...]

    def __getitem__(self, id_: str) -> Measure:
        return next(measure for measure in self.measures if measure.id == id_)


def measure_interview(answers: Sequence[Sequence[SpokenAnswer]]) -> tuple[Measure, ...]:
    """All measures over the turns to each question."""
    whole = measure_answers([turn for turns in answers for turn in turns])
    each = [measure_answers(turns) for turns in answers if turns]
    return tuple(
        _mean(m, [found[m.id] for found in each]) if m.id in OF_ONE_ANSWER else m
        for m in whole.measures
    )


def _mean(whole: Measure, each: Sequence[Measure]) -> Measure:
    known = [found.value for found in each if found.value is not None]
    if len(known) < 2:
        return whole
    return replace(whole, value=round(mean(known), 1), note=MEAN_NOTE)


def measure_answers(answers: Sequence[SpokenAnswer]) -> Measures:
    """All measures over some turns, such as those to one question."""
    pauses = tuple(p for n, answer in enumerate(answers) for p in find_pauses(answer, turn=n))
    fillers = tuple(f for n, answer in enumerate(answers) for f in timed_fillers(answer, turn=n))
    repeated = repeated_phrases([answer.text for answer in answers])
    found = {
        **_timed(answers, pauses, fillers),
        **_counted(answers),
        "repeated_phrases": float(len(repeated)) if any(a.word_count for a in answers) else None,
    }
    return Measures(
        measures=tuple(_measure(id_, found[id_], answers) for id_ in RANGES),
        fillers=fillers,
        pauses=pauses,
        pace=tuple(p for n, answer in enumerate(answers) for p in pace_over_time(answer, turn=n)),
        repeated=repeated,
    )


def find_pauses(answer: SpokenAnswer, *, turn: int = 0) -> list[Moment]:
    """Silences of 0.7 s or more between two words. Before and after the answer is no pause."""
    return [
        Moment(turn, before.end_s, after.start_s)
        for before, after in pairwise(answer.words)
        if round(after.start_s - before.end_s, 3) >= PAUSE_S
    ]


def timed_fillers(answer: SpokenAnswer, *, turn: int = 0) -> list[Moment]:
    tokens = [word.text for word in answer.words]
    return [
        Moment(
            turn,
            answer.words[first].start_s,
            answer.words[last].end_s,
            " ".join(tokens[first : last + 1]),
        )
        for first, last in find_fillers(tokens)
    ]


def speaking_span_s(answer: SpokenAnswer) -> float:
    """From the first word's start to the last one's end, pauses included; 0 without words."""
    return max(answer.words[-1].end_s - answer.words[0].start_s, 0.0) if answer.words else 0.0


def pace_over_time(answer: SpokenAnswer, *, turn: int = 0) -> list[Pace]:
    """The pace in windows of ten seconds; a last one of less than half of that is left out."""
    if not answer.words:
        return []
    began, span = answer.words[0].start_s, speaking_span_s(answer)
    windows = int((span + PACE_WINDOW_S / 2) // PACE_WINDOW_S)
    found = []
    for n in range(windows):
        start = began + n * PACE_WINDOW_S
        width = min(PACE_WINDOW_S, began + span - start)
        said = sum(start <= word.start_s < start + width for word in answer.words)
        found.append(Pace(turn, round(start, 2), round(said * MINUTE_S / width, 1)))
    return found


def _timed(
    answers: Sequence[SpokenAnswer],
    pauses: Sequence[Moment],
    fillers: Sequence[Moment],
) -> dict[str, float | None]:
    timed = [answer for answer in answers if answer.words]
    span = sum(map(speaking_span_s, timed))
    said = sum(len(answer.words) for answer in timed)
    lengths = [round(pause.end_s - pause.start_s, 3) for pause in pauses]
    may_rate = said >= MIN_RATE_WORDS and span >= MIN_RATE_S
    hears = [answer for answer in timed if answer.hears_fillers is not False]
    is_heard = may_rate and len(hears) == len(timed)
    starts = [start for answer in answers if (start := start_s(answer)) is not None]
    recorded = [answer.duration_s for answer in answers if answer.duration_s is not None]

    def rate(count: int) -> float:
        return count * MINUTE_S / span

    return {
        "words_per_minute": rate(said) if may_rate else None,
        "pauses": rate(len(lengths)) if may_rate else None,
        "pause_total_s": sum(lengths) if timed else None,
        "long_pauses": rate(sum(p >= LONG_PAUSE_S for p in lengths)) if may_rate else None,
        "longest_pause_s": max(lengths, default=0.0) if timed else None,
        "length_s": span if timed else 0.0 if recorded else None,
        "time_to_start_s": median(starts) if starts else None,
        "fillers_per_minute": rate(len(fillers)) if is_heard else None,
    }


def start_s(answer: SpokenAnswer) -> float | None:
    """How far into the recording the first word came."""
    return answer.words[0].start_s if answer.words else None


def _counted(answers: Sequence[SpokenAnswer]) -> dict[str, float | None]:
    texts = [lower(answer.text) for answer in answers]
    count = sum(len(words(text)) for text in texts)
    asked = sum(len(words(answer.question)) for answer in answers)
    own, shared = first_person_counts(texts)
    return {
        "length_words": float(count),
        "talk_share": 100 * count / (count + asked) if asked else None,
        "hedges_per_100_words": 100 * count_hedges(texts) / count if count else None,
        "i_share": 100 * own / (own + shared) if own + shared else None,
        "numbers": float(sum(len(list(quantities(text))) for text in texts)) if count else None,
    }


def _measure(id_: str, value: float | None, answers: Sequence[SpokenAnswer]) -> Measure:
    row = RANGES[id_]
    rounded = None if value is None else round(value, 1)
    note = _note(id_, rounded, answers)
    return Measure(id_, row.name, rounded, row.unit, row.low, row.high, row.source, note)


def _note(id_: str, value: float | None, answers: Iterable[SpokenAnswer]) -> str:
    """Why there is no value, or what it does not see."""
    answers = list(answers)
    if id_ == "fillers_per_minute" and any(answer.words for answer in answers):
        heard = {answer.hears_fillers for answer in answers if answer.words}
        if False in heard:
            return "The transcriber leaves fillers out, so they cannot be counted."
        return (
            "The transcriber may leave some fillers out." if None in heard
            else "The transcriber is asked to write fillers down; it may still miss some."
        )  # fmt: skip
    if value is not None:
        return NOTES.get(id_, "")
    if id_ == "talk_share":
        return "It is not known what the interviewer said."
    if id_ == "i_share":
        return "Neither 'I' nor 'we' was said."
    if answers and not any(answer.is_spoken for answer in answers):
        return TYPED
    return "Too little was said to tell."
