import time

import pytest

from interviews.scoring.abstention import NotScored
from interviews.scoring.masking import is_quotable
from interviews.scoring.rubric import Dimension, Part
from interviews.scoring.scorer import AnswerScore, score_answer, score_turns
from interviews.scoring.spoken import SpokenAnswer
from tests.interviews.scoring.speech import (
    OUTAGE,
    QUESTIONS,
    ROLES,
    RUBRIC,
    STRONG,
    spoken,
    tune,
    typed,
)

GENERAL = "Outages happen everywhere. Communication is key, and I always stay calm and focused."


def score(text: str, question=OUTAGE) -> AnswerScore:
    found = score_answer(typed(text, question.text if question else ""), question, RUBRIC)
    assert isinstance(found, AnswerScore), found
    return found


def levels(text: str, question=OUTAGE) -> dict[str, int | None]:
    return {d.value: found.level for d, found in score(text, question).dimensions.items()}


def test_a_strong_answer_is_scored_above_a_general_one():
    strong, general = score(STRONG), score(GENERAL)

    assert strong.level is not None
    assert general.level is not None
    assert strong.level >= 3.5
    assert general.level <= 2


@pytest.mark.parametrize("kind_question", QUESTIONS.values(), ids=QUESTIONS)
def test_every_question_is_scored_on_the_dimensions_of_its_kind(kind_question):
    found = score(STRONG, kind_question)

    assert set(found.dimensions) == set(RUBRIC.kinds[kind_question.kind].weights)
    assert [part.part for part in found.parts] == list(RUBRIC.kinds[kind_question.kind].parts)


def test_an_unknown_question_can_be_answered():
    assert score(STRONG, None).rubric_id == "core-1"


@pytest.mark.parametrize("role", ROLES)
def test_every_level_stands_on_words_that_are_in_the_answer(role: str):
    for example in tune(role):
        found = score(example.answer, example.question)

        for dimension in found.dimensions.values():
            assert bool(dimension.quotes) == (dimension.level is not None)
            for quote in dimension.quotes:
                assert example.answer[quote.start : quote.end] == quote.text
                assert is_quotable(quote.text)


def test_finds_the_parts_of_a_story_with_their_words():
    parts = {part.part: [q.text for q in part.quotes] for part in score(STRONG).parts}

    assert parts[Part.SITUATION][0].startswith("Last March")
    assert parts[Part.TASK][0].startswith("My job was")
    assert parts[Part.ACTION][0].startswith("I looked")
    assert any("14 minutes" in quote for quote in parts[Part.RESULT])


def test_a_missing_end_is_found_missing_and_cites_the_last_words():
    text = "Last March our checkout was down. I looked at the deploys and I rolled one back."
    found = score(text)

    assert found.dimensions[Dimension.OUTCOME].level == 1
    assert found.dimensions[Dimension.OUTCOME].quotes[0].text.endswith("rolled one back.")
    assert {p.part: p.is_found for p in found.parts}[Part.RESULT] is False


def test_a_group_that_did_it_all_leaves_the_own_part_unclear():
    ours = (
        "Last March our checkout was down. We looked at the deploys, we rolled one back, we told "
        "support and we were back in 14 minutes."
    )
    mine = ours.replace("We ", "I ").replace("we rolled", "I rolled").replace("we told", "I told")

    assert (levels(ours)["ownership"] or 0) < (levels(mine)["ownership"] or 0)
    assert (levels(ours)["ownership"] or 0) <= 2


def test_the_same_answer_always_gets_the_same_score():
    assert score(STRONG) == score(STRONG)


def test_quotes_carry_the_time_of_their_words():
    answer = spoken(STRONG)
    found = score_answer(answer, OUTAGE, RUBRIC)
    assert isinstance(found, AnswerScore)
    quote = found.dimensions[Dimension.OUTCOME].quotes[-1]
    first = STRONG[: quote.start].count(" ")

    assert quote.start_s == answer.words[first].start_s
    assert quote.end_s == answer.words[first + quote.text.count(" ")].end_s


def test_quotes_of_several_turns_name_their_turn():
    turns = [typed(STRONG), typed("In the end I wrote a test and nobody has seen it since.")]
    found = score_turns(turns, OUTAGE, RUBRIC)
    assert isinstance(found, AnswerScore)
    quotes = [q for d in found.dimensions.values() for q in d.quotes]

    assert {quote.turn for quote in quotes} == {0, 1}
    assert all(turns[q.turn].text[q.start : q.end] == q.text for q in quotes)


def test_a_good_story_about_something_else_is_held_down():
    party = (
        "Last summer I organised the garden party of our club. I asked the members what music they "
        "wanted, hired a band of four and drew up a list of who brings cake. I told everyone two "
        "weeks before. 120 guests came, and the mayor danced. Next time I would book a larger tent."
    )
    found = score(party)

    assert found.dimensions[Dimension.RELEVANCE].level == 2
    assert found.level == 3.0
    assert (score(party, QUESTIONS["general-work-are-proud"]).level or 0) > 3.0


def test_of_a_story_in_few_of_the_questions_words_no_relevance_is_claimed():
    ward = next(q for q in QUESTIONS.values() if q.text.startswith("Which kind of ward"))
    found = score(STRONG, ward)

    assert found.dimensions[Dimension.RELEVANCE].level == 4
    assert "cannot tell" in found.dimensions[Dimension.RELEVANCE].reason
    assert found.dimensions[Dimension.RELEVANCE].is_doubtful
    assert not score(STRONG).dimensions[Dimension.RELEVANCE].is_doubtful


def test_a_quote_goes_to_the_end_of_its_clause_where_that_is_near():
    told = "I compared the logs of both days and I saw that every failure took exactly 30 seconds"
    quotes = score(f"{told}. We had an outage.").dimensions[Dimension.OWNERSHIP].quotes

    assert [quote.text for quote in quotes] == [told]


def test_what_cannot_be_quoted_is_withheld():
    found = score("I fucking rolled it back, shit")

    assert found.level is None
    assert all(d.level is None and d.reason for d in found.dimensions.values())


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script> I rolled back the <b>deploy</b> because it was the only change.",
        "I rolled\x00 back the deploy\u202e because it was the only change.",
        "I rolled back the deploy. " + "<" * 5_000 + "a" * 5_000,
        "I rolled back the deploy. " * 3_000,
        "İ" * 3_000 + " I rolled back the deploy because it was the only change.",
        "I rolled back 😀 the deploy\r\n\tbecause it was — the only change’s fault.",
        "we" * 10_000,
    ],
    ids=["markup", "controls", "brackets", "huge", "growing in lower case", "emoji", "one word"],
)
def test_hostile_words_are_scored_or_refused_with_true_quotes(text: str):
    found = score_answer(SpokenAnswer(text=text), OUTAGE, RUBRIC)

    if isinstance(found, AnswerScore):
        for dimension in found.dimensions.values():
            assert all(text[q.start : q.end] == q.text for q in dimension.quotes)


def test_an_answer_of_300_words_is_scored_within_20_ms():
    """Three times that here, for machines that are busy with other tests."""
    answer = typed(" ".join([STRONG, *(e.answer for e in tune("accountant")[:6])])[:1_700])
    assert 280 <= answer.word_count <= 340
    assert not isinstance(score_answer(answer, OUTAGE, RUBRIC), NotScored)
    times = []
    for _ in range(5):
        began = time.perf_counter()
        score_answer(answer, OUTAGE, RUBRIC)
        times.append(time.perf_counter() - began)

    assert min(times) < 0.06
