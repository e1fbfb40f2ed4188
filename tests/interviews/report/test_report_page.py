"""The report's page shows the whole document, claims no more than it, and is its owner's alone."""

import re
from html import unescape

import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult

from interviews.models import Interview, Question, Recording, Report
from tests.interviews.report.held import STRONG, WEAK, Said, hold_interview, webm
from tests.interviews.report.speaking import FLUENT, pace

HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)"> </script>{{ 7|add:7 }}'


@pytest.fixture
def client(owner):
    client = Client()
    client.force_login(owner)
    return client


def path_of(interview):
    return f"/practice/{interview.pk}/report/"


def retake_path(interview, position=1):
    return f"/practice/{interview.pk}/questions/{position}/again/"


def words_of(response):
    """What a reader sees, with single spaces."""
    text = re.sub(r"<(script|noscript)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", "", text)).split())


@pytest.fixture
def shown(client, report_on):
    """What is seen of an interview's report, and the document."""

    def show(interview, change=None):
        report = report_on(interview)
        if change:
            change(report.document)
            report.save(update_fields=["document"])
        response = client.get(path_of(interview))
        assert response.status_code == 200
        return words_of(response), report.document

    return show


def test_everything_in_the_document_is_shown(owner, shown):
    interview = hold_interview(owner, Said(FLUENT, sound=webm()), WEAK, None)
    pace(interview, {14: 1.5})
    page, document = shown(interview)
    assert f"{document['overall']['level']} of 5" in page
    assert "2 of 3 answers scored" in page
    assert document["rubric"]["title"] in page
    for advice in (document["keep"], document["change"]):
        assert advice["text"] in page
    for answer in document["answers"]:
        assert answer["question"] in page
        assert " ".join(answer["text"].split()) in page
        for dimension in answer["dimensions"]:
            told = [dimension["reason"], dimension["anchor"], f"{dimension['level']} of 5"]
            quotes = [quote["text"] for quote in dimension["quotes"]]
            parts = [quote["text"] for part in dimension["parts"] for quote in part["quotes"]]
            assert [text for text in (*told, *quotes, *parts) if text not in page] == []
    for measure in document["measures"]:
        assert measure["name"] in page
        assert measure["source"][1:] in page
    for competency in document["competencies"]:
        assert competency["name"] in page


def test_what_is_not_scored_says_why_and_has_no_number(owner, shown):
    page, document = shown(hold_interview(owner, "Yes.", None))
    assert document["overall"]["level"] is None
    assert "Not scored There is no level" in page
    assert "0 of 2 answers scored" in page
    for answer in document["answers"]:
        assert answer["not_scored"]["reason"] in page
    assert not re.search(r"[\d.]+ of 5|None(?! of its answers)", page)


def test_what_cannot_be_known_is_not_zero_and_zero_stays_zero(owner, shown):
    page, _ = shown(hold_interview(owner, WEAK))
    assert re.search(r"Cannot be known: Pace, .*?The answer was typed\.", page)
    assert "Figures given 0" in page


def test_a_withheld_score_says_why(owner, shown):
    def withhold(document):
        document["answers"][0]["dimensions"][0] |= {
            "level": None,
            "anchor": None,
            "quotes": [],
            "withheld": "No quote of it was in your words.",
        }

    page, _ = shown(hold_interview(owner, STRONG), withhold)
    assert "Relevance Withheld No quote of it was in your words." in page
    assert "Relevance of question 1 is withheld: No quote of it was in your words." in page


@pytest.mark.parametrize(
    ("samples", "told"),
    [
        ([3, 4, 4], "Its levels differed in 1 of 1 scores, by 1 at most."),
        ([4, 4, 4], "gave the same levels each time"),
        ([], "It was asked 3 times about each answer."),
    ],
)
def test_a_models_report_tells_how_far_its_scores_differ(owner, shown, samples, told):
    def judged_by_model(document):
        document["scorer"] = {
            "kind": "model",
            "name": "some-model",
            "samples": 3,
            "fallback_reason": "1 of 2 answers were scored by the built-in rules.",
        }
        document["answers"][0]["dimensions"][0]["samples"] = samples

        document["answers"][0]["scored_by"] = "rules-2"

    page, _ = shown(hold_interview(owner, STRONG), judged_by_model)
    assert "This answer was scored by rules-2." in page
    assert "Scored by the language model some-model" in page
    assert told in page
    assert "1 of 2 answers were scored by the built-in rules." in page


def test_a_models_scores_are_shown_with_their_spread(owner, shown, scoring_model):
    page, _ = shown(hold_interview(owner, STRONG))
    assert "Scored by the language model local-scorer" in page
    assert "You show it at level 4." in page
    assert "What is framed is missing" in page


@pytest.mark.parametrize("is_spoken", [False, True])
def test_hostile_words_stay_words(client, owner, report_on, is_spoken):
    text = f"{FLUENT} {HOSTILE}"
    interview = hold_interview(owner, Said(text, sound=webm()) if is_spoken else text)
    report = report_on(interview)
    answer = report.document["answers"][0]
    for thing in (answer["better"], answer["keep"], report.document["keep"]):
        thing["text"] = HOSTILE
    answer["fillers"] = [{"turn_id": answer["turns"][0]["turn_id"], "text": HOSTILE, "start_s": 1}]
    answer["dimensions"][0]["quotes"][0]["text"] = HOSTILE
    report.save()
    response = client.get(path_of(interview))
    page = response.content.decode()
    assert "alert(" in page
    assert not re.search(r"<script>alert|<img src=x", page)
    assert words_of(response).count(HOSTILE) >= 4


def test_a_deleted_recording_cannot_be_played_and_its_words_stay(client, owner, report_on):
    interview = hold_interview(owner, Said(FLUENT, sound=webm()))
    report_on(interview)
    assert b"data-play=" in client.get(path_of(interview)).content
    Recording.objects.all().delete()
    response = client.get(path_of(interview))
    assert b"data-play=" not in response.content
    assert "recordings are kept for 30 days" in words_of(response)
    assert FLUENT in words_of(response)


@pytest.mark.parametrize("is_spoken", [False, True])
def test_the_charts_library_comes_only_with_a_chart(client, owner, report_on, is_spoken):
    interview = hold_interview(owner, Said(FLUENT, sound=webm()) if is_spoken else FLUENT)
    report_on(interview)
    page = client.get(path_of(interview)).content
    assert (b"chart.umd" in page) == (b"<canvas" in page) == is_spoken


def test_follow_ups_stand_between_the_answers(owner, shown):
    interview = hold_interview(owner, [STRONG, "I also wrote it down for the next shift."])
    asked = interview.turns.filter(sequence=3)
    assert asked.update(kind="follow_up", text="And what came of it?") == 1
    page, _ = shown(interview)
    assert "Follow-up: And what came of it? I also wrote it down" in page


def test_a_report_is_read_in_few_queries(client, owner, report_on, django_assert_max_num_queries):
    interview = hold_interview(owner, *[STRONG] * 8)
    report_on(interview)
    with django_assert_max_num_queries(8):
        client.get(path_of(interview))


def test_nobody_keeps_a_copy(client, owner, report_on):
    interview = hold_interview(owner, STRONG)
    report_on(interview)
    for path in (path_of(interview), "/practice/progress/"):
        kept = client.get(path)["Cache-Control"]
        assert "private" in kept
        assert "no-store" in kept


def test_nobody_else_finds_it(owner, other_user, report_on):
    interview = hold_interview(owner, STRONG)
    report_on(interview)
    client = Client()
    client.force_login(other_user)
    for answer in (
        client.get(path_of(interview)),
        client.post(path_of(interview)),
        client.post(retake_path(interview)),
    ):
        assert answer.status_code == 404
        assert STRONG[:20] not in answer.content.decode()
    assert "Nothing to compare yet" in words_of(client.get("/practice/progress/"))
    assert Interview.objects.count() == 1


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_is_not_signed_in_is_asked_to(owner, method):
    interview = hold_interview(owner, STRONG)
    for path in (path_of(interview), retake_path(interview), "/practice/progress/"):
        response = getattr(Client(), method)(path)
        assert response.status_code == 302
        assert response["Location"].startswith("/sign-in/")
    assert Report.objects.count() == 0


@pytest.mark.parametrize("state", ["planned", "running", "paused"])
def test_of_an_interview_that_is_not_over_there_is_the_room(client, owner, state):
    interview = hold_interview(owner, STRONG, state=state)
    for response in (client.get(path_of(interview)), client.post(path_of(interview))):
        assert response.status_code == 302
    assert client.get(path_of(interview))["Location"] == f"/practice/{interview.pk}/"
    interview.refresh_from_db()
    assert (interview.state, Report.objects.count()) == (state, 0)


@pytest.mark.parametrize("state", ["waiting", "running"])
def test_while_it_is_made_it_says_how_far_it_is(client, owner, state):
    interview = hold_interview(owner, STRONG, WEAK)
    Report.objects.create(interview=interview, state=state, answers_scored=1, answers_total=2)
    response = client.get(path_of(interview))
    assert "1 of 2 answers scored" in words_of(response)
    assert b'<noscript><meta http-equiv="refresh" content="5"></noscript>' in response.content


@pytest.mark.parametrize(("state", "button"), [(None, "Make the report"), ("failed", "Try again")])
def test_a_button_asks_for_it(client, owner, run_tasks, state, button):
    interview = hold_interview(owner, STRONG)
    if state:
        Report.objects.create(interview=interview, state=state, failure="internal_error")
    page = words_of(client.get(path_of(interview)))
    assert button in page
    assert "internal_error" not in page
    response = client.post(path_of(interview))
    assert (response.status_code, response["Location"]) == (302, path_of(interview))
    client.post(path_of(interview))
    assert DBTaskResult.objects.count() == 1
    assert "is being made" in words_of(client.get(path_of(interview)))
    run_tasks()
    assert "Question by question" in words_of(client.get(path_of(interview)))


def test_a_question_is_tried_again_in_a_room_of_its_own(client, owner):
    interview = hold_interview(owner, WEAK, STRONG)
    response = client.post(retake_path(interview, 2))
    retake = Interview.objects.exclude(pk=interview.pk).get()
    assert (response.status_code, response["Location"]) == (302, f"/practice/{retake.pk}/")
    assert retake.retake_of == interview.questions.get(position=2)
    assert [question.text for question in retake.questions.all()] == [retake.retake_of.text]


def test_a_question_that_was_never_asked_cannot_be_tried_again(client, owner):
    interview = hold_interview(owner, WEAK, None)
    Question.objects.filter(position=2).update(state=Question.State.PENDING)
    for position in (2, 3):
        assert client.post(retake_path(interview, position)).status_code == 404
    assert client.get(retake_path(interview)).status_code == 405
    assert Interview.objects.count() == 1


def test_a_retake_stands_beside_the_first_try_and_the_first_names_it(client, owner, report_on):
    first = hold_interview(owner, WEAK)
    before = report_on(first).document["answers"][0]
    retake = hold_interview(owner, STRONG, retake_of=first.questions.get())
    after = report_on(retake).document["answers"][0]
    page = words_of(client.get(path_of(retake)))
    assert "Beside the first try" in page
    higher = f"{after['level'] - before['level']:.1f}".removesuffix(".0")
    then, now = (f"{level:.1f}".removesuffix(".0") for level in (before["level"], after["level"]))
    assert f"Overall {then} {now} {higher} higher" in page
    response = client.get(path_of(first))
    assert f'href="{path_of(retake)}"' in response.content.decode()
    assert f"{now} of 5 (here {then})" in words_of(response)
    first.delete()
    page = words_of(client.get(path_of(retake)))
    assert "Beside the first try" in page
    assert "The interview of the first try is deleted." in page
