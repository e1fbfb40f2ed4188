"""Levels and measures in words say no more than their numbers."""

import pytest

from interviews.templatetags import report as words


@pytest.mark.parametrize(
    ("level", "name"),
    [
        (1, "Not yet"),
        (1.4, "Not yet"),
        (1.5, "A start"),
        (3, "Solid"),
        (4.4, "Strong"),
        (5.0, "Excellent"),
    ],
)
def test_a_level_is_named_after_the_nearest(level, name):
    assert words.level_name(level) == name


@pytest.mark.parametrize(
    ("value", "shown"), [(0, "0"), (0.0, "0"), (3.04, "3"), (3.25, "3.2"), (120, "120")]
)
def test_a_figure_has_a_decimal_only_where_it_has_one(value, shown):
    assert words.figure(value) == shown


@pytest.mark.parametrize(
    ("value", "low", "high", "reading", "usual"),
    [
        (0, None, 6, "usual", "at most 6"),
        (6.1, None, 6, "above", "at most 6"),
        (0, 1, None, "below", "at least 1"),
        (150, 120, 180, "usual", "120 to 180"),
        (119.9, 120, 180, "below", "120 to 180"),
        (5, None, None, "", ""),
        (None, 120, 180, "", "120 to 180"),
    ],
)
def test_a_measure_is_read_against_its_range(value, low, high, reading, usual):
    measure = {"value": value, "low": low, "high": high}
    assert (words.reading(measure), words.usual(measure)) == (reading, usual)


@pytest.mark.parametrize(
    ("first", "now", "told"),
    [
        (2, 4, "2 higher"),
        (3.3, 3.0, "0.3 lower"),
        (3, 3, "the same"),
        (None, 3, "cannot be compared"),
        (3, None, "cannot be compared"),
    ],
)
def test_a_change_is_told_only_between_two_levels(first, now, told):
    assert words.change({"first": first, "now": now}) == told
