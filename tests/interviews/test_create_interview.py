"""`POST /api/interviews`: plans an interview, or takes one question again."""

import pytest

from ai.coach.bank import load_bank
from interviews.models import Interview, Question
from tests.interviews.conftest import PLAN
from users.services.people import delete_user

URL = "/api/interviews"


def test_plans_what_was_asked_for(person_client, owner):
    response = person_client(owner).post(URL, PLAN, format="json")
    assert response.status_code == 201
    body = response.json()
    assert body["role_title"] == "nurse"
    assert (body["state"], body["position"], body["length"]) == ("planned", 0, 3)
    assert body["rubric"] == {"name": "core", "version": 1}
    assert body["matched_by"] == "order"
    assert [question["position"] for question in body["questions"]] == [1, 2, 3]
    assert body["turns"] == []
    stored = Interview.objects.get()
    assert (str(stored.id), stored.user) == (body["id"], owner)
    assert stored.questions.count() == 3


def test_withholds_the_questions_until_they_are_asked(person_client, owner):
    body = person_client(owner).post(URL, PLAN, format="json").json()
    assert [question["text"] for question in body["questions"]] == [None] * 3
    assert all(Question.objects.values_list("text", flat=True))


def test_questions_are_copies_that_the_coach_can_read(interview):
    bank = {question.id: question for question in load_bank().questions}
    for question in interview.questions.select_related("interview"):
        original = bank[question.bank_id]
        copy = question.as_in_bank
        assert (copy.text, copy.topic, copy.kind) == (
            original.text,
            original.topic,
            original.kind,
        )
        assert (copy.terms, copy.competency) == (original.terms, original.competency)
        assert copy.follow_up == original.follow_up


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"role": None}, "role", "null"),
        ({"level": "guru"}, "level", "invalid_choice"),
        ({"type": "brainteasers"}, "type", "invalid_choice"),
        ({"length": 0}, "length", "min_value"),
        ({"length": 13}, "length", "max_value"),
        ({"length": "3"}, "length", "invalid"),
        ({"length": True}, "length", "invalid"),
        ({"language": "fr"}, "language", "unsupported_language"),
        ({"job_description": 5}, "job_description", "invalid"),
        ({"resume": ["a", "b"]}, "resume", "invalid"),
    ],
)
def test_rejects_values_that_are_not_valid(person_client, owner, change, field, code):
    response = person_client(owner).post(URL, PLAN | change, format="json")
    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert (error["field"], error["code"]) == (field, code)
    assert not Interview.objects.exists()


@pytest.mark.parametrize("missing", ["role", "level", "type", "length"])
def test_requires_what_a_plan_needs(person_client, owner, missing):
    plan = {name: value for name, value in PLAN.items() if name != missing}
    response = person_client(owner).post(URL, plan, format="json")
    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == [missing]


@pytest.mark.parametrize("body", ["[]", "5", '"nurse"', "null", '["retake_of"]', '"retake_of"'])
def test_rejects_a_body_that_is_no_object(person_client, owner, body):
    response = person_client(owner).post(URL, body, content_type="application/json")
    assert response.status_code == 400


def test_says_that_only_english_is_spoken(person_client, owner):
    response = person_client(owner).post(URL, PLAN | {"language": "fr"}, format="json")
    assert "English" in response.json()["errors"][0]["detail"]


@pytest.mark.parametrize("role", ["astronaut", "", "nurse\x00", "<b>nurse</b>"])
def test_rejects_an_unknown_role(person_client, owner, role):
    response = person_client(owner).post(URL, PLAN | {"role": role}, format="json")
    assert response.status_code == 400
    assert response.json()["code"] in ("unknown_role", "invalid")


def test_names_the_list_of_roles(person_client, owner):
    response = person_client(owner).post(URL, PLAN | {"role": "astronaut"}, format="json")
    assert response.json()["code"] == "unknown_role"
    assert "/api/roles" in response.json()["detail"]


def test_rejects_an_unknown_rubric(person_client, owner):
    response = person_client(owner).post(URL, PLAN | {"rubric": "astrology"}, format="json")
    assert (response.status_code, response.json()["code"]) == (400, "unknown_rubric")


def test_takes_a_form(person_client, owner):
    response = person_client(owner).post(URL, PLAN, format="multipart")
    assert response.status_code == 201
    assert response.json()["length"] == 3


@pytest.mark.parametrize("length", ["three", "-1", "3.5", "٣", "9" * 30, ""])
def test_rejects_a_length_in_a_form_that_is_no_number(person_client, owner, length):
    response = person_client(owner).post(URL, PLAN | {"length": length}, format="multipart")
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "length"


def test_the_same_key_is_one_interview(person_client, owner):
    client = person_client(owner)
    first, again = (
        client.post(URL, PLAN, format="json", headers={"Idempotency-Key": "k1"}) for _ in range(2)
    )
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    assert Interview.objects.count() == 1


def test_anonymous_may_not(anonymous, db):
    assert anonymous.post(URL, PLAN, format="json").status_code == 401


def test_a_key_plans_for_the_person_that_it_names(key_client, owner):
    response = key_client("interviews").post(f"{URL}?email={owner.email}", PLAN, format="json")
    assert response.status_code == 201
    assert Interview.objects.get().user == owner


def test_a_key_must_name_a_person(key_client):
    response = key_client("interviews").post(URL, PLAN, format="json")
    assert (response.status_code, response.json()["code"]) == (400, "email_required")


def test_a_key_without_the_scope_may_not(key_client, owner):
    response = key_client("ai").post(f"{URL}?email={owner.email}", PLAN, format="json")
    assert response.status_code == 403
    assert not Interview.objects.exists()


def test_a_person_plans_for_nobody_else(person_client, owner, other_user):
    response = person_client(owner).post(f"{URL}?email={other_user.email}", PLAN, format="json")
    assert (response.status_code, response.json()["code"]) == (403, "foreign_email")


def test_a_deleted_person_may_not(person_client, key_client, owner):
    client = person_client(owner)
    delete_user(user=owner)
    assert client.post(URL, PLAN, format="json").status_code == 401
    response = key_client("interviews").post(f"{URL}?email={owner.email}", PLAN, format="json")
    assert (response.status_code, response.json()["code"]) == (404, "user_not_found")


# A retake.


def test_a_question_is_taken_again_alone(person_client, owner, asked_question):
    response = person_client(owner).post(URL, {"retake_of": asked_question.pk}, format="json")
    assert response.status_code == 201
    body = response.json()
    assert (body["retake_of"], body["length"]) == (asked_question.pk, 1)
    assert (body["role"], body["level"]) == ("backend-developer", "mid")
    assert body["type"] == asked_question.kind
    again = Question.objects.get(interview=body["id"])
    assert again.text == asked_question.text
    assert again.terms == asked_question.terms
    assert again.state == Question.State.PENDING


def test_a_retake_in_a_form(person_client, owner, asked_question):
    response = person_client(owner).post(URL, {"retake_of": asked_question.pk}, format="multipart")
    assert response.status_code == 201


def test_a_retake_of_a_retake_is_of_the_first_try(person_client, owner, asked_question):
    client = person_client(owner)
    again = client.post(URL, {"retake_of": asked_question.pk}, format="json").json()
    Question.objects.filter(interview=again["id"]).update(state=Question.State.ASKED)
    third = client.post(URL, {"retake_of": again["questions"][0]["id"]}, format="json").json()
    assert third["retake_of"] == asked_question.pk


def test_a_retake_stays_when_the_first_try_is_deleted(person_client, owner, asked_question):
    client = person_client(owner)
    again = client.post(URL, {"retake_of": asked_question.pk}, format="json").json()
    client.delete(f"{URL}/{asked_question.interview_id}")
    assert client.get(f"{URL}/{again['id']}").json()["retake_of"] is None


def test_somebody_elses_question_does_not_exist(person_client, other_user, asked_question):
    response = person_client(other_user).post(URL, {"retake_of": asked_question.pk}, format="json")
    assert (response.status_code, response.json()["code"]) == (404, "question_not_found")


def test_a_question_that_was_never_asked_is_not_taken_again(person_client, owner, interview):
    question = interview.questions.get(position=1)
    response = person_client(owner).post(URL, {"retake_of": question.pk}, format="json")
    assert (response.status_code, response.json()["code"]) == (404, "question_not_found")


@pytest.mark.parametrize("question", [None, "5", 0, -1, 2**63, 1.5, [], {}, True])
def test_rejects_a_retake_of_what_is_no_id(person_client, owner, question):
    response = person_client(owner).post(URL, {"retake_of": question}, format="json")
    assert response.status_code == 400
