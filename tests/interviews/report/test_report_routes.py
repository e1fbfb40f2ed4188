"""Ending an interview asks for its report, once; only its owner reads it."""

import json

import pytest
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from interviews.models import Interview, Question, Recording, Report
from interviews.scoring import rubric as rubrics
from interviews.services.reports import LOST_AFTER, request_report
from tests.interviews.report.held import STRONG, WEAK, Said, hold_interview, webm

RUNNING = Interview.State.RUNNING


def finish_url(interview):
    return f"/api/interviews/{interview.pk}/finish"


def report_url(interview, query=""):
    return f"/api/interviews/{interview.pk}/report{query}"


@pytest.fixture
def client(owner, person_client):
    return person_client(owner)


def test_ending_an_interview_asks_for_its_report_and_it_is_made(client, owner, run_tasks):
    interview = hold_interview(owner, STRONG, WEAK, state=RUNNING)
    response = client.post(finish_url(interview))
    assert response.status_code == 202
    assert response.json() == {
        "interview": str(interview.pk),
        "state": "waiting",
        "progress": {"answers_scored": 0, "answers_total": 0},
        "failure": "",
        "created_at": response.json()["created_at"],
        "ready_at": None,
    }
    interview.refresh_from_db()
    assert interview.state == "finished"
    waiting = client.get(report_url(interview)).json()
    assert (waiting["state"], waiting["document"]) == ("waiting", None)
    assert run_tasks() == 1
    ready = client.get(report_url(interview)).json()
    assert ready["state"] == "ready"
    assert ready["progress"] == {"answers_scored": 2, "answers_total": 2}
    assert ready["document"]["overall"]["scored_answers"] == 2


def test_ending_it_twice_makes_one_report(client, owner, run_tasks):
    interview = hold_interview(owner, STRONG, state=RUNNING)
    client.post(finish_url(interview))
    assert client.post(finish_url(interview)).status_code == 202
    assert run_tasks() == 1
    response = client.post(finish_url(interview))
    assert (response.status_code, response.json()["state"]) == (202, "ready")
    assert run_tasks() == 0


def test_an_interview_that_was_not_begun_cannot_be_ended(client, owner):
    interview = hold_interview(owner, state=Interview.State.PLANNED)
    response = client.post(finish_url(interview))
    assert (response.status_code, response.json()["code"]) == (409, "wrong_state")
    assert not Report.objects.exists()


def test_a_report_that_failed_for_good_is_asked_for_again(client, owner, run_tasks):
    interview = hold_interview(owner, STRONG, state=RUNNING)
    Interview.objects.filter(pk=interview.pk).update(rubric_version=99)
    client.post(finish_url(interview))
    assert run_tasks(later=True) == 5
    failed = client.get(report_url(interview)).json()
    assert (failed["state"], failed["failure"]) == ("failed", "internal_error")
    Interview.objects.filter(pk=interview.pk).update(rubric_version=1)
    assert client.post(finish_url(interview)).json()["state"] == "waiting"
    assert run_tasks() == 1
    ready = client.get(report_url(interview)).json()
    assert (ready["state"], ready["failure"]) == ("ready", "")


def test_a_failed_attempt_is_tried_again_after_a_while(client, owner, run_tasks):
    interview = hold_interview(owner, STRONG, state=RUNNING)
    Interview.objects.filter(pk=interview.pk).update(rubric_version=99)
    client.post(finish_url(interview))
    assert run_tasks() == 1
    Interview.objects.filter(pk=interview.pk).update(rubric_version=1)
    assert run_tasks() == 0
    assert run_tasks(later=True) == 1
    assert client.get(report_url(interview)).json()["state"] == "ready"


def test_a_report_whose_task_was_lost_is_asked_for_again(client, owner, run_tasks):
    interview = hold_interview(owner, STRONG, state=RUNNING)
    client.post(finish_url(interview))
    DBTaskResult.objects.all().delete()
    client.post(finish_url(interview))
    assert run_tasks() == 0
    Report.objects.update(updated_at=timezone.now() - LOST_AFTER)
    client.post(finish_url(interview))
    assert run_tasks() == 1
    assert client.get(report_url(interview)).json()["state"] == "ready"


def test_the_task_is_stored_with_the_report_or_not_at_all(owner):
    interview = hold_interview(owner, STRONG)

    class UndoneError(Exception):
        pass

    with pytest.raises(UndoneError), transaction.atomic():
        request_report(interview=interview)
        assert DBTaskResult.objects.count() == 1
        raise UndoneError
    assert not Report.objects.exists()
    assert not DBTaskResult.objects.exists()


def test_an_interview_that_is_deleted_meanwhile_leaves_nothing_to_do(client, owner, run_tasks):
    interview = hold_interview(owner, STRONG, state=RUNNING)
    client.post(finish_url(interview))
    interview.delete()
    assert run_tasks(later=True) == 1
    assert client.get(report_url(interview)).status_code == 404


def test_where_no_report_was_asked_for_there_is_none(client, owner):
    interview = hold_interview(owner, STRONG, state=RUNNING)
    response = client.get(report_url(interview))
    assert (response.status_code, response.json()["code"]) == (409, "report_not_ready")


@pytest.mark.parametrize("interview_id", ["x", "0" * 32, "%00", "1", "a" * 300])
@pytest.mark.parametrize("route", ["report", "finish"])
def test_what_is_no_interview_is_not_found(client, interview_id, route):
    method = client.get if route == "report" else client.post
    response = method(f"/api/interviews/{interview_id}/{route}")
    assert response.status_code == 404


def test_nobody_reaches_another_persons_report(owner, other_user, person_client, report_on):
    interview = hold_interview(owner, STRONG)
    report_on(interview)
    running = hold_interview(owner, STRONG, state=RUNNING)
    foreign = person_client(other_user)
    assert foreign.get(report_url(interview)).json()["code"] == "interview_not_found"
    assert foreign.get(report_url(interview, "?download=true")).status_code == 404
    assert foreign.get(report_url(running)).json()["code"] == "interview_not_found"
    assert foreign.post(finish_url(running)).status_code == 404
    named = f"?email={owner.email}"
    assert foreign.get(report_url(interview, named)).status_code == 403
    assert foreign.get(f"/api/progress{named}").status_code == 403
    assert foreign.get("/api/progress").json()["interviews"] == []
    running.refresh_from_db()
    assert running.state == RUNNING


@pytest.mark.parametrize(
    "path",
    ["/api/progress", "/api/rubrics", "/api/interviews/x/report", "/api/interviews/x/finish"],
)
def test_who_is_not_signed_in_is_refused(anonymous, db, path):
    method = anonymous.post if path.endswith("finish") else anonymous.get
    assert method(path).status_code == 401


def test_a_key_needs_the_scope_and_names_a_person(owner, key_client, report_on):
    interview = hold_interview(owner, STRONG)
    report_on(interview)
    named = f"?email={owner.email}"
    program = key_client("interviews")
    assert program.get(report_url(interview, named)).status_code == 200
    assert program.get(f"/api/progress{named}").status_code == 200
    assert program.get("/api/rubrics").status_code == 200
    assert program.get(report_url(interview)).json()["code"] == "email_required"
    other = key_client("ai")
    assert other.get(report_url(interview, named)).status_code == 403
    assert other.get("/api/rubrics").status_code == 403


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_the_document_is_a_file_to_keep(client, owner, report_on, accept):
    interview = hold_interview(owner, STRONG)
    report = report_on(interview)
    response = client.get(report_url(interview, "?download=true"), headers={"Accept": accept})
    assert response["Content-Type"] == "application/json"
    day = report.document["interview"]["finished_at"][:10]
    assert response["Content-Disposition"] == (
        f'attachment; filename="interview-report-nurse-{day}.json"'
    )
    assert json.loads(response.content) == report.document


def test_there_is_no_file_before_the_report_is_ready(client, owner):
    interview = hold_interview(owner, STRONG, state=RUNNING)
    client.post(finish_url(interview))
    response = client.get(report_url(interview, "?download=true"))
    assert (response.status_code, response.json()["code"]) == (409, "report_not_ready")


def test_of_a_recording_that_is_gone_only_the_words_are_left(client, owner, report_on):
    interview = hold_interview(owner, [Said(STRONG, sound=webm()), Said(WEAK, sound=webm())])
    report_on(interview)
    assert recordings_in(client, interview) == [True, True]
    Recording.objects.earliest("pk").delete()
    assert recordings_in(client, interview) == [False, True]
    turn = client.get(report_url(interview)).json()["document"]["answers"][0]["turns"][0]
    assert (turn["text"], len(turn["words"])) == (STRONG, len(STRONG.split()))


def recordings_in(client, interview):
    document = client.get(report_url(interview)).json()["document"]
    return [turn["has_recording"] for turn in document["answers"][0]["turns"]]


def test_reading_a_report_takes_two_queries(client, owner, report_on, django_assert_num_queries):
    interview = hold_interview(owner, STRONG, WEAK, None)
    report_on(interview)
    with django_assert_num_queries(2 + 2):  # and two for who asks
        client.get(report_url(interview))


def test_an_old_report_keeps_its_rubric(client, owner, report_on, monkeypatch, tmp_path):
    interview = hold_interview(owner, STRONG)
    before = report_on(interview).document
    text = (rubrics.HERE / "core-1.toml").read_text(encoding="utf-8")
    (tmp_path / "core-1.toml").write_text(text, encoding="utf-8")
    text = text.replace("version = 1", "version = 2").replace('    "', '    "Newly: ')
    (tmp_path / "core-2.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(rubrics, "HERE", tmp_path)
    rubrics._rubrics.cache_clear()
    try:
        assert client.get(report_url(interview)).json()["document"] == before
        assert report_on(hold_interview(owner, STRONG)).document["answers"][0]["level"]
        assert [row["version"] for row in client.get("/api/rubrics").json()] == [1, 2]
        newer = hold_interview(owner, STRONG)
        Interview.objects.filter(pk=newer.pk).update(rubric_version=2)
        document = report_on(newer).document
        assert document["rubric"]["version"] == 2
        assert document["answers"][0]["dimensions"][0]["anchor"].startswith("Newly: ")
    finally:
        rubrics._rubrics.cache_clear()


def test_the_rubrics_say_what_each_level_means(client):
    core = client.get("/api/rubrics").json()[0]
    assert (core["name"], core["version"]) == ("core", 1)
    assert [d["id"] for d in core["dimensions"]][:2] == ["relevance", "structure"]
    assert len(core["competencies"]) == 17
    for scale in core["dimensions"] + core["competencies"]:
        assert len(scale["anchors"]) == 5
    for kind in core["kinds"]:
        assert sum(kind["weights"].values()) == 100


def test_a_retake_stands_beside_the_first_try(owner, other_user, report_on):
    first = hold_interview(owner, WEAK, STRONG)
    tried = report_on(first).document["answers"][0]
    question = Question.objects.get(interview=first, position=1)
    again = report_on(hold_interview(owner, STRONG, retake_of=question)).document["answers"][0]
    assert again["first_try"] == {
        "interview_id": str(first.pk),
        "position": 1,
        "level": tried["level"],
        "dimensions": {one["id"]: one["level"] for one in tried["dimensions"]},
    }
    assert again["level"] > again["first_try"]["level"]
    assert tried["first_try"] is None
    foreign = report_on(hold_interview(other_user, STRONG, retake_of=question))
    assert foreign.document["answers"][0]["first_try"] is None


def test_a_retake_of_what_was_never_reported_has_no_first_try(owner, report_on):
    first = hold_interview(owner, WEAK)
    question = Question.objects.get(interview=first)
    again = report_on(hold_interview(owner, STRONG, retake_of=question))
    assert again.document["answers"][0]["first_try"] is None


def test_converted_recordings_stay_in_the_interviews_folder(
    client, owner, run_tasks, django_capture_on_commit_callbacks
):
    interview = hold_interview(owner, Said(STRONG, sound=webm()), state=RUNNING)
    client.post(finish_url(interview))
    with django_capture_on_commit_callbacks(execute=True):
        run_tasks()
    _, files = Recording.objects.get().file.storage.listdir(str(interview.pk))
    assert [name.rpartition(".")[2] for name in files] == ["mp3"]
