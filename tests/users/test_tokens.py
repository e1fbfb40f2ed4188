"""The tokens that this service issues, and what they open."""

from datetime import timedelta
from typing import Any

import jwt
import pytest
import structlog
from django.conf import settings as django_settings
from django.contrib.auth.hashers import MD5PasswordHasher
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import Token

from tests.conftest import PASSWORD
from tests.users.bearer import ADA, assert_unauthorized, who
from users.models import User
from users.services.people import create_user, delete_user, erase_user
from users.tokens import AccessToken, RefreshToken

pytestmark = pytest.mark.urls("tests.users.bearer")

FORMER_KEY = "the key of before, long enough for HS256"


def sign_in(client: APIClient, email: str = "ada@example.com", password: str = PASSWORD) -> Any:
    return client.post("/api/auth/token", {"email": email, "password": password}, format="json")


def refresh(client: APIClient, token: object) -> Any:
    return client.post("/api/auth/token/refresh", {"refresh": str(token)}, format="json")


def resign(token: Token, key: str = "", **changes: object) -> str:
    """The claims of a good token, changed (None: left out) and signed again."""
    claims = {**token.payload, "iss": "interview-trainer", "aud": "interview-trainer", **changes}
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(kept, key or django_settings.JWT_SIGNING_KEY, "HS256")


@pytest.mark.parametrize("slash", ["", "/"])
def test_email_and_password_give_an_access_and_a_refresh_token(anonymous, owner, slash):
    body = {"email": owner.email, "password": PASSWORD}
    response = anonymous.post(f"/api/auth/token{slash}", body, format="json")
    assert response.status_code == 200
    assert set(response.json()) == {"access", "refresh"}
    assert who(anonymous, response.json()["access"]).json() == ADA


@pytest.mark.parametrize("email", ["ADA@Example.com", "  ada@EXAMPLE.com "])
def test_the_email_may_be_in_any_case(anonymous, owner, email):
    assert sign_in(anonymous, email).status_code == 200


def test_an_international_domain_may_be_typed_as_it_is_read(anonymous, db):
    create_user(email="ada@bücher.example", password=PASSWORD)
    assert sign_in(anonymous, "Ada@BÜCHER.example").status_code == 200


def test_a_password_keeps_its_spaces(anonymous, db):
    create_user(email="ada@example.com", password="  spaced out  ")
    assert sign_in(anonymous, password="  spaced out  ").status_code == 200
    assert_unauthorized(sign_in(anonymous, password="spaced out"))


@pytest.mark.parametrize("email", ["ada@example.com", "nobody@example.com", "not an address"])
def test_a_wrong_password_and_an_unknown_email_get_the_same_answer(anonymous, owner, email):
    answer = sign_in(anonymous, email, "wrong")
    assert_unauthorized(answer)
    body = answer.json()
    del body["request_id"]
    reference = sign_in(anonymous, "ada@example.com", "also wrong").json()
    del reference["request_id"]
    assert body == reference


@pytest.mark.parametrize("email", ["ada@example.com", "nobody@example.com", "not an address"])
def test_every_refusal_hashes_one_password(anonymous, owner, email, monkeypatch):
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counting(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counting)
    sign_in(anonymous, email, "wrong")
    assert hashed == ["wrong"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": "ada@example.com"},
        {"email": "ada@example.com", "password": ""},
        {"email": "ada\x00@example.com", "password": "x"},
        {"email": ["ada@example.com"], "password": "x"},
        {"email": "ada@example.com", "password": {"a": 1}},
        ["ada@example.com", "x"],
    ],
)
def test_a_body_of_the_wrong_shape_is_malformed(anonymous, owner, body):
    response = anonymous.post("/api/auth/token", body, format="json")
    assert response.status_code == 400
    assert response.json()["code"] == "invalid"


def test_a_lone_surrogate_is_malformed(anonymous, owner):
    body = b'{"email": "ada\\ud800@example.com", "password": "x\\udfff"}'
    response = anonymous.post("/api/auth/token", body, content_type="application/json")
    assert response.status_code == 400


@pytest.mark.parametrize("end", [delete_user, erase_user])
def test_a_deleted_user_neither_signs_in_nor_uses_tokens(anonymous, owner, end):
    tokens = sign_in(anonymous).json()
    end(user=owner)
    assert_unauthorized(sign_in(anonymous))
    assert_unauthorized(who(anonymous, tokens["access"]))
    assert_unauthorized(refresh(anonymous, tokens["refresh"]))


def test_an_inactive_user_neither_signs_in_nor_uses_tokens(anonymous, owner):
    tokens = sign_in(anonymous).json()
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert_unauthorized(sign_in(anonymous))
    assert_unauthorized(who(anonymous, tokens["access"]))
    assert_unauthorized(refresh(anonymous, tokens["refresh"]))


def test_a_user_whose_row_is_gone_is_unauthorized(anonymous, owner):
    refresh_token = RefreshToken.for_user(owner)
    refresh_token["user_id"] = "999999"
    assert_unauthorized(refresh(anonymous, refresh_token))


def test_a_new_password_ends_every_token(anonymous, owner):
    tokens = sign_in(anonymous).json()
    owner.set_password("another password altogether")
    owner.save()
    assert_unauthorized(who(anonymous, tokens["access"]))
    assert_unauthorized(refresh(anonymous, tokens["refresh"]))


def test_tokens_of_a_user_without_password_work_and_end_with_the_first_password(anonymous, db):
    user = create_user(email="ada@example.com")
    token = AccessToken.for_user(user)
    assert who(anonymous, token).status_code == 200
    user.set_unusable_password()
    user.save()
    assert_unauthorized(who(anonymous, token))


def test_a_refresh_token_gives_a_new_access_token(anonymous, owner):
    access = refresh(anonymous, RefreshToken.for_user(owner)).json()
    assert set(access) == {"access"}
    assert who(anonymous, access["access"]).status_code == 200


def test_tokens_do_not_stand_in_for_one_another(anonymous, owner):
    assert_unauthorized(who(anonymous, RefreshToken.for_user(owner)))
    assert_unauthorized(refresh(anonymous, AccessToken.for_user(owner)))


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": None},
        {"exp": 1},
        {"exp": "soon"},
        {"nbf": None},
        {"nbf": 99_999_999_999},
        {"iss": None},
        {"iss": "someone-else"},
        {"aud": None},
        {"aud": "another-service"},
        {"token_type": None},
        {"hash_password": None},
        {"jti": None},
    ],
    ids=str,
)
def test_a_claim_that_is_wrong_or_missing_is_refused(anonymous, owner, changes):
    token = AccessToken.for_user(owner)
    assert who(anonymous, resign(token)).status_code == 200
    assert_unauthorized(who(anonymous, resign(token, **changes)))


def test_a_little_skew_between_clocks_is_forgiven(anonymous, owner):
    token = AccessToken.for_user(owner)
    now = token["iat"]
    assert who(anonymous, resign(token, nbf=now + 20)).status_code == 200
    assert who(anonymous, resign(token, exp=now - 20)).status_code == 200
    assert_unauthorized(who(anonymous, resign(token, exp=now - 40)))
    assert_unauthorized(who(anonymous, resign(token, nbf=now + 60)))


def test_an_expired_token_is_refused(anonymous, owner):
    token = AccessToken.for_user(owner)
    token.set_exp(lifetime=timedelta(minutes=-1))
    assert_unauthorized(who(anonymous, token))


@pytest.mark.parametrize("algorithm", ["HS384", "HS512", "none"])
def test_another_algorithm_is_refused(anonymous, owner, algorithm):
    key = "" if algorithm == "none" else django_settings.JWT_SIGNING_KEY
    token = jwt.encode(
        jwt.decode(str(AccessToken.for_user(owner)), options={"verify_signature": False}),
        key,
        algorithm,
    )
    assert_unauthorized(who(anonymous, token))


def test_the_secret_key_itself_signs_no_tokens(anonymous, owner):
    token = AccessToken.for_user(owner)
    assert_unauthorized(who(anonymous, resign(token, key=django_settings.SECRET_KEY)))


def test_a_token_of_a_former_key_holds_until_that_key_is_dropped(anonymous, owner, settings):
    token = AccessToken.for_user(owner)
    of_former_key = resign(token, key=FORMER_KEY)
    assert_unauthorized(who(anonymous, of_former_key))
    settings.JWT_FORMER_KEYS = ["a key of long ago, as long as it should be", FORMER_KEY]
    assert who(anonymous, of_former_key).json() == ADA
    assert who(anonymous, token).json() == ADA
    refreshed = refresh(anonymous, resign(RefreshToken.for_user(owner), key=FORMER_KEY))
    settings.JWT_FORMER_KEYS = []
    assert who(anonymous, refreshed.json()["access"]).json() == ADA


@pytest.mark.parametrize("change", [{"exp": 1}, {"iss": "another"}, {"aud": "x"}, {"nbf": None}])
def test_a_former_key_signs_nothing_that_todays_may_not(anonymous, owner, settings, change):
    settings.JWT_FORMER_KEYS = [FORMER_KEY]
    token = AccessToken.for_user(owner)
    assert_unauthorized(who(anonymous, resign(token, key=FORMER_KEY, **change)))


def test_a_changed_token_is_refused(anonymous, owner):
    header, payload, signature = str(AccessToken.for_user(owner)).split(".")
    flipped = ("B" if signature[0] == "A" else "A") + signature[1:]
    assert_unauthorized(who(anonymous, f"{header}.{payload}.{flipped}"))
    assert_unauthorized(who(anonymous, f"{header}.{payload[:-4]}AAAA.{signature}"))


@pytest.mark.parametrize(
    "garbage", ["", "x", "a.b.c", "..", "e30.e30.", "ünïcode.e30.e30", "two words", "[]." * 3]
)
def test_garbage_is_unauthorized(anonymous, db, garbage):
    response = anonymous.get("/api/who", HTTP_AUTHORIZATION=f"Bearer {garbage}")
    assert_unauthorized(response)


@pytest.mark.parametrize("header", ["Basic YWRhOng=", "raw-token", "", "Token abc"])
def test_other_schemes_are_nobody_rather_than_wrong(person_client, owner, header):
    assert person_client(owner).get("/api/who", HTTP_AUTHORIZATION=header).status_code == 200


def test_the_scheme_may_be_in_any_case(anonymous, owner):
    token = AccessToken.for_user(owner)
    response = anonymous.get("/api/who", headers={"authorization": f"bearer {token}"})
    assert response.status_code == 200


def test_one_query_finds_the_person_with_settings_and_account(
    anonymous, owner, django_assert_num_queries
):
    token = AccessToken.for_user(owner)
    with django_assert_num_queries(1):
        assert who(anonymous, token).json() == ADA


def test_a_request_by_token_is_logged_with_its_user(anonymous, owner):
    who(anonymous, AccessToken.for_user(owner))
    assert structlog.contextvars.get_contextvars()["user_id"] == owner.pk


def test_a_key_decides_where_both_are_sent(frontend, owner):
    response = who(frontend, AccessToken.for_user(owner))
    assert response.status_code == 403
