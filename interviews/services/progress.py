"""What a person's reports show when they are put side by side.

A trend claims little: interviews differ in their questions, and scores vary from day to day. It
looks at the newest interviews that were scored in the same way, and says better or worse only where
the difference between the later and the earlier ones is larger than they differ among themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from statistics import fmean

from interviews.models import Interview, Report
from users.models import User

NEWEST = 100
# A trend is of the last months, not of a year.
TREND_INTERVIEWS = 10
FEWEST_INTERVIEWS = 3
# Levels: a smaller difference is nothing that anybody would notice.
MIN_SPREAD = 0.3
# Above this they differ so much among themselves that "the same" would be a guess, too.
MAX_SPREAD_OF_SAME = 0.7


class Verdict(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    TOO_LITTLE = "too_little"


@dataclass(frozen=True, slots=True)
class Trend:
    """`earlier` and `later` are mean levels, None where there are too few interviews."""

    verdict: Verdict
    text: str
    interviews: int
    earlier: float | None = None
    later: float | None = None
    spread: float | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """`reports` are the newest first, each with its interview. `dimensions` are keyed by id."""

    reports: tuple[Report, ...]
    overall: Trend
    dimensions: dict[str, Trend]


def read_progress(*, user: User) -> Progress:
    """Over the person's newest hundred interviews with a report. One query."""
    reports = tuple(
        Report.objects.filter(
            interview__user=user,
            interview__state=Interview.State.FINISHED,
            state=Report.State.READY,
        )
        .select_related("interview")
        .defer("document", "samples", "interview__job_description", "interview__resume")
        .order_by("-interview__finished_at", "-pk")[:NEWEST]
    )
    return progress_of(reports)


def progress_of(reports: tuple[Report, ...]) -> Progress:
    compared = comparable(reports)
    ids = dict.fromkeys(id_ for report in compared for id_ in report.summary["dimensions"])
    return Progress(
        reports,
        _trend(compared, lambda report: report.summary["level"]),
        {id_: _trend(compared, _dimension(id_)) for id_ in ids},
    )


def comparable(reports: Sequence[Report]) -> list[Report]:
    """Those read by the same rubric and scorer as the newest one; a retake is no interview."""
    whole = [report for report in reports if report.interview.retake_of_id is None]
    if not whole:
        return []
    ways = [(report.summary["rubric"], report.summary["scorer"]) for report in whole]
    return [report for report, way in zip(whole, ways, strict=True) if way == ways[0]]


def find_trend(levels: Sequence[float]) -> Trend:
    """Of levels in the order of time, the newest ten of them.

    The later half is compared with the earlier one (of an odd number, the earlier half has one
    more). The spread is how much levels differ within the two halves: their pooled standard
    deviation, at least `MIN_SPREAD`. No claim is made of fewer than three levels, or of a
    difference within the spread.
    """
    levels = levels[-TREND_INTERVIEWS:]
    count = len(levels)
    if count < FEWEST_INTERVIEWS:
        text = f"Too little to tell: that takes {FEWEST_INTERVIEWS} interviews scored alike."
        return Trend(Verdict.TOO_LITTLE, text, count)
    earlier, later = levels[: count - count // 2], levels[count - count // 2 :]
    spread = max(_pooled_deviation(earlier, later), MIN_SPREAD)
    before, since = fmean(earlier), fmean(later)
    verdict = _verdict(since - before, spread)
    figures = f"{since:.1f} over the last {len(later)}, {before:.1f} over the {len(earlier)} before"
    return Trend(
        verdict,
        f"{TEXTS[verdict]}: {figures}.",
        count,
        round(before, 2),
        round(since, 2),
        round(spread, 2),
    )


TEXTS = {
    Verdict.BETTER: "Better",
    Verdict.WORSE: "Lower",
    Verdict.SAME: "About the same",
    Verdict.TOO_LITTLE: "Too little to tell, as they differ much among themselves",
}


def _verdict(difference: float, spread: float) -> Verdict:
    if abs(difference) > spread:
        return Verdict.BETTER if difference > 0 else Verdict.WORSE
    return Verdict.SAME if spread <= MAX_SPREAD_OF_SAME else Verdict.TOO_LITTLE


def _pooled_deviation(*groups: Sequence[float]) -> float:
    means = [fmean(group) for group in groups]
    squares = sum(
        (level - mean) ** 2 for group, mean in zip(groups, means, strict=True) for level in group
    )
    return sqrt(squares / (sum(map(len, groups)) - len(groups)))


def _trend(reports: Sequence[Report], level: Callable[[Report], float | None]) -> Trend:
    """Of reports with the newest first."""
    levels = [found for report in reversed(reports) if (found := level(report)) is not None]
    return find_trend(levels)


def _dimension(id_: str) -> Callable[[Report], float | None]:
    return lambda report: report.summary["dimensions"].get(id_)
