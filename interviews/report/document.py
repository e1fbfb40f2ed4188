"""The report's document, format 1, as docs/interviews.md lists it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from interviews.models import Interview
from interviews.report.judgement import Advice, Judgement, NotJudged, PartFound, Score
from interviews.report.material import Answer
from interviews.scoring.measures import Measure, measure_answers, measure_interview
from interviews.scoring.rubric import Dimension, Rubric
from interviews.scoring.scorer import SCORER
from interviews.scoring.spoken import Quote

FORMAT = 1
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class JudgedAnswer:
    """`fallback` is why a language model that was to judge it did not; empty where it did."""

    answer: Answer
    judgement: Judgement | NotJudged
    fallback: str = ""


def build_document(
    interview: Interview,
    judged: Sequence[JudgedAnswer],
    rubric: Rubric,
    *,
    samples: int,
    first_try: Json | None = None,
) -> Json:
    """The whole report. `samples` is how often a model was asked about each answer."""
    answers = [_answer(one, rubric, first_try) for one in judged]
    levels = [answer["level"] for answer in answers if answer["level"] is not None]
    spoken = [one.answer.spoken for one in judged]
    return {
        "format": FORMAT,
        "interview": _interview(interview),
        "rubric": {"name": rubric.name, "version": rubric.version, "title": rubric.title},
        "scorer": _scorer(judged, samples),
        "overall": {
            "level": round(fmean(levels), 1) if levels else None,
            "answers": len(answers),
            "scored_answers": len(levels),
        },
        "keep": _chosen(answers, "keep", reverse=True),
        "change": _chosen(answers, "change", reverse=False),
        "competencies": _competencies(judged, rubric),
        "answers": answers,
        "measures": [_measure(measure) for measure in measure_interview(spoken)],
    }


def summary_of(document: Json) -> Json:
    """What progress over interviews reads of a document, small enough to be read by the hundred."""
    dimensions: dict[str, list[int]] = {}
    for answer in document["answers"]:
        for dimension in answer["dimensions"]:
            if dimension["level"] is not None:
                dimensions.setdefault(dimension["id"], []).append(dimension["level"])
    return {
        "rubric": f"{document['rubric']['name']}-{document['rubric']['version']}",
        "scorer": document["scorer"]["name"],
        "level": document["overall"]["level"],
        "answers": document["overall"]["answers"],
        "scored_answers": document["overall"]["scored_answers"],
        "dimensions": {id_: round(fmean(levels), 1) for id_, levels in dimensions.items()},
        "competencies": {c["id"]: c["level"] for c in document["competencies"]},
        "measures": {measure["id"]: measure["value"] for measure in document["measures"]},
    }


def _interview(interview: Interview) -> Json:
    return {
        "id": str(interview.pk),
        "role": interview.role,
        "role_title": interview.role_title,
        "level": interview.level,
        "type": interview.type,
        "started_at": interview.started_at and interview.started_at.isoformat(),
        "finished_at": interview.finished_at and interview.finished_at.isoformat(),
    }


def _scorer(judged: Sequence[JudgedAnswer], samples: int) -> Json:
    """Who judged. Where both did, it is the model's report and `fallback_reason` tells the rest."""
    scored = [one for one in judged if isinstance(one.judgement, Judgement)]
    names = dict.fromkeys(one.judgement.scored_by for one in scored)  # type: ignore[union-attr]
    models = [name for name in names if name != SCORER]
    fallen_back = [one.fallback for one in judged if one.fallback]
    reason = None
    if fallen_back:
        reason = (
            f"The built-in rules scored {len(fallen_back)} of {len(scored)} answers:"
            f" {' '.join(dict.fromkeys(fallen_back))}"
        )
    return {
        "kind": "model" if models else "rules",
        "name": ", ".join(models) if models else SCORER,
        "samples": samples if models else 1,
        "fallback_reason": reason,
    }


def _chosen(answers: Iterable[Json], which: str, *, reverse: bool) -> Json | None:
    """The advice of the best (to keep) or the weakest answer (to change) that has one."""
    scored = [answer for answer in answers if answer["level"] is not None and answer[which]]
    ranked = sorted(scored, key=lambda answer: float(answer["level"]), reverse=reverse)
    return ranked[0][which] if ranked else None


def _competencies(judged: Sequence[JudgedAnswer], rubric: Rubric) -> list[Json]:
    tied: dict[str, list[JudgedAnswer]] = {}
    for one in judged:
        tied.setdefault(one.answer.question.competency, []).append(one)
    return [
        _competency(id_, some, rubric) for id_, some in tied.items() if id_ in rubric.competencies
    ]


def _competency(id_: str, judged: Sequence[JudgedAnswer], rubric: Rubric) -> Json:
    """The mean over the answers tied to it, with the anchor of the nearest level."""
    scale = rubric.competencies[id_]
    shown = [(one, level) for one in judged if (level := competency_level(one)) is not None]
    level = round(fmean(level for _, level in shown), 1) if shown else None
    return {
        "id": id_,
        "name": scale.title,
        "level": level,
        "reason": _competency_reason(shown),
        "anchor": scale.anchor(int(level + 0.5)) if level is not None else None,
        "answers": [one.answer.question.position for one in judged],
        "quotes": [quote for one, _ in shown for quote in competency_quotes(one)],
    }


def competency_level(one: JudgedAnswer) -> float | None:
    judgement = one.judgement
    if isinstance(judgement, NotJudged):
        return None
    return judgement.competency.level if judgement.competency else judgement.level


def _competency_reason(shown: Sequence[tuple[JudgedAnswer, float]]) -> str:
    reasons = [
        one.judgement.competency.reason
        for one, _ in shown
        if isinstance(one.judgement, Judgement) and one.judgement.competency
    ]
    if reasons:
        return " ".join(reasons)
    if not shown:
        return "None of its answers could be scored."
    count = "one answer" if len(shown) == 1 else f"{len(shown)} answers"
    return (
        f"From {count}, by how much was shown. Rules cannot tell whether it is right: please check."
    )


def competency_quotes(one: JudgedAnswer) -> list[Json]:
    """What was quoted for it, or for the dimension that shows most of the answer."""
    judgement = one.judgement
    if isinstance(judgement, NotJudged):
        return []
    if judgement.competency:
        return _quotes(judgement.competency.quotes, one.answer)
    best = max(judgement.dimensions.values(), key=lambda score: score.level or 0)
    return _quotes(best.quotes[:1], one.answer)


def _answer(one: JudgedAnswer, rubric: Rubric, first_try: Json | None) -> Json:
    answer, question, judgement = one.answer, one.answer.question, one.judgement
    scored = judgement if isinstance(judgement, Judgement) else None
    return {
        "position": question.position,
        "question": question.text,
        "question_id": question.pk,
        "kind": question.kind,
        "competency": question.competency,
        "state": question.state,
        "text": answer.text,
        "not_scored": _not_scored(judgement),
        "scored_by": scored.scored_by if scored else None,
        "level": scored.level if scored else None,
        "dimensions": _dimensions(scored, answer, rubric) if scored else [],
        **_measured(answer),
        "keep": _advice(scored.keep, answer) if scored else None,
        "change": _advice(scored.change, answer) if scored else None,
        "better": _better(scored),
        "first_try": first_try,
        "turns": _turns(answer),
    }


def _not_scored(judgement: Judgement | NotJudged) -> Json | None:
    if isinstance(judgement, Judgement):
        return None
    return {"code": judgement.code, "reason": judgement.reason}


def _dimensions(judgement: Judgement, answer: Answer, rubric: Rubric) -> list[Json]:
    return [
        {
            **_score(id_, score, answer, rubric),
            "parts": [_part(part, answer, rubric) for part in judgement.parts]
            if id_ == Dimension.STRUCTURE
            else [],
        }
        for id_, score in judgement.dimensions.items()
    ]


def _score(id_: str, score: Score, answer: Answer, rubric: Rubric) -> Json:
    scale = rubric.dimensions[Dimension(id_)]
    return {
        "id": id_,
        "name": scale.title,
        "level": score.level,
        "reason": score.reason,
        "anchor": None if score.level is None else scale.anchor(score.level),
        "withheld": score.withheld or None,
        "quotes": _quotes(score.quotes, answer),
        "samples": list(score.samples),
    }


def _part(part: PartFound, answer: Answer, rubric: Rubric) -> Json:
    descriptions = {known.value: text for known, text in rubric.parts.items()}
    return {
        "id": part.id,
        "name": part.id.capitalize(),
        "description": descriptions[part.id],
        "is_found": part.is_found,
        "quotes": _quotes(part.quotes, answer),
    }


def _quotes(quotes: Iterable[Quote], answer: Answer) -> list[Json]:
    return [_quote(quote, answer) for quote in quotes]


def _quote(quote: Quote, answer: Answer) -> Json:
    return {
        "text": quote.text,
        "turn_id": str(answer.turns[quote.turn].turn_id),
        "start_s": quote.start_s,
        "end_s": quote.end_s,
    }


def _advice(advice: Advice | None, answer: Answer) -> Json | None:
    if advice is None:
        return None
    return {
        "text": advice.text,
        "dimension": advice.dimension,
        "quote": _quote(advice.quote, answer) if advice.quote else None,
    }


def _better(judgement: Judgement | None) -> Json | None:
    if judgement is None or judgement.better is None:
        return None
    better = judgement.better
    return {"text": better.text, "gaps": better.gaps, "made_by": better.made_by}


def _measured(answer: Answer) -> Json:
    """What was measured, and the places in the recordings to draw."""
    found = measure_answers(answer.spoken)
    ids = [str(turn.turn_id) for turn in answer.turns]
    return {
        "measures": [_measure(measure) for measure in found.measures],
        "fillers": [
            {"turn_id": ids[f.turn], "text": f.text, "start_s": f.start_s} for f in found.fillers
        ],
        "pauses": [
            {"turn_id": ids[p.turn], "start_s": p.start_s, "end_s": p.end_s} for p in found.pauses
        ],
        "pace": [
            {"turn_id": ids[p.turn], "start_s": p.start_s, "words_per_minute": p.words_per_minute}
            for p in found.pace
        ],
    }


def _measure(measure: Measure) -> Json:
    return {
        "id": measure.id,
        "name": measure.name,
        "value": measure.value,
        "unit": measure.unit,
        "low": measure.low,
        "high": measure.high,
        "source": measure.source,
        "note": measure.note,
    }


def _turns(answer: Answer) -> list[Json]:
    return [
        {
            "turn_id": str(turn.turn_id),
            "sequence": turn.sequence,
            "text": turn.text,
            "duration_s": turn.duration_s,
            "has_recording": hasattr(turn, "recording"),
            "words": [
                {"text": word.text, "start_s": word.start_s, "end_s": word.end_s}
                for word in spoken.words
            ],
        }
        for turn, spoken in zip(answer.turns, answer.spoken, strict=True)
    ]
