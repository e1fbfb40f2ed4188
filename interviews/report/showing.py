"""A report's document as its page shows it: what can be played, what to draw, which first tries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from interviews.models import Interview, Turn
from interviews.report.judgement import GAP
from interviews.report.transcript import cut_transcript
from interviews.scoring.rubric import Rubric, UnknownRubricError, load_rubric

Json = dict[str, Any]
# The pace is told in windows of ten seconds: of two at least.
TIMELINE_FROM_S = 15
QUOTE = {"text", "turn_id", "start_s", "end_s"}


def show_document(document: Json, *, retakes: Mapping[int, list[Interview]]) -> Json:
    """The document, with in it what only the page needs. `retakes` are by the question's id."""
    interview_id = document["interview"]["id"]
    playable = {
        turn["turn_id"]
        for answer in document["answers"]
        for turn in answer["turns"]
        if turn["has_recording"]
    }
    for quote in quotes_in(document):
        quote["is_playable"] = quote["start_s"] is not None and quote["turn_id"] in playable
    asked = follow_ups(interview_id)
    rubric = find_rubric(document)
    answers = [
        show_answer(answer, asked, rubric) | {"retakes": retakes.get(answer["question_id"], [])}
        for answer in document["answers"]
    ]
    return {
        **document,
        "trust": trust_in(document),
        "measured": sort_measures(document["measures"]),
        "answers": answers,
        "has_charts": any(turn["timeline"] for answer in answers for turn in answer["turns"]),
    }


def quotes_in(node: Any) -> Iterator[Json]:
    """Every quote in the document, wherever it stands."""
    if isinstance(node, dict) and set(node) >= QUOTE:
        yield node
        return
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for one in inner:
        yield from quotes_in(one)


def follow_ups(interview_id: str) -> list[tuple[int, str]]:
    """What the interviewer asked besides the planned questions: sequence and text. One query."""
    turns = Turn.objects.filter(interview=UUID(interview_id), kind=Turn.Kind.FOLLOW_UP)
    return list(turns.order_by("sequence").values_list("sequence", "text"))


def find_rubric(document: Json) -> Rubric | None:
    try:
        return load_rubric(document["rubric"]["name"], document["rubric"]["version"])
    except UnknownRubricError:
        return None


def show_answer(answer: Json, asked: list[tuple[int, str]], rubric: Rubric | None) -> Json:
    quotes = list(quotes_in([answer["dimensions"], answer["keep"], answer["change"]]))
    return {
        **answer,
        "turns": list(_show_turns(answer, quotes, asked)),
        "dimensions": [_show_dimension(one, rubric) for one in answer["dimensions"]],
        "better": answer["better"] and answer["better"] | {"runs": cut_gaps(answer["better"])},
        "compared": compare(answer),
        "measured": sort_measures(answer["measures"]),
    }


def _show_turns(answer: Json, quotes: list[Json], asked: list[tuple[int, str]]) -> Iterator[Json]:
    before = 0
    for turn in answer["turns"]:
        between = (text for place, text in asked if before < place < turn["sequence"])
        mine = [quote for quote in quotes if quote["turn_id"] == turn["turn_id"]]
        yield {
            **turn,
            "asked": next(between, "") if before else "",
            "runs": cut_transcript(turn, mine),
            "is_spoken": turn["duration_s"] is not None,
            "timeline": draw_timeline(answer, turn),
        }
        before = turn["sequence"]


def draw_timeline(answer: Json, turn: Json) -> Json | None:
    """What `static/js/timeline.js` draws of a recording; None where it is too short.

    Times are seconds. `low` and `high` bound the usual pace.
    """
    mine: dict[str, list[Json]] = {
        name: [one for one in answer[name] if one["turn_id"] == turn["turn_id"]]
        for name in ("pace", "pauses", "fillers")
    }
    if not turn["words"] or turn["words"][-1]["end_s"] < TIMELINE_FROM_S:
        return None
    usual: Json = next((m for m in answer["measures"] if m["id"] == "words_per_minute"), {})
    return {
        "turn_id": turn["turn_id"],
        "script_id": f"timeline-{turn['turn_id']}",
        "duration_s": max(turn["duration_s"] or 0, turn["words"][-1]["end_s"]),
        "low": usual.get("low"),
        "high": usual.get("high"),
        **mine,
        "rows": sorted(_rows(mine), key=lambda row: float(row["start_s"])),
    }


def _rows(found: Mapping[str, Iterable[Json]]) -> Iterator[Json]:
    """The timeline as a table."""
    for one in found["pace"]:
        value = f"{one['words_per_minute']:.0f} words a minute"
        yield {"start_s": one["start_s"], "what": "Pace", "value": value}
    for one in found["pauses"]:
        value = f"{one['end_s'] - one['start_s']:.1f} s"
        yield {"start_s": one["start_s"], "what": "Pause", "value": value}
    for one in found["fillers"]:
        yield {"start_s": one["start_s"], "what": "Filler", "value": f"“{one['text']}”"}


def _show_dimension(dimension: Json, rubric: Rubric | None) -> Json:
    """With what the next level looks like, where there is one."""
    scales = {id_.value: scale for id_, scale in rubric.dimensions.items()} if rubric else {}
    scale, level = scales.get(dimension["id"]), dimension["level"]
    following = None
    if scale and level is not None and level < len(scale.anchors):
        following = {"level": level + 1, "anchor": scale.anchor(level + 1)}
    return {**dimension, "next": following}


def cut_gaps(better: Json) -> list[tuple[bool, str]]:
    """The better version in pieces: whether each is a gap to fill, and its text."""
    pieces, place = [], 0
    for gap in GAP.finditer(better["text"]):
        pieces += [(False, better["text"][place : gap.start()]), (True, gap[0][1:-1])]
        place = gap.end()
    return [piece for piece in [*pieces, (False, better["text"][place:])] if piece[1]]


def sort_measures(measures: list[Json]) -> Json:
    """Those that are `known`, and the names of those that are `unknown` for each reason."""
    unknown: dict[str, list[str]] = {}
    for measure in measures:
        if measure["value"] is None:
            unknown.setdefault(measure["note"], []).append(measure["name"])
    known = [measure for measure in measures if measure["value"] is not None]
    return {"known": known, "unknown": unknown}


def compare(answer: Json) -> list[Json] | None:
    """Of a retake: each dimension's level then and now, None where it was not scored."""
    first = answer["first_try"]
    if first is None:
        return None
    now = {one["id"]: one for one in answer["dimensions"]}
    names = {id_: one["name"] for id_, one in now.items()}
    rows = [
        {
            "name": names.get(id_, id_.capitalize()),
            "first": first["dimensions"].get(id_),
            "now": now[id_]["level"] if id_ in now else None,
        }
        for id_ in dict.fromkeys([*now, *first["dimensions"]])
    ]
    return [{"name": "Overall", "first": first["level"], "now": answer["level"]}, *rows]


def trust_in(document: Json) -> Json:
    """How far the scores go: `samples`, their `spread` (None for rules), and what has no score."""
    dimensions = [one for answer in document["answers"] for one in answer["dimensions"]]
    spreads = [max(s) - min(s) for one in dimensions if len(s := one["samples"]) > 1]
    return {
        "scores": len(spreads),
        "differing": sum(map(bool, spreads)),
        "spread": max(spreads, default=None),
        "not_scored": [answer for answer in document["answers"] if answer["not_scored"]],
        "withheld": [
            {"position": answer["position"], **one}
            for answer in document["answers"]
            for one in answer["dimensions"]
            if one["withheld"]
        ],
    }
