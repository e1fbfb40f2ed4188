"""How the built-in scorer compares with the graded answers. Needs no service and no model.

.venv/bin/python benchmarks/grading.py            both parts, in figures
.venv/bin/python benchmarks/grading.py --tune     the tune part alone, with its worst answers
"""

import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.interviews.grading import (
    OVERALL,
    Graded,
    Pair,
    abstention,
    confusion,
    correlation_at_equal_length,
    graded_answers,
    mean_absolute_error,
    pairs_by_dimension,
    rank_correlation,
    round_level,
    score,
    swapped_relevance,
    within_one,
)

LEVELS = range(1, 6)
WORST = 25


def main() -> None:
    examples = graded_answers()
    tune = [example for example in examples if example.split == "tune"]
    report("tune", tune)
    if "--tune" in sys.argv:
        worst(tune)
    else:
        report("held out", [example for example in examples if example.split == "held_out"])


def report(name: str, examples: Sequence[Graded]) -> None:
    print(f"\n{name}: {len(examples)} answers")
    print(f"  {'':12} {'n':>4} {'rank corr.':>10} {'mean error':>10} {'within one':>10}")
    pairs = pairs_by_dimension(examples)
    for dimension, found in pairs.items():
        print(
            f"  {dimension:12} {len(found):4} {rank_correlation(found):10.3f}"
            f" {mean_absolute_error(found):10.2f} {within_one(found):10.0%}"
        )
    length = [Pair(pair.graded, pair.words) for pair in pairs[OVERALL]]
    print(f"  {'length alone':12} {len(length):4} {rank_correlation(length):10.3f}")
    at_equal = correlation_at_equal_length(pairs[OVERALL])
    print(f"  {'overall, at equal length':17}{at_equal:9.3f}")
    table(pairs[OVERALL])
    swapped = swapped_relevance(examples)
    print("  relevance of strong answers put to other questions:", end="")
    print("".join(f"  {level}: {swapped[level] / swapped.total():.0%}" for level in LEVELS))
    kept = abstention(examples)
    print(f"  not scored: precision {kept.precision:.0%}, recall {kept.recall:.0%}")
    if name == "tune":
        print("".join(f"    {line}\n" for line in kept.wrong))


def table(pairs: Sequence[Pair]) -> None:
    counts = confusion(pairs)
    print("  graded down, scored across:", *(f"{level:4}" for level in LEVELS))
    for graded in LEVELS:
        print(f"  {graded:26}", *(f"{counts[graded, scored]:4}" for scored in LEVELS))


def worst(examples: Sequence[Graded]) -> None:
    """Where the scorer is furthest from the grade."""
    rows = []
    for example in examples:
        scored = score(example)
        if example.grades and hasattr(scored, "level") and scored.level is not None:
            levels = {d.value: s.level for d, s in scored.dimensions.items()}
            off = scored.level - example.grades[OVERALL]
            rows.append((abs(off), example.id, scored.level, dict(example.grades), levels))
    for _, id_, level, grades, levels in sorted(rows, reverse=True, key=lambda r: r[0])[:WORST]:
        told = " ".join(f"{d[:4]} {grades[d]}/{found}" for d, found in levels.items())
        print(f"  {id_:24} graded {grades[OVERALL]} scored {level} ({round_level(level)})  {told}")


if __name__ == "__main__":
    main()
