"""Ending a session."""

import pytest

from users.models import Scope
from users.tokens import AccessToken


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_signed_in_person_is_signed_out(person_client, owner, slash):
    client = person_client(owner)
    response = client.get(f"/api/auth/logout{slash}")
    assert response.status_code == 200
    assert response.json() == {"message": "You are signed out"}
    assert client.get("/api/auth/logout").status_code == 401


def test_a_frontend_s_key_ends_the_session_that_comes_with_it(frontend, owner, anonymous):
    frontend.force_login(owner)
    anonymous.cookies["sessionid"] = frontend.cookies["sessionid"].value
    assert frontend.get("/api/auth/logout").status_code == 200
    assert anonymous.get("/api/auth/logout").status_code == 401


@pytest.mark.parametrize("scope", Scope.values)
def test_a_key_of_any_scope_may_sign_out(key_client, scope):
    assert key_client(scope).get("/api/auth/logout").status_code == 200


def test_signing_out_twice_is_fine_and_leaves_no_cookie(frontend):
    for _ in range(2):
        response = frontend.get("/api/auth/logout")
        assert response.status_code == 200
        assert not response.cookies


def test_a_person_by_token_may_sign_out(anonymous, owner):
    headers = {"authorization": f"Bearer {AccessToken.for_user(owner)}"}
    assert anonymous.get("/api/auth/logout", headers=headers).status_code == 200


def test_a_stale_session_cookie_is_nobody(anonymous, db):
    anonymous.cookies["sessionid"] = "long-gone"
    assert anonymous.get("/api/auth/logout").status_code == 401


def test_nobody_is_unauthorized(anonymous, db):
    response = anonymous.get("/api/auth/logout")
    assert response.status_code == 401
    assert response.json()["message"] == "Unauthorized"
