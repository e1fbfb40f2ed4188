"""Who a request is about: `?email=` for programs and staff, oneself for people."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from users.errors import EmailRequiredError, ForeignEmailError, UserNotFoundError
from users.models import ApiKey, User
from users.requests import author_of, named_user, requested_user
from users.services.api_keys import create_api_key
from users.services.people import delete_user
from users.tokens import AccessToken


@pytest.fixture
def api_key(db) -> ApiKey:
    return create_api_key(name="Frontend", scopes=["users:read"])[0]


def make_request(query: str = "", *, user: User | None = None, auth: ApiKey | None = None) -> Any:
    request = Request(APIRequestFactory().get(f"/api/me{query}"))
    request.user = user or AnonymousUser()
    request.auth = auth
    return request


def test_a_key_names_its_person(api_key, owner):
    assert requested_user(make_request("?email=ada@example.com", auth=api_key)) == owner


def test_the_email_may_be_spelled_in_capitals(api_key, owner):
    assert requested_user(make_request("?email=Ada@Example.COM", auth=api_key)) == owner


@pytest.mark.parametrize("query", ["", "?email=", "?email=%20"])
def test_a_key_without_a_person_is_told_to_name_one(api_key, query):
    with pytest.raises(EmailRequiredError):
        requested_user(make_request(query, auth=api_key))
    assert named_user(make_request(query, auth=api_key)) is None


@pytest.mark.parametrize("email", ["ada", "ada@", "a%00b@example.com", "@example.com"])
def test_what_is_no_address_is_not_valid(api_key, email):
    with pytest.raises(ValidationError):
        requested_user(make_request(f"?email={email}", auth=api_key))


def test_an_unknown_person_is_not_found(api_key):
    with pytest.raises(UserNotFoundError):
        requested_user(make_request("?email=ada@example.com", auth=api_key))


def test_a_deleted_person_is_not_found(api_key, owner):
    delete_user(user=owner)
    with pytest.raises(UserNotFoundError):
        requested_user(make_request("?email=ada@example.com", auth=api_key))


@pytest.mark.parametrize("query", ["", "?email=", "?email=ADA@example.com"])
def test_a_person_is_their_own(owner, query, django_assert_num_queries):
    request = make_request(query, user=owner)
    with django_assert_num_queries(0):
        assert requested_user(request) == owner


def test_a_person_may_not_name_another(owner, other_user):
    with pytest.raises(ForeignEmailError):
        requested_user(make_request("?email=bob@example.com", user=owner))


def test_a_person_does_not_learn_who_is_here(owner):
    with pytest.raises(ForeignEmailError):
        requested_user(make_request("?email=nobody@example.com", user=owner))


def test_staff_may_name_anyone(staff, owner):
    assert requested_user(make_request("?email=ada@example.com", user=staff)) == owner
    assert requested_user(make_request(user=staff)) == staff


def test_a_key_and_a_person_answer_for_what_they_write(api_key, owner):
    assert author_of(make_request(auth=api_key)).api_key == api_key
    assert author_of(make_request(user=owner)).user == owner


def test_a_person_by_token_costs_one_query(anonymous, owner, django_assert_num_queries):
    headers = {"authorization": f"Bearer {AccessToken.for_user(owner)}"}
    with django_assert_num_queries(1):
        assert anonymous.get("/api/me", headers=headers).status_code == 200


def test_a_person_by_session_costs_one_query_beside_the_session(
    person_client, owner, django_assert_max_num_queries
):
    client = person_client(owner)
    with django_assert_max_num_queries(2):
        assert client.get("/api/me").status_code == 200


def test_a_person_by_key_costs_two_queries(frontend, owner, django_assert_num_queries):
    frontend.get("/api/me?email=ada@example.com")
    with django_assert_num_queries(2):
        assert frontend.get("/api/me?email=ada@example.com").status_code == 200
