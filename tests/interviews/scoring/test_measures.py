import dataclasses

import pytest

from interviews.scoring.measures import measure_answers, measure_interview
from interviews.scoring.ranges import RANGES
from tests.interviews.scoring.speech import spoken, typed

TIMED = (
    "words_per_minute", "pauses", "pause_total_s", "long_pauses", "longest_pause_s", "length_s",
    "time_to_start_s", "fillers_per_minute",
)  # fmt: skip
TWENTY = "one two three four five six seven eight nine ten " * 2


def value(id_: str, *answers) -> float | None:
    return measure_answers(answers)[id_].value


def test_every_measure_says_what_it_is_read_against_and_where_that_comes_from():
    measures = measure_answers([spoken(TWENTY)]).measures

    assert [measure.id for measure in measures] == list(RANGES)
    assert all(measure.name and measure.unit and measure.source for measure in measures)


def test_the_pace_counts_words_from_the_first_to_the_last():
    assert value("words_per_minute", spoken(TWENTY, word_s=0.5, gaps={0: 9.0})) == 120


def test_a_pause_is_a_silence_of_seven_tenths_between_words():
    answer = spoken(TWENTY, gaps={0: 5.0, 3: 0.69, 6: 0.7, 9: 2.5})
    measures = measure_answers([answer])

    assert [round(p.end_s - p.start_s, 2) for p in measures.pauses] == [0.7, 2.5]
    assert measures["longest_pause_s"].value == 2.5
    assert measures["pause_total_s"].value == 3.2
    assert measures["long_pauses"].value == pytest.approx(60 / (20 * 0.3 + 3.89), abs=0.1)


def test_pauses_and_fillers_know_their_turn_and_time():
    measures = measure_answers([spoken("I went there"), spoken("so um I left", gaps={2: 1.0})])

    assert [(p.turn, p.start_s, p.end_s) for p in measures.pauses] == [(1, 0.6, 1.6)]
    assert [(f.turn, f.start_s, f.end_s, f.text) for f in measures.fillers] == [(1, 0.3, 0.6, "um")]


@pytest.mark.parametrize(
    ("text", "fillers"),
    [
        ("Um, I uh went erm home", ["Um,", "uh", "erm"]),
        ("It was, you know, late", ["you know,"]),
        ("You know what I did and you know how it works", []),
        ("It was, like, really late", ["like,"]),
        ("I like it and it looks like rain", []),
        ("I mean, it works", ["I mean,"]),
        ("What I mean by it", []),
        ("The umbrella was hers", []),
        ("When you know it you know what I don't like, hmm", ["hmm"]),
        ("He said hm", []),
    ],
)
def test_tells_fillers_from_words_that_mean_something(text: str, fillers: list[str]):
    assert [filler.text for filler in measure_answers([spoken(text)]).fillers] == fillers


def test_no_filler_is_0_and_an_unknown_number_is_none():
    clean = spoken(TWENTY)
    deaf = dataclasses.replace(clean, hears_fillers=False)
    unknown = dataclasses.replace(clean, hears_fillers=None)

    assert value("fillers_per_minute", clean) == 0
    assert value("fillers_per_minute", deaf) is None
    assert "leaves fillers out" in measure_answers([deaf])["fillers_per_minute"].note
    assert value("fillers_per_minute", unknown) == 0
    assert "may leave" in measure_answers([unknown])["fillers_per_minute"].note


@pytest.mark.parametrize("id_", TIMED)
def test_a_typed_answer_has_no_times(id_: str):
    measure = measure_answers([typed("I fixed it, um, in two days.")])[id_]

    assert measure.value is None
    assert measure.note


def test_a_typed_answer_is_counted():
    measures = measure_answers([typed("I think we kind of fixed it and I saved 30 percent.")])

    assert measures["length_words"].value == 12
    assert measures["hedges_per_100_words"].value == pytest.approx(200 / 12, abs=0.1)
    assert measures["numbers"].value == 1
    assert measures["i_share"].value == pytest.approx(200 / 3, abs=0.1)


def test_neither_i_nor_we_is_unknown_and_only_we_is_0():
    assert value("i_share", typed("It was fixed.")) is None
    assert value("i_share", typed("We fixed it with our tools.")) == 0


def test_time_to_start_is_that_of_the_first_word():
    assert value("time_to_start_s", spoken(TWENTY, gaps={0: 1.5})) == 1.5


def test_phrases_said_again_are_found_once_each():
    text = "we changed the deploy script and then we changed the deploy script again"

    assert measure_answers([typed(text)]).repeated == ("we changed the deploy script",)
    assert value("repeated_phrases", typed("it is what it is what it is")) == 0


def test_the_talk_ratio_needs_both_sides():
    answer = spoken(TWENTY)
    asked = dataclasses.replace(answer, question="What did you do then?")

    assert value("talk_share", asked) == 80
    assert value("talk_share", dataclasses.replace(asked, text="", words=())) == 0
    assert value("talk_share", answer) is None


def test_of_a_whole_interview_a_length_is_that_of_one_answer():
    told, brief = spoken(TWENTY), spoken("I saved 5 days.")
    whole = {m.id: m for m in measure_interview([[told, told], [], [brief]])}

    assert whole["length_words"].value == 22
    assert whole["length_words"].note
    assert whole["length_s"].value == pytest.approx((12 + 1.2) / 2)
    assert whole["words_per_minute"].value == 200
    assert whole["hedges_per_100_words"].note == ""


def test_the_pace_over_time_has_a_window_every_ten_seconds():
    answer = spoken("word " * 50, gaps={25: 5.0})  # 7.5 s, a pause, 7.5 s

    assert [(p.start_s, p.words_per_minute) for p in measure_answers([answer]).pace] == [
        (0.0, 150.0),
        (10.0, 150.0),
    ]


def test_a_silent_recording_lasted_0_words():
    silent = dataclasses.replace(spoken(""), duration_s=8.0)
    measures = measure_answers([silent])

    assert measures["length_words"].value == 0
    assert measures["length_s"].value == 0
    assert measures["words_per_minute"].value is None


def test_nothing_said_at_all_is_measured_without_a_failure():
    assert measure_answers([])["length_words"].value == 0
