"""`/api/interviews`, `/api/interviews/{id}` and `/api/roles`: finding interviews again."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ai.coach.bank import load_bank
from interviews.models import Interview, Question, Report, Turn
from users.services.people import delete_user

URL = "/api/interviews"


@pytest.fixture
def spoken(interview: Interview) -> Interview:
    """One question put, and its answer received."""
    question = interview.questions.get(position=1)
    question.state = Question.State.ASKED
    question.save()
    Turn.objects.create(
        interview=interview,
        question=question,
        sequence=1,
        revision=1,
        speaker=Turn.Speaker.INTERVIEWER,
        kind=Turn.Kind.QUESTION,
        state=Turn.State.SAID,
        text=question.text,
    )
    Turn.objects.create(
        interview=interview,
        question=question,
        sequence=2,
        revision=2,
        speaker=Turn.Speaker.CANDIDATE,
        kind=Turn.Kind.ANSWER,
        state=Turn.State.TRANSCRIBED,
        turn_id=uuid4(),
        text="I counted the pulse.",
        words=[["I", 0.0, 0.2]],
    )
    return interview


def test_lists_the_newest_first(person_client, owner, plan_interview):
    planned = [str(plan_interview().id) for _ in range(3)]
    body = person_client(owner).get(URL).json()
    assert [row["id"] for row in body["results"]] == planned[::-1]


def test_pages_through_all_of_them_once(person_client, owner, plan_interview):
    planned = {str(plan_interview(length=1).id) for _ in range(5)}
    client = person_client(owner)
    seen: list[str] = []
    page = client.get(f"{URL}?page_size=2").json()
    while True:
        seen += [row["id"] for row in page["results"]]
        if page["next"] is None:
            break
        page = client.get(page["next"]).json()
    assert len(seen) == 5
    assert set(seen) == planned


@pytest.mark.parametrize(
    "cursor", ["x", "cD01", "cD0yMDI2LTEzLTQ1", "cD0yMDI2LTExLTIyKzEwJTNBMDA=", "cD0lMDA="]
)
def test_rejects_a_cursor_that_was_made_up(person_client, owner, interview, cursor):
    assert person_client(owner).get(f"{URL}?cursor={cursor}").status_code == 404


def test_a_list_says_where_each_interview_stands(person_client, owner, spoken):
    (row,) = person_client(owner).get(URL).json()["results"]
    assert (row["length"], row["position"]) == (3, 1)
    assert row["open_turn_id"] == str(spoken.turns.get(sequence=2).turn_id)
    assert row["report_state"] is None
    assert "turns" not in row
    assert "questions" not in row


@pytest.mark.parametrize("rows", [1, 4])
def test_a_list_takes_the_same_few_queries_and_reads_no_words(
    person_client, owner, plan_interview, rows
):
    for _ in range(rows):
        Report.objects.create(interview=plan_interview(), document={"format": 1})
    client = person_client(owner)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(client.get(URL).json()["results"]) == rows
    ours = [query["sql"] for query in queries if "interviews_" in query["sql"]]
    assert len(ours) == 3
    for column in ("words", "job_description", "resume", "document", "text"):
        assert not any(f'"{column}"' in sql or f"`{column}`" in sql for sql in ours)


def test_shows_all_of_an_interview(person_client, owner, spoken):
    body = person_client(owner).get(f"{URL}/{spoken.id}").json()
    asked, *pending = body["questions"]
    assert asked["text"] == spoken.questions.get(position=1).text
    assert [question["text"] for question in pending] == [None, None]
    question, answer = body["turns"]
    assert (question["speaker"], question["question"]) == ("interviewer", 1)
    assert (answer["text"], answer["state"]) == ("I counted the pulse.", "transcribed")
    assert answer["words"] == [{"text": "I", "start_s": 0.0, "end_s": 0.2}]
    assert body["open_turn_id"] == answer["turn_id"]


@pytest.mark.parametrize("method", ["get", "delete"])
class TestOneInterview:
    def test_a_foreign_one_does_not_exist(self, person_client, other_user, interview, method):
        response = getattr(person_client(other_user), method)(f"{URL}/{interview.id}")
        assert (response.status_code, response.json()["code"]) == (404, "interview_not_found")
        assert Interview.objects.filter(pk=interview.pk).exists()

    def test_a_key_reaches_only_the_named_persons(self, key_client, other_user, interview, method):
        address = f"{URL}/{interview.id}?email={other_user.email}"
        response = getattr(key_client("interviews"), method)(address)
        assert response.status_code == 404

    @pytest.mark.parametrize("id_", ["x", "0" * 36, str(uuid4()), "5", "%00", "..", "a" * 300])
    def test_rejects_an_unknown_id(self, person_client, owner, method, id_):
        response = getattr(person_client(owner), method)(f"{URL}/{id_}")
        assert response.status_code == 404

    def test_anonymous_may_not(self, anonymous, interview, method):
        assert getattr(anonymous, method)(f"{URL}/{interview.id}").status_code == 401

    def test_a_key_without_the_scope_may_not(self, key_client, owner, interview, method):
        address = f"{URL}/{interview.id}?email={owner.email}"
        assert getattr(key_client("ai"), method)(address).status_code == 403

    def test_a_deleted_person_may_not(self, person_client, owner, interview, method):
        client = person_client(owner)
        delete_user(user=owner)
        assert getattr(client, method)(f"{URL}/{interview.id}").status_code == 401


def test_others_interviews_are_not_listed(person_client, key_client, other_user, interview):
    assert person_client(other_user).get(URL).json()["results"] == []
    listed = key_client("interviews").get(f"{URL}?email={other_user.email}")
    assert listed.json()["results"] == []


def test_the_list_needs_somebody(anonymous, key_client, owner):
    assert anonymous.get(URL).status_code == 401
    assert key_client("ai").get(f"{URL}?email={owner.email}").status_code == 403
    assert key_client("interviews").get(URL).json()["code"] == "email_required"


def test_roles_are_those_of_the_bank(person_client, owner):
    roles = person_client(owner).get("/api/roles").json()
    assert {role["id"] for role in roles} == set(load_bank().roles)
    assert {"id": "nurse", "title": "nurse", "field": "health care"} in roles


def test_roles_need_a_person_or_the_scope(anonymous, key_client):
    assert anonymous.get("/api/roles").status_code == 401
    assert key_client("ai").get("/api/roles").status_code == 403
    assert key_client("interviews").get("/api/roles").status_code == 200
