"""The pages of practising, without a browser: what they ask of the database, refuse and reveal."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from interviews.models import Interview
from users.models import User

SET_UP = {"role": "nurse", "level": "mid", "type": "mixed", "length": "3"}
HOME, NEW, CHECK = "/practice/", "/practice/new/", "/practice/check/"


@pytest.fixture
def mine(client: Client, owner: User) -> Client:
    """A browser that the owner is signed in to."""
    client.force_login(owner)
    return client


def room_of(interview: Interview) -> str:
    return reverse("practice:room", args=[interview.pk])


def test_the_list_takes_as_many_queries_however_long_it_is(
    mine: Client, plan_interview, django_assert_num_queries, django_assert_max_num_queries
):
    plan_interview()
    with django_assert_max_num_queries(10) as few:
        assert mine.get(HOME).status_code == 200
    for _ in range(4):
        plan_interview()
    with django_assert_num_queries(len(few.captured_queries)):
        assert mine.get(HOME).content.count(b"Not begun") == 5


def test_a_long_list_has_pages(mine: Client, plan_interview):
    for _ in range(21):
        plan_interview()
    first, second = mine.get(HOME), mine.get(HOME, {"page": 2})
    assert first.content.count(b"Not begun") == 20
    assert second.content.count(b"Not begun") == 1
    assert mine.get(HOME, {"page": 9}).status_code == 404


def test_setting_up_plans_the_interview_and_opens_its_room(mine: Client, owner: User):
    response = mine.post(NEW, SET_UP)
    interview = Interview.objects.get(user=owner)
    assert (interview.role, interview.level, interview.type) == ("nurse", "mid", "mixed")
    assert interview.questions.count() == 3
    assert response.headers["Location"] == room_of(interview)


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "wizard"},
        {"level": "god"},
        {"type": ""},
        {"length": "4000"},
        {"length": "three"},
        {"resume": "nul \x00 byte"},
    ],
)
def test_a_wrong_choice_is_shown_in_the_form(mine: Client, wrong):
    response = mine.post(NEW, SET_UP | wrong)
    assert response.status_code == 200
    assert b"error-summary" in response.content
    assert not Interview.objects.exists()


def test_no_question_is_told_before_it_is_asked(mine: Client, plan_interview):
    interview = plan_interview()
    page = mine.get(room_of(interview)).content.decode()
    assert not any(question.text in page for question in interview.questions.all())


def test_the_list_calls_an_interview_what_the_form_called_it(mine: Client, plan_interview):
    plan_interview(type="situational", level="entry")
    page = mine.get("/practice/").content.decode()
    assert "What you would do, starting out" in page


def test_an_interview_that_is_over_shows_its_report(mine: Client, plan_interview):
    interview = plan_interview()
    Interview.objects.filter(pk=interview.pk).update(state=Interview.State.FINISHED)
    response = mine.get(room_of(interview))
    assert response.headers["Location"] == f"{room_of(interview)}report/"


def test_another_person_s_interview_is_not_there(client: Client, plan_interview, other_user: User):
    interview = plan_interview()
    client.force_login(other_user)
    assert client.get(room_of(interview)).status_code == 404
    assert client.post(f"{room_of(interview)}delete/").status_code == 404
    assert Interview.objects.filter(pk=interview.pk).exists()
    assert str(interview.pk) not in client.get(HOME).content.decode()


def test_looking_does_not_delete(mine: Client, plan_interview):
    interview = plan_interview()
    assert mine.get(f"{room_of(interview)}delete/").status_code == 405
    assert Interview.objects.filter(pk=interview.pk).exists()


@pytest.mark.parametrize("path", [HOME, NEW, CHECK, f"/practice/{uuid4()}/"])
def test_who_is_not_signed_in_is_asked_to(client: Client, db, path):
    response = client.get(path)
    assert response.headers["Location"] == f"/sign-in/?next={path}"


def test_nothing_of_a_room_is_kept_by_browsers_or_proxies(mine: Client, plan_interview):
    response = mine.get(room_of(plan_interview()))
    assert {"no-store", "private"} <= set(response.headers["Cache-Control"].split(", "))


@pytest.mark.parametrize("came_from", ["", "nonsense", "'\"><script>", str(uuid4())])
def test_the_device_check_goes_back_to_nowhere_else(mine: Client, came_from):
    page = mine.get(CHECK, {"interview": came_from}).content.decode()
    assert "<script>" not in page
    assert 'href="/practice/nonsense' not in page
