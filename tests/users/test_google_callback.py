"""Signing in with a Google ID token at the address that existing frontends call."""

import time
from typing import Any

import pytest
import structlog
from rest_framework.test import APIClient

from tests.users.bearer import assert_unauthorized
from tests.users.issuer import claims_of, google_claims, hs256_by_hand, public_pem, sign
from users.models import LedgerEntry, Scope, User
from users.services.people import create_user, delete_user

pytestmark = pytest.mark.django_db


def call_back(client: APIClient, token: str, slash: str = "") -> Any:
    return client.get(f"/api/auth/callback{slash}", headers={"authorization": token})


@pytest.mark.parametrize("slash", ["", "/"])
def test_the_person_is_made_on_first_sight(frontend, google, slash):
    response = call_back(frontend, sign(google_claims()), slash)
    assert response.status_code == 200
    assert response.json() == {"email": "ada@example.com", "name": "Ada Lovelace"}
    user = User.objects.get()
    assert user.account.available == 300
    assert structlog.contextvars.get_contextvars()["user_id"] == user.pk


def test_the_second_sign_in_is_the_same_person(frontend, google):
    for _ in range(2):
        assert call_back(frontend, sign(google_claims())).status_code == 200
    assert User.objects.count() == LedgerEntry.objects.count() == 1


def test_both_spellings_of_google_and_every_client_id_are_accepted(frontend, google):
    token = sign(google_claims(iss="accounts.google.com", aud="client-2"))
    assert call_back(frontend, token).status_code == 200


def test_bearer_before_the_token_is_tolerated(frontend, google):
    assert call_back(frontend, f"Bearer {sign(google_claims())}").status_code == 200


def test_a_person_without_a_name_gets_google_s(frontend, google):
    create_user(email="ada@example.com")
    assert call_back(frontend, sign(google_claims())).json()["name"] == "Ada Lovelace"
    assert User.objects.get().name == "Ada Lovelace"


def test_a_person_s_own_name_stays(frontend, google, owner):
    assert call_back(frontend, sign(google_claims())).json()["name"] == "Ada"


def test_who_signed_up_with_another_s_address_is_out_once_google_knows_better(
    frontend, google, client
):
    sent = {"email": "ada@example.com", "password": "seven quiet herons over the weir"}
    client.post("/sign-up/", sent)
    assert client.get("/settings/").status_code == 200
    assert call_back(frontend, sign(google_claims())).status_code == 200
    assert client.get("/settings/").status_code == 302
    assert not User.objects.get().has_usable_password()


def test_a_password_that_the_service_gave_stays(frontend, google, owner):
    call_back(frontend, sign(google_claims()))
    owner.refresh_from_db()
    assert owner.has_usable_password()


@pytest.mark.parametrize("name", [None, "", 7, ["Ada"]])
def test_a_token_without_a_name_is_fine(frontend, google, name):
    response = call_back(frontend, sign(google_claims(name=name)))
    assert response.json() == {"email": "ada@example.com", "name": ""}


def test_an_endless_name_is_cut(frontend, google):
    assert call_back(frontend, sign(google_claims(name="x" * 500))).json()["name"] == "x" * 200


def test_the_session_is_the_person_s(frontend, google, anonymous):
    call_back(frontend, sign(google_claims()))
    anonymous.cookies = frontend.cookies
    assert anonymous.session["_auth_user_id"] == str(User.objects.get().pk)


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(frontend, google, settings):
    settings.SESSION_COOKIE_SECURE = True
    cookie = call_back(frontend, sign(google_claims())).cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["secure"]
    assert cookie["samesite"] == "Lax"


def test_signing_in_starts_a_new_session(frontend, google, other_user):
    frontend.force_login(other_user)
    before = frontend.session.session_key
    call_back(frontend, sign(google_claims()))
    assert frontend.session.session_key != before


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": None},
        {"exp": int(time.time()) - 3600},
        {"nbf": int(time.time()) + 3600},
        {"iss": None},
        {"iss": "https://issuer.example"},
        {"aud": None},
        {"aud": "another-client"},
        {"email": None},
        {"email": "not an address"},
        {"email_verified": False},
        {"email_verified": None},
    ],
    ids=lambda changes: "-".join(map(str, *changes.items())),
)
def test_a_claim_that_is_wrong_or_missing_is_refused(frontend, google, changes):
    assert_unauthorized(call_back(frontend, sign(google_claims(**changes))))
    assert not User.objects.exists()


def test_a_stranger_s_signature_is_refused(frontend, google):
    token = sign(google_claims(), key="stranger", kid="first")
    assert_unauthorized(call_back(frontend, token))


def test_an_unknown_key_id_is_refused(frontend, google):
    assert_unauthorized(call_back(frontend, sign(google_claims(), kid="unknown")))


def test_the_public_key_is_no_shared_secret(frontend, google):
    token = hs256_by_hand(google_claims(), public_pem("first"))
    assert_unauthorized(call_back(frontend, token))


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer ", "garbage", "a.b.c", "Basic abc"])
def test_garbage_is_unauthorized(frontend, google, token):
    assert_unauthorized(call_back(frontend, token))


def test_the_outside_issuer_s_tokens_are_not_google_s(frontend, google, outside):
    assert_unauthorized(call_back(frontend, sign(claims_of())))


def test_google_s_tokens_are_no_bearer_tokens(anonymous, google, outside):
    headers = {"authorization": f"Bearer {sign(google_claims())}"}
    assert anonymous.get("/api/auth/logout", headers=headers).status_code == 401


def test_a_key_is_needed(anonymous, google):
    assert_unauthorized(call_back(anonymous, sign(google_claims())))


def test_a_session_does_not_replace_the_key(person_client, staff, google):
    response = call_back(person_client(staff), sign(google_claims()))
    assert response.status_code == 401


def test_the_key_needs_the_scope(key_client, google):
    token = sign(google_claims())
    assert call_back(key_client(Scope.USERS_READ), token).status_code == 403
    assert call_back(key_client(Scope.USERS_WRITE), token).status_code == 200


def test_a_deleted_user_may_not_come_back(frontend, google, owner):
    delete_user(user=owner)
    response = call_back(frontend, sign(google_claims()))
    assert (response.status_code, response.json()["code"]) == (403, "account_disabled")
    assert "sessionid" not in response.cookies


def test_an_inactive_user_may_not_come_in(frontend, google, owner):
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert call_back(frontend, sign(google_claims())).status_code == 403


def test_google_out_of_reach_is_unavailable(frontend, google):
    google.status = 500
    response = call_back(frontend, sign(google_claims()))
    assert (response.status_code, response.json()["code"]) == (503, "unavailable")


def test_without_client_ids_the_answer_says_what_to_set(frontend):
    response = call_back(frontend, sign(google_claims()))
    assert response.status_code == 503
    assert "GOOGLE_CLIENT_IDS" in response.json()["message"]
