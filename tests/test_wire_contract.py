"""The routes that existing frontends call, called as they call them; and what is new beside them.

Shapes are compared whole: a member too many or of another type is a failure.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from ai.audio import read_recording
from ai.providers.piper import PiperSpeech
from ai.providers.registry import _build, get_provider
from tests.users.conftest import google, jwks_server
from tests.users.issuer import google_claims, sign

__all__ = ["google", "jwks_server"]

pytestmark = pytest.mark.django_db

EMAIL = "?email=ada@example.com"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

SETTINGS = {
    "email": "ada@example.com",
    "llm_model": "gpt-3.5-turbo",
    "stt_model": "whisper-1",
    "tts_model": "elevenlabs-multilingual-v1",
    "auto_play_audio": True,
}
USER = {
    "ID": int,
    "email": "ada@example.com",
    "credits": 300,
    "created_at": TIME,
    "updated_at": TIME,
    "UserSettings": SETTINGS,
}
SERVED = {"requested": str, "served": str, "provider": str, "reason": str}
PRICE = {"credits": int, "per": int, "unit": str}
PROBLEM = {
    "type": "about:blank",
    "title": str,
    "status": int,
    "detail": str,
    "code": str,
    "message": str,
    "request_id": str,
}


@pytest.fixture(scope="module", autouse=True)
def close_built_in_voice() -> Iterator[None]:
    """The voice is a program of its own, which outlives the tests that use it."""
    yield
    voice = get_provider("piper", "speech")
    assert isinstance(voice, PiperSpeech)
    voice.close()
    _build.cache_clear()


def receipt(charged: int) -> dict[str, object]:
    return {"operation_id": UUID, "held": int, "charged": charged, "balance": 300 - charged}


def assert_shape(value: Any, shape: Any) -> None:
    """A type, a pattern, a value, a mapping of all members, or a list of one shape of all items."""
    if isinstance(shape, dict):
        assert isinstance(value, dict)
        assert set(value) == set(shape)
        for name, inner in shape.items():
            assert_shape(value[name], inner)
    elif isinstance(shape, list):
        assert isinstance(value, list)
        for item in value:
            assert_shape(item, shape[0])
    elif isinstance(shape, type):
        assert type(value) is shape
    elif isinstance(shape, re.Pattern):
        assert shape.fullmatch(value)
    else:
        assert value == shape
        assert type(value) is type(shape)


def assert_json(response: Any, status: int, shape: Any) -> Any:
    assert response.status_code == status
    assert response["Content-Type"] == "application/json"
    assert response["X-Request-ID"]
    assert_shape(response.json(), shape)
    return response.json()


def assert_problem(response: Any, status: int, code: str, **more: Any) -> None:
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    assert_shape(response.json(), PROBLEM | {"status": status, "code": code} | more)


def post(client: Any, path: str, body: object) -> Any:
    """As a frontend does with `fetch` and `JSON.stringify`."""
    return client.generic("POST", path, json.dumps(body), "application/json")


# Part 1: what existing frontends call.


def test_the_front_door_needs_no_key(anonymous):
    assert_json(anonymous.get("/"), 200, {"data": "Server is up and running"})


@pytest.mark.parametrize("key", [None, "", "wrong", "it_00000000_wrong"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/auth/callback"),
        ("GET", "/api/auth/logout"),
        ("POST", "/api/users"),
        ("GET", f"/api/users{EMAIL}"),
        ("GET", f"/api/users/settings{EMAIL}"),
        ("POST", f"/api/users/settings{EMAIL}"),
        ("POST", f"/api/ai/message{EMAIL}"),
        ("POST", f"/api/ai/generate-audio{EMAIL}"),
        ("POST", "/api/ai/chunk?text=Hello"),
        ("POST", f"/api/ai/speech-to-text{EMAIL}"),
        ("POST", "/api/debugging"),
        ("POST", f"/api/debugging/get-user-details{EMAIL}"),
        ("GET", "/api/debugging/get-all-users"),
        ("POST", f"/api/debugging/update-tokens-for-user{EMAIL}&tokenAmount=5"),
    ],
)
def test_every_api_route_needs_a_key(anonymous, method, path, key):
    headers = {} if key is None else {"x-api-key": key}
    response = anonymous.generic(method, path, headers=headers)
    assert_problem(response, 401, "not_authenticated", message="Unauthorized")


def test_the_callback_takes_a_raw_google_token(frontend, google):
    headers = {"authorization": sign(google_claims())}
    response = frontend.get("/api/auth/callback", headers=headers)
    assert_json(response, 200, {"email": "ada@example.com", "name": "Ada Lovelace"})
    assert frontend.cookies["sessionid"].value
    assert_json(frontend.get(f"/api/users{EMAIL}"), 200, USER)


def test_logout_ends_the_session(frontend, owner):
    frontend.force_login(owner)
    assert_json(frontend.get("/api/auth/logout"), 200, {"message": str})
    assert frontend.cookies["sessionid"].value == ""


def test_a_user_is_created_once(frontend):
    assert_json(post(frontend, "/api/users", {"email": "ada@example.com"}), 200, USER)
    again = post(frontend, "/api/users", {"email": "ada@example.com"})
    assert_problem(again, 409, "email_taken")


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_user_is_read_by_email(frontend, owner, slash):
    assert_json(frontend.get(f"/api/users{slash}{EMAIL}"), 200, USER)


def test_a_user_that_there_is_not_is_not_found(frontend):
    assert_problem(frontend.get(f"/api/users{EMAIL}"), 404, "user_not_found")


def test_settings_are_read_and_stored(frontend, owner):
    path = f"/api/users/settings{EMAIL}"
    assert_json(frontend.get(path), 200, SETTINGS)
    wanted = {
        "llm_model": "chat-bison",
        "stt_model": "vertex",
        "tts_model": "unreal-speech",
        "auto_play_audio": False,
    }
    stored = {"email": "ada@example.com", **wanted}
    assert_json(post(frontend, path, wanted), 200, stored)
    assert_json(frontend.get(path), 200, stored)


def test_a_message_is_answered(frontend, owner):
    answer = assert_json(
        post(frontend, f"/api/ai/message{EMAIL}", {"message": "Candidate: I led a migration."}),
        200,
        {"message": str, "status": "success", "model": SERVED, "receipt": receipt(1)},
    )
    assert answer["message"]


def test_a_message_without_credits_says_so_in_the_words_that_are_shown(frontend, penniless):
    response = post(frontend, f"/api/ai/message{EMAIL}", {"message": "Hello"})
    message = "You have no more credits left"
    assert_problem(response, 402, "insufficient_credits", message=message, required=1, balance=0)


def test_speech_is_an_mp3_that_a_transcriber_reads_back(frontend, owner):
    text = "Tell me about a project that you are proud of."
    spoken = post(frontend, f"/api/ai/generate-audio{EMAIL}", {"message": text})
    assert spoken.status_code == 200
    assert spoken.streaming
    assert spoken["Content-Type"] == "audio/mpeg"
    assert not spoken.has_header("Content-Length")
    assert spoken["X-Credits-Charged"] == "1"
    assert spoken["X-Credits-Balance"] == "299"
    assert_shape(spoken["X-Operation-ID"], UUID)
    assert spoken["X-Model"] == "builtin-voice"
    sound = b"".join(spoken)
    assert read_recording(sound, max_duration_s=30).duration_s > 1

    heard = post(frontend, f"/api/ai/speech-to-text{EMAIL}", {"audioData": list(sound)})
    transcript = assert_json(
        heard,
        200,
        {
            "text": str,
            "words": [{"text": str, "start_s": float, "end_s": float}],
            "language": "en",
            "duration_s": float,
            "model": SERVED,
            "receipt": receipt(1) | {"balance": 298},
        },
    )
    assert "project" in transcript["text"].lower()


def test_a_text_is_cut(frontend):
    response = post(frontend, "/api/ai/chunk?text=I%20have%203.5%20apples.", None)
    assert_json(response, 200, ["I have 3.5 apples."])


def test_the_debugging_route_shows_what_the_server_saw(frontend):
    seen = assert_json(
        post(frontend, "/api/debugging?a=1", {"any": ["thing"]}),
        200,
        {
            "method": "POST",
            "path": "/api/debugging",
            "query": {"a": "1"},
            "headers": dict,
            "body": {"any": ["thing"]},
            "address": str,
        },
    )
    assert seen["headers"]["X-Api-Key"] == "(hidden)"


def test_the_debugging_routes_show_users_and_add_credits(frontend, owner):
    path = "/api/debugging/get-user-details"
    assert_json(frontend.post(f"{path}{EMAIL}"), 200, USER)
    assert_json(frontend.get("/api/debugging/get-all-users"), 200, [USER])
    path = f"/api/debugging/update-tokens-for-user{EMAIL}&tokenAmount="
    assert_json(frontend.post(f"{path}20"), 200, USER | {"credits": 320})
    assert_json(frontend.post(f"{path}-1"), 200, USER | {"credits": 319})
    assert_problem(
        frontend.post(f"{path}-320"), 402, "insufficient_credits", required=320, balance=319
    )


# Part 3: what is new.

ENTRY = {
    "id": int,
    "sequence": int,
    "kind": str,
    "available": int,
    "held": int,
    "charged": int,
    "available_after": int,
    "held_after": int,
    "reason": str,
    "operation_id": type(None),
    "created_at": TIME,
}


def test_a_person_signs_in_for_tokens_and_acts_for_themselves(anonymous, owner, other_user):
    sent = {"email": "ada@example.com", "password": "correct horse battery staple"}
    tokens = assert_json(
        post(anonymous, "/api/auth/token", sent), 200, {"access": str, "refresh": str}
    )
    refreshed = post(anonymous, "/api/auth/token/refresh", {"refresh": tokens["refresh"]})
    access = assert_json(refreshed, 200, {"access": str})["access"]
    anonymous.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
    me = USER | {"name": "Ada", "held": 0, "is_staff": False}
    assert_json(anonymous.get("/api/me"), 200, me)
    assert_json(anonymous.get(f"/api/me{EMAIL}"), 200, me)
    assert_problem(anonymous.get("/api/me?email=bob@example.com"), 403, "foreign_email")
    ledger = {"balance": 300, "held": 0, "entries": [ENTRY], "next": None, "previous": None}
    assert_json(anonymous.get("/api/me/credits"), 200, ledger)


def test_users_are_listed_changed_and_deleted(frontend, owner):
    page = {"next": None, "previous": None, "results": [USER]}
    assert_json(frontend.get("/api/users?search=ada"), 200, page)
    path = f"/api/users/{owner.pk}"
    assert_json(frontend.get(path), 200, USER)
    changed = frontend.patch(path, {"email": "ada2@example.com"}, format="json")
    settings = SETTINGS | {"email": "ada2@example.com"}
    assert_json(changed, 200, USER | {"email": "ada2@example.com", "UserSettings": settings})
    assert frontend.delete(path).status_code == 204
    assert_problem(frontend.get(path), 404, "not_found")


def test_credits_are_granted_once_for_an_idempotency_key(frontend, owner):
    path = f"/api/users/{owner.pk}/credits"
    headers = {"idempotency-key": "grant-1"}
    sent = {"amount": 5, "reason": "Thanks"}
    first = frontend.post(path, sent, format="json", headers=headers)
    assert_json(first, 200, {"balance": 305, "held": 0, "entry": ENTRY})
    again = frontend.post(path, sent, format="json", headers=headers)
    assert (again.status_code, again["Idempotency-Replayed"]) == (200, "true")
    assert again.json() == first.json()
    other = frontend.post(path, sent | {"amount": 6}, format="json", headers=headers)
    assert_problem(other, 422, "idempotency_key_reused")


def test_the_catalogue_and_a_quote_say_what_things_cost(frontend, owner):
    models = frontend.get("/api/ai/models")
    shape = {
        "name": str,
        "provider": str,
        "capability": str,
        "price": PRICE,
        "max_characters": int,
        "old_names": [str],
        "replaced_by": str,
        "available": bool,
        "missing": str,
    }
    assert models.status_code == 200
    for model in models.json():
        retires_on = model.pop("retires_on")
        assert retires_on is None or DATE.fullmatch(retires_on)
        assert_shape(model, shape)
    sent = {"capability": "speech", "message": "x" * 501}
    quote = {"capability": "speech", "model": SERVED, "price": PRICE, "units": 501, "credits": 2}
    assert_json(post(frontend, f"/api/ai/quote{EMAIL}", sent), 200, quote)


def test_a_message_streams_as_events(frontend, owner):
    response = frontend.post(
        f"/api/ai/message{EMAIL}",
        {"message": "Hello"},
        format="json",
        headers={"accept": "text/event-stream"},
    )
    assert response["Content-Type"].startswith("text/event-stream")
    events = re.findall(r"^event: (\w+)$", b"".join(response).decode(), re.MULTILINE)
    assert events[:2] == ["meta", "delta"]
    assert events[-2:] == ["receipt", "done"]
