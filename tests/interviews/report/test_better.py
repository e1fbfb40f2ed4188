"""A better version may order and shorten what was said. It may not add to it."""

import pytest

from interviews.report.better import is_from_facts

SAID = (
    "Um, so we had a customer who was, like, really angry about a late parcel. I called her and I "
    "told her that I'd find it. I phoned the depot and they found it in two hours. I didn't blame "
    "anyone. We sent it again on the 4th, and she stayed with us."
)


@pytest.mark.parametrize(
    "better",
    [
        "A customer was angry about a late parcel. I called her and told her that I would find it.",
        "We had an angry customer. First I called her, then I phoned the depot. They found it in "
        "two hours [say how she took it], and we sent it again on the 4th.",
        "A customer was angry about a late parcel [say which of the shops it was]. As a result, "
        "I phoned the depot. I didn\u2019t blame anyone.",
    ],
)
def test_their_own_facts_in_another_order_are_kept(better):
    assert is_from_facts(better, SAID)


@pytest.mark.parametrize(
    ("better", "invented"),
    [
        ("A customer was angry about a late parcel. They found it in three hours.", "figure"),
        ("A customer was angry about a late parcel. They found it in 2 hours.", "figure's form"),
        ("Maria was angry about a late parcel. I called her and phoned the depot.", "name"),
        ("A customer was angry about a late parcel. I refunded her at once.", "act"),
        ("A customer was angry about a late parcel. She stayed, delighted.", "end"),
        ("A customer was angry about a late parcel. I sent it again on the 4th.", "own part"),
        ("A customer was angry about a late parcel and I did blame anyone.", "opposite"),
        ("A customer was angry about a late parcel. She never stayed with us.", "opposite"),
        ("I called her about it.", "nothing left"),
        ("I called her about the parcel. " * 200, "length"),
        ("", "nothing"),
    ],
)
def test_what_was_not_said_is_refused(better, invented):
    assert not is_from_facts(better, SAID)


def test_what_is_personal_is_refused_even_where_it_was_said():
    said = "My son was in hospital and I called the depot about the late parcel of a customer."
    assert not is_from_facts(said, said)


def test_a_gap_does_not_hide_what_follows_it():
    better = "A customer was angry about a late parcel. [say when I won an award"
    assert not is_from_facts(better, SAID)


@pytest.mark.parametrize(
    "gap",
    [
        "[I won the award of the year]",
        "[say that it saved 2,000,000 dollars]",
        "[say that it saved forty percent]",
        "[my daughter was ill at the time]",
        "[say " + "how she took it and " * 5 + "]",
    ],
)
def test_a_gap_is_not_filled(gap):
    better = "A customer was angry about a late parcel. I called her and phoned the depot."
    assert is_from_facts(f"{better} [say what came of it]", SAID)
    assert not is_from_facts(f"{better} {gap}", SAID)
