"""A quote counts only if the candidate said it, and its time is when they did."""

import time

import pytest

from ai.providers.base import Word
from interviews.report.quotes import find_quote, with_times
from interviews.scoring.spoken import Quote, SpokenAnswer, Transcript

SAID = (
    "So, um, at the clinic I, uh, noticed that Dr. O\u2019Neill's list didn't match. "
    "I re-checked 40 records and, you know, we fixed 12 of them."
)


def typed(*texts: str) -> Transcript:
    return Transcript([SpokenAnswer(text=text) for text in texts])


def spoken(text: str, *, begins_s: float = 0.0) -> SpokenAnswer:
    """Half a second for each word."""
    tokens = text.split()
    timed = (Word(t, begins_s + n / 2, begins_s + n / 2 + 0.4) for n, t in enumerate(tokens))
    return SpokenAnswer(text=text, words=tuple(timed), duration_s=begins_s + len(tokens) / 2)


@pytest.mark.parametrize(
    ("quote", "as_said"),
    [
        ("list didn't match", "list didn't match"),
        ("LIST DIDN\u2019T MATCH.", "list didn't match"),
        ("list   didnt\nmatch", "list didn't match"),
        ("\u201clist didn't match\u201d", "list didn't match"),
        ("Dr O'Neill's list", "Dr. O\u2019Neill's list"),
        ("I re checked 40 records", "I re-checked 40 records"),
        ("I re\u2011checked \uff14\uff10 records", "I re-checked 40 records"),
        ("I noticed that", "I, uh, noticed that"),
        ("So at the clinic", "So, um, at the clinic"),
        ("records and we fixed", "records and, you know, we fixed"),
    ],
)
def test_a_quote_is_found_however_it_is_written(quote, as_said):
    found = find_quote(quote, typed(SAID))
    assert found is not None
    assert found.text == SAID[found.start : found.end] == as_said


@pytest.mark.parametrize(
    "quote",
    [
        "",
        " \u2026 ",
        "um",
        "we fixed 120 of them",
        "I fixed 12 of them",
        "noticed \u2026 match",
        "lists didn't match",
        "clini",
        "40 records 12 of them",
        "word " * 500,
    ],
)
def test_what_was_not_said_is_not_found(quote):
    assert find_quote(quote, typed(SAID)) is None


def test_accents_are_compared_however_they_are_encoded():
    found = find_quote("cafe\u0301 near the Stra\u00dfe", typed("The caf\u00e9 near the strasse"))
    assert found is not None


def test_a_quote_does_not_run_from_one_turn_into_the_next():
    transcript = typed("I led the team.", "We shipped in May.")
    assert find_quote("the team. We shipped", transcript) is None
    found = find_quote("we shipped in May", transcript)
    assert found is not None
    assert (found.turn, found.text) == (1, "We shipped in May")


def test_words_that_stand_as_they_are_come_before_a_stammer():
    transcript = typed("I I led it like that. Later I led it again.")
    found = find_quote("I led it again", transcript)
    assert found is not None
    assert found.text == "I led it again"


def test_its_time_is_that_of_its_words_in_its_own_recording():
    first, second = spoken("I led the team of nine"), spoken("and we shipped in May", begins_s=3)
    found = find_quote("we shipped", Transcript([first, second]))
    assert found is not None
    assert (found.turn, found.start_s, found.end_s) == (1, 3.5, 4.4)


def test_a_typed_answer_has_no_times():
    found = find_quote("list didn't match", typed(SAID))
    assert found is not None
    assert (found.start_s, found.end_s) == (None, None)


@pytest.mark.parametrize(
    "heard",
    [
        ["Um", "we", "cut", "costs", "by", "twenty", "percent", "in", "one", "year"],
        ["we", "cut", "costs", "by", "in", "one", "year"],
        ["we", "cut", "the", "costs", "by", "20", "%", "in", "one", "year"],
    ],
)
def test_times_hold_where_text_and_timed_words_differ(heard):
    timed = tuple(Word(word, n * 1.0, n + 0.5) for n, word in enumerate(heard))
    turn = SpokenAnswer(text="We cut costs by 20% in one year.", words=timed, duration_s=12)
    found = find_quote("in one year", Transcript([turn]))
    assert found is not None
    assert (found.start_s, found.end_s) == (heard.index("in"), heard.index("year") + 0.5)


def test_a_hesitation_that_is_only_timed_does_not_move_the_rest():
    """The beginning of "umbrella", which was said later, is not that "um"."""
    timed = tuple(
        Word(word, float(n), n + 0.5)
        for n, word in enumerate(["I", "um", "sold", "an", "umbrella", "to", "her"])
    )
    turn = SpokenAnswer(text="I sold an umbrella to her", words=timed, duration_s=7)
    found = find_quote("sold an umbrella", Transcript([turn]))
    assert found is not None
    assert (found.start_s, found.end_s) == (2, 4.5)


def test_a_quote_that_ends_inside_a_word_has_the_whole_words_time():
    turn = spoken("I rewrote the importer")
    start = turn.text.index("wrote")
    quote = with_times(Quote(0, start, start + 8, turn.text[start : start + 8]), [turn])
    assert (quote.start_s, quote.end_s) == (0.5, 1.4)


def test_a_word_without_a_real_time_is_passed_over():
    timed = (Word("we", float("nan"), 0.5), Word("won", 1.0, 1.5), Word("it", 2.0, float("inf")))
    turn = SpokenAnswer(text="we won it", words=timed, duration_s=3)
    found = find_quote("we won it", Transcript([turn]))
    assert found is not None
    assert (found.start_s, found.end_s) == (1.0, 1.5)


def test_a_very_long_answer_of_one_word_over_and_over_takes_no_time():
    transcript = Transcript([spoken("na " * 20_000)])
    began = time.process_time()
    assert find_quote("na " * 100 + "batman", transcript) is None
    assert time.process_time() - began < 5
