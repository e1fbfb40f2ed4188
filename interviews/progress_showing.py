"""Progress over interviews as its page shows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from interviews.models import Report
from interviews.report_serializers import known_names
from interviews.services.progress import Progress, Trend, Verdict, comparable

Json = dict[str, Any]
Series = list[tuple[Report, float | None]]

# Those that say something about a way of speaking, whatever the questions were.
MAIN_MEASURES = ("words_per_minute", "fillers_per_minute", "length_s", "i_share")
FEWEST_POINTS = 2
LEVEL_RANGE = {"min": 1, "max": 5}


def show_progress(progress: Progress) -> Json:
    """Context of the page: `reports` newest first, and what is told of those scored alike."""
    compared = comparable(progress.reports)[::-1]
    whole = [report for report in progress.reports if report.interview.retake_of_id is None]
    names = known_names()
    overall = read_series(compared, lambda summary: summary["level"])
    return {
        "reports": progress.reports,
        "rows": [show_row(report, progress) for report in progress.reports],
        "compared": compared,
        "left_out": len(whole) - len(compared),
        "headline": HEADLINES[progress.overall.verdict],
        "trend": progress.overall,
        "overall": draw("overall", "Overall", overall, **LEVEL_RANGE),
        "dimensions": [
            show_dimension(compared, id_, names["dimensions"].get(id_, id_), trend)
            for id_, trend in progress.dimensions.items()
        ],
        "measures": [show_measure(compared, id_, names["measures"][id_]) for id_ in MAIN_MEASURES],
        "competencies": show_competencies(compared, names["competencies"]),
    }


def show_row(report: Report, progress: Progress) -> Json:
    levels = report.summary["dimensions"]
    return {"report": report, "levels": [levels.get(id_) for id_ in progress.dimensions]}


def show_dimension(reports: Sequence[Report], id_: str, name: str, trend: Trend) -> Json:
    series = read_series(reports, _of("dimensions", id_))
    chart = draw(f"dimension-{id_}", name, series, **LEVEL_RANGE)
    return {"id": id_, "name": name, "trend": trend, "latest": latest(series), "chart": chart}


HEADLINES = {
    Verdict.BETTER: "Your answers are getting stronger",
    Verdict.WORSE: "Your last answers scored lower than the ones before",
    Verdict.SAME: "Your answers are about as strong as before",
    Verdict.TOO_LITTLE: "Too little to tell yet",
}


def read_series(reports: Sequence[Report], value: Callable[[Json], float | None]) -> Series:
    """A value of each report, the oldest first; None where it has none."""
    return [(report, value(report.summary)) for report in reports]


def _of(group: str, id_: str) -> Callable[[Json], float | None]:
    return lambda summary: summary[group].get(id_)


def latest(series: Series) -> float | None:
    return next((value for _, value in reversed(series) if value is not None), None)


def draw(id_: str, name: str, series: Series, **more: Any) -> Json | None:
    """What `static/js/progress.js` draws; None where there are too few values for a line."""
    values = [value for _, value in series if value is not None]
    if len(values) < FEWEST_POINTS:
        return None
    return {
        "id": id_,
        "script_id": f"trend-{id_}",
        "name": name,
        "labels": [_day(report) for report, _ in series],
        "values": [value for _, value in series],
        "first": values[0],
        "last": values[-1],
        **more,
    }


def _day(report: Report) -> str:
    day = report.interview.finished_at or report.created_at
    return f"{day.day} {day:%b}"


def show_measure(reports: Sequence[Report], id_: str, row: Json) -> Json:
    series = read_series(reports, _of("measures", id_))
    bounds = {"low": row["low"], "high": row["high"], "unit": row["unit"]}
    return {
        "id": id_,
        **row,
        "value": latest(series),
        "chart": draw(f"measure-{id_}", row["name"], series, **bounds),
    }


def show_competencies(reports: Sequence[Report], names: dict[str, str]) -> list[Json]:
    """The mean over the interviews in which it was scored, the best first."""
    levels: dict[str, list[float]] = {}
    for report in reports:
        for id_, level in report.summary["competencies"].items():
            if level is not None:
                levels.setdefault(id_, []).append(level)
    shown = [
        {"name": names.get(id_, id_), "level": sum(some) / len(some), "interviews": len(some)}
        for id_, some in levels.items()
    ]
    return sorted(shown, key=lambda one: -one["level"])
