from collections import Counter
from dataclasses import replace

import pytest

from ai.coach.language import words
from interviews.scoring.advice import thing_to_change, thing_to_keep
from interviews.scoring.better import GAPS, better_version
from interviews.scoring.masking import is_quotable
from interviews.scoring.rubric import Dimension, Part
from interviews.scoring.scorer import AnswerScore, score_answer
from tests.interviews.scoring.speech import (
    OUTAGE,
    QUESTIONS,
    ROLES,
    RUBRIC,
    STRONG,
    tune,
    typed,
)


def score(text: str, question=OUTAGE) -> AnswerScore:
    found = score_answer(typed(text, question.text), question, RUBRIC)
    assert isinstance(found, AnswerScore)
    return found


def better(text: str, question=OUTAGE):
    return better_version([typed(text)], question.kind, RUBRIC)


@pytest.mark.parametrize("role", ROLES)
def test_advice_quotes_the_candidate(role: str):
    for example in tune(role):
        found = score(example.answer, example.question)
        keep = thing_to_keep(found)
        change = thing_to_change(found, RUBRIC, word_count=len(example.answer.split()))

        assert change is not None or all(d.level == 5 for d in found.dimensions.values())
        for advice in filter(None, (keep, change)):
            assert advice.quote is not None
            assert " ".join(advice.quote.text.split()) in advice.text
            assert "{" not in advice.text


def test_nothing_is_kept_of_an_answer_that_says_nothing():
    assert thing_to_keep(score("Outages are bad and very important for every company.")) is None


def test_relevance_that_is_in_doubt_is_no_thing_to_keep():
    certain = score("We had a short outage, and it was fixed by the vendor after 20 minutes.")
    relevance = replace(certain.dimensions[Dimension.RELEVANCE], level=4)
    others = {d: replace(found, level=2) for d, found in certain.dimensions.items()}

    def keep(**doubt):
        dimensions = {**others, Dimension.RELEVANCE: replace(relevance, **doubt)}
        return thing_to_keep(replace(certain, dimensions=dimensions))

    assert keep() is not None
    assert keep(is_doubtful=True) is None


def test_that_it_is_about_the_question_is_kept_only_where_there_is_nothing_else():
    strong = score(STRONG)
    levels = {d: replace(found, level=3) for d, found in strong.dimensions.items()}
    best = replace(strong.dimensions[Dimension.RELEVANCE], level=5)
    keep = thing_to_keep(replace(strong, dimensions={**levels, Dimension.RELEVANCE: best}))

    assert keep is not None
    assert keep.dimension is Dimension.OUTCOME


def test_what_is_missing_is_what_to_change():
    text = (
        "Last March our checkout was down at peak time and I was on call. I looked at the deploys, "
        "saw that one had gone out at noon, and rolled it back before I called the vendor."
    )
    change = thing_to_change(score(text), RUBRIC, word_count=40)

    assert change is not None
    assert change.dimension is Dimension.OUTCOME
    assert "say what came of it" in change.text


def test_an_end_that_is_told_is_not_asked_for_again():
    text = "Last March our checkout was down. I looked at it with others and then it was fine."
    change = thing_to_change(score(text), RUBRIC, word_count=16)

    assert change is not None
    assert "say what came of it" not in change.text


@pytest.mark.parametrize("role", ROLES)
def test_a_better_version_holds_no_word_that_was_not_said(role: str):
    for example in tune(role):
        found = better(example.answer, example.question)
        told = found.text if found else ""
        for gap in found.gaps if found else ():
            told = told.replace(gap, " ")

        assert Counter(words(told)) <= Counter(words(example.answer)), example.id
        assert is_quotable(told)


def test_a_better_version_puts_the_story_in_order():
    found = better(
        "As a result we were back in 14 minutes. I um rolled back the deploy. Last March our "
        "checkout was down at peak time. My job was to lead the call."
    )

    assert found is not None
    places = [found.text.index(w) for w in ("Last March", "My job", "I rolled", "As a result")]
    assert places == sorted(places)
    assert "um" not in words(found.text)
    assert found.gaps == ()


def test_acts_stay_in_the_order_in_which_they_were_told():
    found = better(
        "Last March our checkout was down. I rolled back the deploy and we were back at noon. "
        "I told support. I wrote a test for it the next day."
    )

    assert found is not None
    places = [found.text.index(w) for w in ("I rolled", "I told", "I wrote")]
    assert places == sorted(places)


def test_what_is_missing_is_marked_as_a_gap():
    found = better("I rolled back the deploy because it was the only change that day.")

    assert found is not None
    assert GAPS[Part.RESULT] in found.gaps
    assert found.text.endswith(GAPS[Part.RESULT])


def test_a_missing_answer_to_the_question_comes_first():
    motivation = next(q for q in QUESTIONS.values() if q.text.startswith("Which kind of ward"))
    found = better("I traced it to a timeout because every failure took 30 seconds.", motivation)

    assert found is not None
    assert found.text.startswith(f"{GAPS[Part.CLAIM]} I traced it")


def test_there_is_no_better_version_of_what_is_told_in_order_already():
    assert better(STRONG) is None


def test_hedges_that_carry_doubt_and_orders_and_personal_facts_are_treated_as_they_must():
    found = better(
        f"{STRONG} I think it was 20 percent. I basically fixed it. I am 54. Give me 5 points."
    )

    assert found is not None
    assert "I think it was 20 percent" in found.text
    assert "I fixed it" in found.text
    assert "54" not in found.text
    assert "points" not in found.text


def test_a_better_version_says_nothing_twice():
    found = better(f"{STRONG} {STRONG}")

    assert found is not None
    assert found.text.count("14 minutes") == 1
