"""`POST /api/ai/message`."""

import pytest

from ai.errors import ProviderBusyError, ProviderError, ProviderTimeoutError
from ai.providers.base import TextDelta, TextUsage
from tests.ai.stand_ins import StandInText
from users.services.people import change_settings, find_user

URL = "/api/ai/message?email=ada@example.com"
CONVERSATION = (
    "Interviewer: Tell me about a project you are proud of.\n"
    "Candidate: We moved our billing to a new service."
)


@pytest.fixture
def script(stand_ins, monkeypatch):
    def write(*steps) -> None:
        monkeypatch.setattr(StandInText, "script", list(steps))

    return write


def test_the_built_in_coach_answers(frontend, owner, balance):
    response = frontend.post(URL, {"message": CONVERSATION}, format="json")
    answer = response.json()
    assert response.status_code == 200
    assert set(answer) == {"message", "status", "model", "receipt"}
    assert answer["status"] == "success"
    assert 0 < len(answer["message"].split()) <= 40
    assert answer["receipt"] | {"operation_id": ""} == {
        "operation_id": "",
        "held": 1,
        "charged": 1,
        "balance": 299,
    }
    assert balance() == (299, 0)


def test_the_answer_names_the_model_that_served(frontend, owner):
    change_settings(user=owner, llm_model="gemini-1.0-ultra")
    model = frontend.post(URL, {"message": "Hello"}, format="json").json()["model"]
    assert model["requested"] == "gemini-1.0-ultra"
    assert model["served"] == "builtin-coach"
    assert "gemini-1.0-ultra is not in the catalogue" in model["reason"]


def test_usage_that_the_provider_counts_is_charged(frontend, script, balance):
    script(TextDelta("Why?"), TextUsage(1_100, 5))
    long_message = "word " * 2_000
    receipt = frontend.post(URL, {"message": long_message}, format="json").json()["receipt"]
    assert (receipt["held"], receipt["charged"]) == (4, 2)
    assert balance() == (298, 0)


def test_our_own_count_is_charged_where_the_provider_counts_nothing(frontend, script, balance):
    script(TextDelta("Why?"))
    frontend.post(URL, {"message": "word " * 2_000}, format="json")
    assert balance() == (297, 0)


def test_a_charge_is_never_above_the_hold(frontend, script, balance):
    script(TextDelta("Why?"), TextUsage(10**9, 5))
    frontend.post(URL, {"message": "Hi"}, format="json")
    assert balance() == (299, 0)


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [
        (ProviderError(), 502, "provider_error"),
        (ProviderTimeoutError(), 504, "provider_timeout"),
        (ProviderBusyError(retry_after_s=7), 503, "unavailable"),
        (TextDelta("  "), 502, "provider_error"),
    ],
)
def test_a_failure_of_the_provider_is_not_charged(frontend, script, balance, failure, status, code):
    script(failure)
    response = frontend.post(URL, {"message": "Hi"}, format="json")
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert balance() == (300, 0)


def test_a_busy_provider_says_when_to_come_back(frontend, script):
    script(ProviderBusyError(retry_after_s=7))
    assert frontend.post(URL, {"message": "Hi"}, format="json").headers["Retry-After"] == "7"


def test_a_crash_in_the_provider_is_not_charged(frontend, script, balance):
    script(RuntimeError("a bug"))
    response = frontend.post(URL, {"message": "Hi"}, format="json")
    assert (response.status_code, response.json()["code"]) == (500, "internal_error")
    assert "a bug" not in response.content.decode()
    assert balance() == (300, 0)


def test_without_credits_the_answer_is_402(frontend, penniless):
    response = frontend.post(URL, {"message": "Hi"}, format="json")
    problem = response.json()
    assert response.status_code == 402
    assert problem["message"] == "You have no more credits left"
    assert (problem["code"], problem["required"], problem["balance"]) == (
        "insufficient_credits",
        1,
        0,
    )


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"message": ""},
        {"message": " \n "},
        {"message": None},
        {"message": 5},
        {"message": ["Hi"]},
        {"message": "\x00"},
        ["Hi"],
        "Hi",
        None,
    ],
)
def test_a_message_that_is_none_is_refused(frontend, balance, body):
    response = frontend.post(URL, body, format="json")
    assert response.status_code == 400
    assert balance() == (300, 0)


def test_half_a_character_is_refused(frontend, balance):
    response = frontend.generic("POST", URL, b'{"message": "\\ud800"}', "application/json")
    assert (response.status_code, response.json()["code"]) == (400, "malformed")
    assert balance() == (300, 0)


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b'{"message": NaN}', b"[" * 100_000])
def test_a_body_that_is_not_json_is_refused(frontend, owner, body):
    response = frontend.generic("POST", URL, body, "application/json")
    assert (response.status_code, response.json()["code"]) == (400, "malformed")


def test_a_message_that_is_too_long_is_refused(frontend, balance, settings):
    settings.MESSAGE_MAX_CHARACTERS = 10
    response = frontend.post(URL, {"message": "x" * 11}, format="json")
    assert (response.status_code, response.json()["code"]) == (413, "too_large")
    assert balance() == (300, 0)


def test_a_body_that_is_too_large_is_not_read(frontend, owner, settings):
    settings.BODY_MAX_BYTES = 100
    response = frontend.post(URL, {"message": "x" * 200}, format="json")
    assert (response.status_code, response.json()["code"]) == (413, "too_large")


def test_a_key_without_the_scope_is_refused(key_client, owner):
    response = key_client("users:read").post(URL, {"message": "Hi"}, format="json")
    assert (response.status_code, response.json()["code"]) == (403, "forbidden")


def test_nobody_is_refused(anonymous, owner):
    response = anonymous.post(URL, {"message": "Hi"}, format="json")
    assert (response.status_code, response.json()["message"]) == (401, "Unauthorized")


def test_a_person_asks_for_themselves_only(person_client, owner, other_user, balance):
    client = person_client(other_user)
    assert client.post("/api/ai/message", {"message": "Hi"}, format="json").status_code == 200
    response = client.post(URL, {"message": "Hi"}, format="json")
    assert (response.status_code, response.json()["code"]) == (403, "foreign_email")
    assert balance() == (300, 0)
    assert find_user(email=other_user.email).account.available == 299


def test_an_unknown_person_is_not_found(frontend, db):
    response = frontend.post(URL, {"message": "Hi"}, format="json")
    assert (response.status_code, response.json()["code"]) == (404, "user_not_found")


@pytest.mark.parametrize(
    ("made", "sent"), [("Good \ud83d\ude00", "Good \U0001f600"), ("Good \ud83d", "Good \ufffd")]
)
def test_half_a_character_does_not_cost_the_answer(frontend, script, balance, made, sent):
    script(TextDelta(made))
    assert frontend.post(URL, {"message": "Hi"}, format="json").json()["message"] == sent
    assert balance() == (299, 0)
