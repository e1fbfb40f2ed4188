"""Bearer tokens of an outside issuer: real keys, served by a real JWKS endpoint."""

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import jwt
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.users.bearer import ADA, assert_unauthorized, who
from tests.users.issuer import (
    CURVE_KEY,
    KEYS,
    claims_of,
    curve_jwk,
    encode_part,
    hs256_by_hand,
    public_jwk,
    public_pem,
    sign,
)
from users.jwks import KeySet
from users.models import LedgerEntry, User
from users.services.people import delete_user

pytestmark = [pytest.mark.urls("tests.users.bearer"), pytest.mark.django_db]


def assert_unavailable(response: Any) -> None:
    assert response.status_code == 503
    assert response.json()["code"] == "unavailable"
    assert response.has_header("Retry-After")


def test_the_person_is_made_on_first_sight(anonymous, outside):
    response = who(anonymous, sign(claims_of(email="Ada@Example.com")))
    assert response.json() == ADA
    user = User.objects.get()
    assert (user.email, user.name) == ("ada@example.com", "Ada Lovelace")
    assert not user.has_usable_password()


def test_the_second_sight_finds_the_same_person_by_one_query(
    anonymous, outside, django_assert_num_queries
):
    who(anonymous, sign(claims_of()))
    with django_assert_num_queries(1):
        assert who(anonymous, sign(claims_of())).json() == ADA
    assert LedgerEntry.objects.count() == 1


def test_the_keys_are_fetched_once(anonymous, outside):
    for _ in range(3):
        assert who(anonymous, sign(claims_of())).status_code == 200
    assert outside.fetches == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": None},
        {"exp": int(time.time()) - 3600},
        {"nbf": int(time.time()) + 3600},
        {"iss": None},
        {"iss": "https://issuer.example/"},
        {"iss": "https://accounts.google.com"},
        {"aud": None},
        {"aud": "another-service"},
        {"aud": ["another-service"]},
        {"email": None},
        {"email": ""},
        {"email": "not an address"},
        {"email": "ada\x00@example.com"},
        {"email": ["ada@example.com"]},
        {"email_verified": None},
        {"email_verified": False},
        {"email_verified": "false"},
        {"email_verified": 0},
    ],
    ids=lambda changes: "-".join(map(str, *changes.items())),
)
def test_a_claim_that_is_wrong_or_missing_is_refused(anonymous, outside, changes):
    assert_unauthorized(who(anonymous, sign(claims_of(**changes))))
    assert not User.objects.exists()


def test_a_little_skew_between_clocks_is_forgiven(anonymous, outside):
    now = int(time.time())
    assert who(anonymous, sign(claims_of(exp=now - 20))).status_code == 200
    assert who(anonymous, sign(claims_of(nbf=now + 20))).status_code == 200


def test_a_third_party_s_token_asks_nobody_for_keys(anonymous, outside):
    assert_unauthorized(who(anonymous, sign(claims_of(iss="https://third-party.example"))))
    assert outside.fetches == 0


def test_a_list_of_audiences_with_ours_is_accepted(anonymous, outside):
    token = sign(claims_of(aud=["another-service", "interview-trainer-api"]))
    assert who(anonymous, token).status_code == 200


def test_a_token_need_not_say_from_when_it_is_good(anonymous, outside):
    assert who(anonymous, sign(claims_of(nbf=None))).status_code == 200


def test_an_issuer_that_verifies_every_address_need_not_say_so(anonymous, outside, settings):
    settings.OUTSIDE_JWT_TRUST_EMAIL = True
    assert who(anonymous, sign(claims_of(email_verified=None))).status_code == 200


def test_a_stranger_s_signature_is_refused(anonymous, outside):
    assert_unauthorized(who(anonymous, sign(claims_of(), key="stranger", kid="first")))


def test_a_changed_token_is_refused(anonymous, outside):
    header, _, signature = sign(claims_of()).split(".")
    payload = encode_part(claims_of(email="staff@example.com"))
    assert_unauthorized(who(anonymous, f"{header}.{payload}.{signature}"))


@pytest.mark.parametrize("header", [{"kid": "unknown"}, {"kid": None}])
def test_an_unknown_or_missing_key_id_is_refused(anonymous, outside, header):
    assert_unauthorized(who(anonymous, sign(claims_of(), **header)))


def test_a_token_without_signature_is_refused(anonymous, outside):
    for algorithm in ("none", "None", "NONE"):
        header = encode_part({"alg": algorithm, "kid": "first"})
        assert_unauthorized(who(anonymous, f"{header}.{encode_part(claims_of())}."))


@pytest.mark.parametrize("ending", [b"", b"\n"])
def test_the_public_key_is_no_shared_secret(anonymous, outside, ending):
    secret = public_pem("first").strip() + ending
    assert_unauthorized(who(anonymous, hs256_by_hand(claims_of(), secret)))


def test_a_published_shared_secret_is_not_used(anonymous, outside):
    secret = b"a shared secret that somebody published by mistake"
    outside.publish({"kty": "oct", "kid": "oct", "k": encode_part(secret)})
    assert_unauthorized(who(anonymous, hs256_by_hand(claims_of(), secret, kid="oct")))


def test_another_asymmetric_algorithm_than_the_pinned_one_is_refused(anonymous, outside):
    outside.publish(public_jwk("first"), curve_jwk())
    rs512 = jwt.encode(claims_of(), KEYS["first"], "RS512", headers={"kid": "first"})
    es256 = jwt.encode(claims_of(), CURVE_KEY, "ES256", headers={"kid": "curve"})
    assert_unauthorized(who(anonymous, rs512))
    assert_unauthorized(who(anonymous, es256))
    assert outside.fetches == 0


def test_the_pinned_algorithm_is_the_one_configured(anonymous, outside, settings):
    settings.OUTSIDE_JWT_ALGORITHM = "ES256"
    outside.publish(public_jwk("first"), curve_jwk())
    es256 = jwt.encode(claims_of(), CURVE_KEY, "ES256", headers={"kid": "curve"})
    assert who(anonymous, es256).status_code == 200
    assert_unauthorized(who(anonymous, sign(claims_of())))


@pytest.mark.parametrize(
    "members", [{"use": "enc"}, {"alg": "RS512"}, {"kty": "EC"}, {"n": "!"}, {"kid": 7}]
)
def test_a_key_that_is_not_for_this_is_left_out(anonymous, outside, members):
    outside.publish(public_jwk("first", **members), public_jwk("second"))
    assert_unauthorized(who(anonymous, sign(claims_of())))
    assert who(anonymous, sign(claims_of(), key="second")).status_code == 200


def test_a_new_key_of_the_issuer_is_fetched(anonymous, outside, clock):
    assert who(anonymous, sign(claims_of())).status_code == 200
    outside.publish(public_jwk("second"))
    clock.pass_s(10)
    assert who(anonymous, sign(claims_of(), key="second")).status_code == 200
    assert outside.fetches == 2
    assert_unauthorized(who(anonymous, sign(claims_of(), key="first")))


def test_a_withdrawn_key_ends_when_the_kept_keys_do(anonymous, outside, clock):
    assert who(anonymous, sign(claims_of())).status_code == 200
    outside.publish(public_jwk("second"))
    clock.pass_s(299)
    assert who(anonymous, sign(claims_of())).status_code == 200
    clock.pass_s(1)
    assert_unauthorized(who(anonymous, sign(claims_of())))


def test_made_up_key_ids_fetch_at_most_once_in_the_interval(anonymous, outside, clock):
    for number in range(20):
        assert_unauthorized(who(anonymous, sign(claims_of(), kid=f"made-up-{number}")))
    assert outside.fetches == 1
    clock.pass_s(10)
    for number in range(20):
        assert_unauthorized(who(anonymous, sign(claims_of(), kid=f"made-up-{number}")))
    assert outside.fetches == 2


def test_threads_that_ask_at_once_fetch_once(outside):
    keys = KeySet(outside.url, "RS256")
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(keys.find, ["first", "made-up"] * 8))
    assert [key is not None for key in found] == [True, False] * 8
    assert outside.fetches == 1


@pytest.mark.parametrize(
    ("status", "document"),
    [
        (500, {"keys": [public_jwk("first")]}),
        (404, {}),
        (200, b"<html>"),
        (200, b"\xff\xfe"),
        (200, []),
        (200, {"keys": {}}),
        (200, {}),
        (200, b"[" * 10_000),
        (200, {"keys": [public_jwk("first")], "more": "x" * 300_000}),
    ],
)
def test_an_issuer_that_answers_no_keys_is_unavailable(anonymous, outside, status, document):
    outside.status, outside.document = status, document
    assert_unavailable(who(anonymous, sign(claims_of())))


def test_a_redirect_to_other_keys_is_not_followed(anonymous, outside):
    outside.status, outside.headers = 302, {"Location": outside.url + "/moved"}
    assert_unavailable(who(anonymous, sign(claims_of())))
    assert outside.fetches == 1


def test_an_issuer_out_of_reach_is_unavailable_and_not_asked_again_at_once(
    anonymous, outside, settings, clock
):
    settings.OUTSIDE_JWT_JWKS_URL = "http://127.0.0.1:1/jwks"
    assert_unavailable(who(anonymous, sign(claims_of())))
    settings.OUTSIDE_JWT_JWKS_URL = outside.url
    outside.status = 500
    for _ in range(5):
        assert_unavailable(who(anonymous, sign(claims_of())))
    assert outside.fetches == 1
    outside.status = 200
    clock.pass_s(10)
    assert who(anonymous, sign(claims_of())).status_code == 200


def test_an_issuer_that_hangs_is_unavailable_after_the_timeout(anonymous, outside, settings):
    settings.JWKS_TIMEOUT_S = 0.05
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.OUTSIDE_JWT_JWKS_URL = f"http://127.0.0.1:{silent.getsockname()[1]}/jwks"
        started = time.monotonic()
        assert_unavailable(who(anonymous, sign(claims_of())))
    assert time.monotonic() - started < 30  # without a timeout, it is for ever


def test_an_issuer_that_answers_drop_by_drop_is_unavailable_after_the_timeout(
    anonymous, outside, settings, caplog
):
    settings.JWKS_TIMEOUT_S = 0.5
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.OUTSIDE_JWT_JWKS_URL = f"http://127.0.0.1:{server.getsockname()[1]}/jwks"
        drops = threading.Thread(target=answer_drop_by_drop, args=[server])
        drops.start()
        assert_unavailable(who(anonymous, sign(claims_of())))
    drops.join()
    assert "answered too slowly" in caplog.text


def answer_drop_by_drop(server: socket.socket) -> None:
    """Never silent for long, and never done."""
    client, _ = server.accept()
    with client, suppress(OSError):
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
        while True:
            client.sendall(b" " * 5_000)
            time.sleep(0.02)


def test_known_keys_outlive_a_short_outage(anonymous, outside, clock):
    assert who(anonymous, sign(claims_of())).status_code == 200
    outside.status = 500
    clock.pass_s(60)
    assert_unavailable(who(anonymous, sign(claims_of(), key="second")))
    assert who(anonymous, sign(claims_of())).status_code == 200


def test_an_outage_is_a_503_for_a_browser_too(anonymous, outside):
    outside.status = 500
    response = anonymous.get(
        "/api/who", headers={"authorization": f"Bearer {sign(claims_of())}", "accept": "text/html"}
    )
    assert response.status_code == 503


def test_a_deleted_user_may_not_come_back(anonymous, outside, owner):
    delete_user(user=owner)
    response = who(anonymous, sign(claims_of()))
    assert (response.status_code, response.json()["code"]) == (403, "account_disabled")


def test_an_inactive_user_may_not_come_in(anonymous, outside, owner):
    User.objects.filter(pk=owner.pk).update(is_active=False)
    response = who(anonymous, sign(claims_of()))
    assert (response.status_code, response.json()["code"]) == (403, "account_disabled")


def test_without_an_outside_issuer_its_tokens_are_refused(anonymous, jwks_server):
    assert_unauthorized(who(anonymous, sign(claims_of())))
    assert_unauthorized(who(anonymous, sign(claims_of(iss=""))))
    assert jwks_server.fetches == 0


def test_the_outside_issuer_cannot_speak_in_our_name(anonymous, outside, owner):
    token = sign(claims_of(iss="interview-trainer", user_id=str(owner.pk), token_type="access"))
    assert_unauthorized(who(anonymous, token))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
CLAIMS = st.fixed_dictionaries(
    {"iss": st.sampled_from(["https://issuer.example", "interview-trainer"]) | JSON},
    optional=dict.fromkeys(("exp", "nbf", "iat", "aud", "sub", "email", "user_id"), JSON),
)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "alg": st.sampled_from(["RS256", "HS256", "none"]) | JSON,
        "kid": st.just("first") | JSON,
        "typ": JSON,
        "crit": JSON,
        "b64": JSON,
        "jwk": JSON,
    },
)


@given(header=HEADERS, claims=CLAIMS | JSON, signature=st.binary(max_size=300))
@hypothesis_settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_forged_token_is_more_than_unauthorized(
    anonymous, outside, unlimited, header, claims, signature
):
    token = ".".join([encode_part(header), encode_part(claims), encode_part(signature)])
    assert who(anonymous, token).status_code == 401
