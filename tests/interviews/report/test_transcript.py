"""A transcript is cut so that its quotes can be marked and its words followed, and stays whole."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviews.report.transcript import cut_transcript

TEXT = "I read the logs, and I read them again."


def turn_of(text, *, spoken=True):
    words = [
        {"text": word, "start_s": float(n), "end_s": n + 0.8}
        for n, word in enumerate(text.split() if spoken else [])
    ]
    return {"text": text, "words": words}


def quote(text, start_s=None):
    return {"text": text, "turn_id": "1", "start_s": start_s, "end_s": None}


def marked(runs):
    return ["".join(piece.text for piece in run.pieces) for run in runs if run.is_quoted]


def whole(runs):
    return "".join(piece.text for run in runs for piece in run.pieces)


def test_quotes_are_marked_where_they_stand():
    runs = cut_transcript(turn_of(TEXT), [quote("the logs", 2.0), quote("again", 8.0)])
    assert marked(runs) == ["the logs", "again"]
    assert whole(runs) == TEXT


def test_what_was_said_twice_is_marked_where_it_was_quoted():
    second = cut_transcript(turn_of(TEXT), [quote("I read", 5.0)])
    first = cut_transcript(turn_of(TEXT, spoken=False), [quote("I read")])
    assert whole(second[:1]) == "I read the logs, and "
    assert first[0].is_quoted


def test_each_word_has_its_times():
    pieces = [piece for run in cut_transcript(turn_of(TEXT), []) for piece in run.pieces]
    timed = {piece.text: (piece.start_s, piece.end_s) for piece in pieces if piece.start_s}
    assert timed["logs,"] == (3.0, 3.8)
    assert {piece.text for piece in pieces if piece.start_s is None} == {" "}


def test_a_quote_that_begins_within_a_word_keeps_the_words_time():
    runs = cut_transcript(turn_of("(Really) so"), [quote("Really")])
    assert [(piece.text, piece.start_s) for run in runs for piece in run.pieces][:3] == [
        ("(", 0.0),
        ("Really", 0.0),
        (")", 0.0),
    ]


@pytest.mark.parametrize("text", ["", "and not there", "\0"])
def test_a_quote_that_is_not_there_marks_nothing(text):
    assert marked(cut_transcript(turn_of(TEXT), [quote(text)])) == []


@given(st.text(), st.lists(st.text(max_size=5), max_size=5))
def test_whatever_was_said_and_quoted_no_character_is_lost(text, quotes):
    runs = cut_transcript(turn_of(text), [quote(one, 1.0) for one in quotes])
    assert whole(runs) == text


def test_twenty_minutes_are_cut_at_once():
    text = "so I did it again " * 1_000
    began = time.process_time()
    cut_transcript(turn_of(text), [quote("did it", 3_000.0)] * 20)
    assert time.process_time() - began < 1
