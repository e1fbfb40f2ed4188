"""The built-in scorer: rules, no model. The same answer always gets the same score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ai.coach.answer import guess_kind
from ai.coach.bank import Kind, Question
from interviews.scoring.abstention import NotScored, Reason, abstain, not_scored
from interviews.scoring.evidence import Evidence, read_evidence
from interviews.scoring.levels import Finding, find_levels, parts_found
from interviews.scoring.quotes import quotable
from interviews.scoring.rubric import Dimension, Part, Rubric
from interviews.scoring.spoken import Quote, SpokenAnswer, Transcript

SCORER = "rules-2"
NO_QUOTE = "There are no words that could be quoted for it, so it is withheld."
# An answer that is beside the point cannot be good because it is well told.
CAPS_BY_RELEVANCE = {1: 2.0, 2: 3.0}


@dataclass(frozen=True, slots=True)
class DimensionScore:
    """`level` is 1 to 5, or None where it is withheld; then `reason` says why."""

    dimension: Dimension
    level: int | None
    reason: str
    quotes: tuple[Quote, ...]
    is_doubtful: bool = False


@dataclass(frozen=True, slots=True)
class PartFound:
    part: Part
    is_found: bool
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class AnswerScore:
    """`level` is the weighted mean of the dimensions that have one, 1.0 to 5.0.

    It is None where every dimension is withheld.
    """

    rubric_id: str
    scorer: str
    kind: Kind
    level: float | None
    dimensions: Mapping[Dimension, DimensionScore]
    parts: tuple[PartFound, ...]


def score_answer(
    answer: SpokenAnswer, question: Question | None, rubric: Rubric
) -> AnswerScore | NotScored:
    """One turn, which answers `question` (None where it is not known)."""
    return score_turns((answer,), question, rubric)


def score_turns(
    turns: Sequence[SpokenAnswer], question: Question | None, rubric: Rubric
) -> AnswerScore | NotScored:
    """All that was said to one question, follow-ups included, as one answer.

    Turns that cannot be scored are left out; where none is left, the first one's reason stands.
    Quotes name the turn by its place in `turns`.
    """
    reasons = [abstain(turn) for turn in turns]
    if all(reasons):
        return next((reason for reason in reasons if reason), not_scored(Reason.SILENCE))
    kept = [
        turn if reason is None else _blank(turn)
        for turn, reason in zip(turns, reasons, strict=True)
    ]
    transcript = Transcript(kept)
    kind = question.kind if question else guess_kind(transcript.text)
    evidence = read_evidence(transcript.text, kind)
    if not evidence.sentences:
        return not_scored(Reason.PERSONAL)
    return _score(evidence, transcript, question, rubric)


def _blank(turn: SpokenAnswer) -> SpokenAnswer:
    return SpokenAnswer(text=" " * len(turn.text))


def _score(
    evidence: Evidence, transcript: Transcript, question: Question | None, rubric: Rubric
) -> AnswerScore:
    findings = find_levels(evidence, question, rubric)
    dimensions = {
        dimension: _dimension(dimension, finding, evidence, transcript)
        for dimension, finding in findings.items()
    }
    rules = rubric.kinds[evidence.kind]
    parts = tuple(
        PartFound(part, bool(spans), quotable(transcript, evidence.text, spans))
        for part, spans in parts_found(evidence, rules.parts).items()
    )
    level = overall(dimensions, rules.weights)
    return AnswerScore(rubric.id, SCORER, evidence.kind, level, dimensions, parts)


def _dimension(
    dimension: Dimension, finding: Finding, evidence: Evidence, transcript: Transcript
) -> DimensionScore:
    fallback = (*finding.spans, *evidence.sentences)
    quotes = (
        quotable(transcript, evidence.text, finding.spans)
        or quotable(transcript, evidence.text, fallback)[:1]
    )
    if not quotes:
        return DimensionScore(dimension, None, NO_QUOTE, ())
    return DimensionScore(
        dimension, finding.level, finding.reason, quotes, is_doubtful=finding.is_doubtful
    )


def overall(
    dimensions: Mapping[Dimension, DimensionScore], weights: Mapping[Dimension, int]
) -> float | None:
    """The weighted mean of the dimensions that have a level, one decimal, capped by relevance."""
    levels = {d: score.level for d, score in dimensions.items() if score.level is not None}
    if not levels:
        return None
    total = sum(weights[d] for d in levels)
    mean = sum(weights[d] * level for d, level in levels.items()) / total
    cap = CAPS_BY_RELEVANCE.get(levels.get(Dimension.RELEVANCE, 0), 5.0)
    return round(min(mean, cap), 1)
