"""Scoring an answer by the built-in rules, which are always there."""

from __future__ import annotations

from collections.abc import Sequence

from interviews.models import Question, Turn
from interviews.report.judgement import (
    Advice,
    BetterVersion,
    Judgement,
    NotJudged,
    PartFound,
    Score,
)
from interviews.report.material import Answer
from interviews.report.quotes import with_times
from interviews.scoring import advice
from interviews.scoring.abstention import NotScored
from interviews.scoring.better import better_version
from interviews.scoring.rubric import Rubric
from interviews.scoring.scorer import SCORER, AnswerScore, DimensionScore, score_turns
from interviews.scoring.spoken import Quote, SpokenAnswer

SKIPPED = NotJudged(code="skipped", reason="You skipped this question.")
NO_ANSWER = NotJudged(code="no_answer", reason="You did not answer this question.")
NOT_TRANSCRIBED = NotJudged(
    code="not_transcribed",
    reason="Your recording was kept, but it was never turned into words, so it is not scored.",
)


def judge_by_rules(answer: Answer, rubric: Rubric) -> Judgement | NotJudged:
    """The rules' judgement, or why there is none. The same answer always gets the same one."""
    if not answer.turns:
        is_skipped = answer.question.state == Question.State.SKIPPED
        return SKIPPED if is_skipped else NO_ANSWER
    if all(turn.state == Turn.State.RECEIVED for turn in answer.turns):
        return NOT_TRANSCRIBED
    found = score_turns(answer.spoken, answer.question.as_in_bank, rubric)
    if isinstance(found, NotScored):
        return NotJudged(code=found.reason_code.value, reason=found.reason)
    return _judgement(found, answer, rubric)


def _judgement(found: AnswerScore, answer: Answer, rubric: Rubric) -> Judgement:
    scores = {d.value: _score(score, answer.spoken) for d, score in found.dimensions.items()}
    is_known = any(score.level is not None for score in scores.values())
    return Judgement(
        scored_by=SCORER,
        level=found.level if is_known else None,
        dimensions=scores,
        parts=tuple(
            PartFound(
                id=part.part.value,
                is_found=part.is_found,
                quotes=_timed(part.quotes, answer.spoken),
            )
            for part in found.parts
        ),
        keep=_advice(advice.thing_to_keep(found), answer),
        change=_advice(advice.thing_to_change(found, rubric, word_count=answer.word_count), answer),
        better=_better(found, answer, rubric),
    )


def _advice(given: advice.Advice | None, answer: Answer) -> Advice | None:
    if given is None:
        return None
    quote = with_times(given.quote, answer.spoken) if given.quote else None
    return Advice(text=given.text, dimension=given.dimension.value, quote=quote)


def _better(found: AnswerScore, answer: Answer, rubric: Rubric) -> BetterVersion | None:
    better = better_version(answer.transcript.turns, found.kind, rubric)
    return BetterVersion(text=better.text, made_by=SCORER) if better else None


def _score(score: DimensionScore, turns: Sequence[SpokenAnswer]) -> Score:
    if score.level is None:
        return Score(level=None, withheld=score.reason)
    return Score(level=score.level, reason=score.reason, quotes=_timed(score.quotes, turns))


def _timed(quotes: Sequence[Quote], turns: Sequence[SpokenAnswer]) -> tuple[Quote, ...]:
    return tuple(with_times(quote, turns) for quote in quotes)
