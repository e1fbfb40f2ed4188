"""Limits as clients of the API meet them."""

from __future__ import annotations

import pytest

from ai.providers.base import TextDelta
from tests.ai.stand_ins import StandInText
from tests.conftest import PASSWORD
from users.limits.renewing import LEASE_S, renewer
from users.models import ApiKey, Hold, IdempotentRequest, LedgerEntry
from users.services.api_keys import limit_api_key
from users.tokens import AccessToken

pytestmark = pytest.mark.usefixtures("still_clock")

MESSAGE = "/api/ai/message?email=ada@example.com"
EVENTS = {"Accept": "text/event-stream"}


@pytest.fixture
def limit(settings):
    def change(**limits: str) -> None:
        settings.LIMITS = {**settings.LIMITS, **limits}

    return change


@pytest.fixture
def talker(stand_ins, monkeypatch):
    """The owner's model says two words."""
    monkeypatch.setattr(StandInText, "script", [TextDelta("Why "), TextDelta("so?")])


def ask(client, url=MESSAGE, **headers):
    return client.post(url, {"message": "Hi"}, format="json", headers=headers)


def codes(*responses) -> list[tuple[int, str]]:
    return [(answer.status_code, answer.json().get("code", "")) for answer in responses]


def test_every_answer_says_what_is_left(frontend, owner, limit):
    limit(text="60/m")
    answer = ask(frontend)
    assert answer.status_code == 200
    assert answer["RateLimit-Policy"] == (
        '"text-key";q=6000;w=60, "text-user";q=60;w=60, '
        '"streams-key";q=800;qu="concurrent-requests", '
        '"streams-user";q=8;qu="concurrent-requests"'
    )
    assert answer["RateLimit"] == (
        '"text-key";r=5999;t=1, "text-user";r=59;t=1, "streams-key";r=799, "streams-user";r=7'
    )
    assert '"text-user";r=58;t=2' in ask(frontend)["RateLimit"]


def test_errors_say_it_too(frontend, owner):
    assert '"text-user";r=59' in frontend.post(MESSAGE, {}, format="json")["RateLimit"]


def test_one_too_many_is_a_429_that_says_when_to_come_back(frontend, owner, limit):
    limit(text="1/m")
    ask(frontend)
    answer = ask(frontend)
    assert answer.status_code == 429
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "rate_limited"
    assert answer.json()["detail"] == "Too many requests; try again in 60 seconds."
    assert answer["Retry-After"] == "60"
    assert '"text-user";r=0;t=60' in answer["RateLimit"]
    assert '"text-user";q=1;w=60' in answer["RateLimit-Policy"]


def test_nothing_is_held_charged_or_claimed_on_a_429(frontend, owner, limit, balance):
    limit(text="1/m")
    ask(frontend)
    before = balance(), Hold.objects.count(), LedgerEntry.objects.count()
    answer = ask(frontend, **{"Idempotency-Key": "again"})
    assert answer.status_code == 429
    assert (balance(), Hold.objects.count(), LedgerEntry.objects.count()) == before
    assert not IdempotentRequest.objects.exists()


def test_a_person_is_the_same_one_by_whatever_key_or_spelling(
    key_client, person_client, owner, limit
):
    limit(text="2/m")
    assert ask(key_client()).status_code == 200
    assert ask(key_client(), "/api/ai/message?email=ADA@Example.com").status_code == 200
    assert codes(ask(person_client(owner)))[0] == (429, "rate_limited")


def test_another_person_has_a_limit_of_their_own(frontend, owner, other_user, limit):
    limit(text="1/m")
    ask(frontend)
    assert ask(frontend, "/api/ai/message?email=bob@example.com").status_code == 200


def test_kinds_are_counted_apart(frontend, owner, limit):
    limit(text="1/m")
    ask(frontend)
    assert ask(frontend).status_code == 429
    assert frontend.get("/api/ai/models").status_code == 200


def test_a_spoken_reply_counts_as_text_and_as_speech(frontend, owner, limit):
    limit(speech="1/m")
    reply = frontend.post(
        "/api/ai/speak-reply?email=ada@example.com", {}, format="json", headers=EVENTS
    )
    assert '"text-user"' in reply["RateLimit"]
    assert '"speech-user";r=0' in reply["RateLimit"]


def test_a_key_is_limited_over_all_its_people(frontend, owner, other_user, limit, settings):
    limit(text="1/m")
    settings.LIMIT_TIMES_PER_KEY = 1
    ask(frontend)
    assert ask(frontend, "/api/ai/message?email=bob@example.com").status_code == 429


def test_a_key_may_have_limits_of_its_own(frontend, owner, other_user):
    limit_api_key(api_key=ApiKey.objects.get(), limits={"text": "1/m", "streams": 3})
    answer = ask(frontend)
    assert '"text-key";q=1;w=60' in answer["RateLimit-Policy"]
    assert '"streams-key";q=3' in answer["RateLimit-Policy"]
    assert ask(frontend, "/api/ai/message?email=bob@example.com").status_code == 429


def test_a_limit_may_be_off(frontend, owner, limit, settings):
    limit(text="off")
    settings.STREAMS_PER_USER = settings.STREAMS_PER_KEY = 0
    assert "RateLimit" not in ask(frontend).headers


def test_a_person_counts_by_their_address_too(person_client, owner, settings):
    answer = person_client(owner).get("/api/me")
    assert answer["RateLimit-Policy"] == '"other-address";q=12000;w=60, "other-user";q=600;w=60'


def test_who_may_not_is_refused_before_being_counted(key_client, owner, limit):
    limit(text="1/m")
    for _ in range(3):
        assert ask(key_client("users:read")).status_code == 403


def test_tokens_are_limited_by_address_and_no_proxy_is_believed(anonymous, owner, limit):
    limit(token="2/m")
    body = {"email": owner.email, "password": PASSWORD}

    def sign_in(forged: str):
        return anonymous.post(
            "/api/auth/token", body, format="json", headers={"x-forwarded-for": forged}
        )

    answers = [sign_in(f"203.0.113.{number}") for number in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    elsewhere = anonymous.post("/api/auth/token", body, format="json", REMOTE_ADDR="203.0.113.9")
    assert elsewhere.status_code == 200


# Wrong keys and tokens

WRONG = [
    {"x-api-key": "it_00000000_wrong"},
    {"x-api-key": "nothing like a key"},
    {"authorization": "Bearer nothing.like.a-token"},
]


def knock(client, headers=WRONG[0], address="203.0.113.1", **more):
    return client.get("/api/ai/models", headers={**headers, **more}, REMOTE_ADDR=address)


@pytest.mark.parametrize("headers", WRONG)
def test_wrong_keys_and_tokens_are_limited_by_address(anonymous, db, limit, headers):
    limit(**{"wrong-credentials": "2/m"})
    answers = [knock(anonymous, headers) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert answers[0]["RateLimit-Policy"] == '"wrong-credentials-address";q=2;w=60'
    assert answers[1]["RateLimit"] == '"wrong-credentials-address";r=0;t=60'
    assert codes(answers[2]) == [(429, "rate_limited")]
    assert answers[2]["Retry-After"] == "30"
    assert knock(anonymous, headers, "203.0.113.2").status_code == 401


def test_a_right_key_is_not_refused_for_wrong_ones_from_its_address(
    anonymous, frontend, owner, limit
):
    limit(**{"wrong-credentials": "1/m"})
    assert [knock(anonymous).status_code for _ in range(2)] == [401, 429]
    token = {"authorization": f"Bearer {AccessToken.for_user(owner)}"}
    for right in (knock(frontend, {}), knock(anonymous, token)):
        assert right.status_code == 200
        assert "wrong" not in right["RateLimit"]


def test_a_right_key_counts_for_no_wrong_one(anonymous, frontend, limit):
    limit(**{"wrong-credentials": "1/m"})
    for _ in range(3):
        assert knock(frontend, {}).status_code == 200
    assert knock(anonymous).status_code == 401


def test_who_sends_nothing_at_all_is_not_counted(anonymous, db, limit):
    limit(**{"wrong-credentials": "1/m"})
    assert [knock(anonymous, {}).status_code for _ in range(3)] == [401, 401, 401]


def test_behind_a_proxy_wrong_keys_count_for_whoever_called_it(anonymous, db, limit, settings):
    settings.TRUSTED_PROXIES = 1
    limit(**{"wrong-credentials": "1/m"})

    def from_behind(told: str) -> int:
        status: int = knock(anonymous, **{"x-forwarded-for": told}).status_code
        return status

    assert from_behind("192.0.2.1, 198.51.100.7") == 401
    assert from_behind("192.0.2.2, 198.51.100.7") == 429
    assert from_behind("198.51.100.8") == 401


# Slots


def test_more_than_a_user_may_have_running_is_a_429(frontend, owner, talker, settings, hang_up):
    settings.STREAMS_PER_USER = 1
    running = ask(frontend, **EVENTS)
    assert running.status_code == 200
    answer = ask(frontend)
    assert codes(answer) == [(429, "too_many_streams")]
    assert answer["Retry-After"] == "5"
    assert '"streams-user";r=0' in answer["RateLimit"]
    assert Hold.objects.count() == 1
    hang_up(running)
    assert ask(frontend).status_code == 200


def test_a_stream_that_was_read_gives_its_slot_back(frontend, owner, talker, settings):
    settings.STREAMS_PER_USER = 1
    for _ in range(3):
        answer = ask(frontend, **EVENTS)
        assert answer.status_code == 200
        b"".join(answer)


def test_whatever_goes_wrong_the_slot_is_given_back(frontend, owner, stand_ins, settings):
    settings.STREAMS_PER_USER = 1
    frontend.raise_request_exception = False
    StandInText.script = [ZeroDivisionError()]
    try:
        assert [ask(frontend).status_code for _ in range(3)] == [500, 500, 500]
    finally:
        StandInText.script = []


def test_another_user_has_slots_of_their_own_but_a_key_shares_its(
    frontend, owner, other_user, talker, settings, hang_up
):
    bob = "/api/ai/message?email=bob@example.com"
    settings.STREAMS_PER_USER = 1
    running = ask(frontend, **EVENTS)
    assert ask(frontend, bob).status_code == 200
    settings.STREAMS_PER_KEY = 1
    assert codes(ask(frontend, bob)) == [(429, "too_many_streams")]
    hang_up(running)


# With Redis


def test_it_is_one_round_trip_each_way_and_names_nobody(frontend, owner, with_redis):
    ask(frontend)  # loads the script
    with_redis.config_resetstat()
    ask(frontend)
    calls = {name: stat["calls"] for name, stat in with_redis.info("commandstats").items()}
    assert calls["cmdstat_evalsha"] == 2
    assert not [key for key in with_redis.scan_iter() if b"ada" in key or b"@" in key]


def test_slots_in_redis_are_given_back(frontend, owner, with_redis, settings):
    settings.STREAMS_PER_USER = 1
    assert [ask(frontend).status_code for _ in range(3)] == [200, 200, 200]


def test_a_slot_in_redis_is_renewed_until_the_answer_is_out(
    frontend, owner, talker, with_redis, hang_up
):
    running = ask(frontend, **EVENTS)
    keys = list(with_redis.scan_iter("*slots:*"))
    assert len(keys) == 2
    taken = [with_redis.zrange(key, 0, -1, withscores=True) for key in keys]
    renewer.renew()
    for key, [(lease, lapses_at)] in zip(keys, taken, strict=True):
        assert with_redis.zscore(key, lease) > lapses_at
        assert with_redis.pttl(key) <= LEASE_S * 1_000
    hang_up(running)
    assert not list(with_redis.scan_iter("*slots:*"))
    assert lease.decode() not in renewer._held
