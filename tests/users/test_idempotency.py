"""The header `Idempotency-Key`: done once, paid once, answered as often as asked."""

from collections.abc import Generator
from datetime import timedelta
from threading import Thread

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone

from ai.errors import ProviderError
from ai.operations import Operation, Receipt, settle
from ai.providers.base import TextDelta
from tests.ai.stand_ins import PCM, StandInSpeech, StandInText
from tests.live import lose_connection, server_only
from users.models import Hold, IdempotentRequest, User
from users.services.answers import claim_key
from users.services.ledger import hold_credits
from users.services.people import erase_user

MESSAGE = "/api/ai/message?email=ada@example.com"
AUDIO = "/api/ai/generate-audio?email=ada@example.com"


@pytest.fixture
def calls(stand_ins, monkeypatch) -> list[str]:
    """What the text stand-in was asked; it answers, unless the test says otherwise."""
    asked: list[str] = []

    def answer() -> TextDelta:
        asked.append("text")
        return TextDelta("Why?")

    monkeypatch.setattr(StandInText, "script", [answer])
    return asked


def ask(client, message="Hi", key="one"):
    return client.post(
        MESSAGE, {"message": message}, format="json", headers={"Idempotency-Key": key}
    )


def test_the_same_request_is_answered_again_and_paid_once(frontend, calls, balance):
    first, second = ask(frontend), ask(frontend)
    assert second.json() == first.json()
    assert second.status_code == 200
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert second.headers["X-Request-ID"] != first.headers["X-Request-ID"]
    assert calls == ["text"]
    assert balance() == (299, 0)


def test_another_body_under_the_same_key_is_refused(frontend, calls, balance):
    ask(frontend)
    response = ask(frontend, "Hello")
    assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")
    assert balance() == (299, 0)


def test_another_person_under_the_same_key_is_refused(frontend, calls, other_user):
    ask(frontend)
    response = frontend.post(
        "/api/ai/message?email=bob@example.com",
        {"message": "Hi"},
        format="json",
        headers={"Idempotency-Key": "one"},
    )
    assert response.status_code == 422


def test_keys_of_two_callers_are_two_keys(frontend, key_client, calls, balance):
    ask(frontend)
    assert "Idempotency-Replayed" not in ask(key_client("ai")).headers
    assert balance() == (298, 0)


def test_keys_differ_by_case(frontend, calls, balance):
    ask(frontend, key="one")
    ask(frontend, key="ONE")
    assert balance() == (298, 0)


def test_while_the_first_runs_the_second_is_told_to_wait(frontend, calls, monkeypatch, balance):
    second = []

    def answer_slowly() -> TextDelta:
        second.append(ask(frontend))
        return TextDelta("Why?")

    monkeypatch.setattr(StandInText, "script", [answer_slowly])
    assert ask(frontend).status_code == 200
    assert (second[0].status_code, second[0].json()["code"]) == (409, "operation_in_progress")
    assert balance() == (299, 0)


def test_a_failure_frees_the_key(frontend, calls, monkeypatch, balance):
    script = StandInText.script
    monkeypatch.setattr(StandInText, "script", [ProviderError()])
    assert ask(frontend).status_code == 502
    monkeypatch.setattr(StandInText, "script", script)
    assert ask(frontend).status_code == 200
    assert balance() == (299, 0)


@server_only
def test_a_failure_frees_the_key_over_a_lost_connection(
    transactional_db, frontend, calls, monkeypatch
):
    def settle_and_lose_connection(operation: Operation) -> Receipt:
        receipt = settle(operation)
        lose_connection()
        return receipt

    monkeypatch.setattr("ai.operations.settle", settle_and_lose_connection)
    monkeypatch.setattr(StandInText, "script", [ProviderError()])
    assert ask(frontend).status_code == 502
    assert not IdempotentRequest.objects.exists()


def test_a_crash_after_settling_never_charges_twice(frontend, calls, balance):
    ask(frontend)
    # The answer was never stored, and the claim has lapsed.
    IdempotentRequest.objects.update(
        status=None, locked_until=timezone.now() - timedelta(seconds=1)
    )
    response = ask(frontend)
    assert (response.status_code, response.json()["code"]) == (409, "operation_settled")
    assert calls == ["text"]
    assert balance() == (299, 0)


def test_after_a_crash_before_settling_the_work_is_done_again(
    frontend, calls, monkeypatch, owner, balance
):
    claimed = []

    def crash() -> TextDelta:
        claimed.append(IdempotentRequest.objects.get())
        raise ProviderError

    answering = StandInText.script
    monkeypatch.setattr(StandInText, "script", [crash])
    ask(frontend)
    # What a killed process leaves: the claim and the hold, both of which lapse.
    key, past = claimed[0].operation_key, timezone.now() - timedelta(seconds=1)
    claim_key(operation_key=key, fingerprint=claimed[0].fingerprint, user=owner)
    hold_credits(user=owner, amount=1, purpose="text", operation_key=key)
    assert ask(frontend).status_code == 409
    IdempotentRequest.objects.update(locked_until=past)
    Hold.objects.update(expires_at=past)
    monkeypatch.setattr(StandInText, "script", answering)
    assert ask(frontend).status_code == 200
    assert balance() == (299, 0)


def test_sound_is_replayed_whole(frontend, stand_ins, monkeypatch, balance):
    said: list[str] = []

    def say(text: str) -> Generator[bytes, None, None]:
        said.append(text)
        yield PCM * 200

    monkeypatch.setattr(StandInSpeech, "say", staticmethod(say))
    monkeypatch.setattr("users.idempotency.PIECE_BYTES", 1_000)

    def speak():
        return frontend.post(
            AUDIO, {"message": "Hello."}, format="json", headers={"Idempotency-Key": "one"}
        )

    first = speak()
    sound = b"".join(first)
    second = speak()
    assert b"".join(second) == sound
    assert len(sound) > 3_000
    assert second.headers["Content-Type"] == "audio/mpeg"
    assert second.headers["X-Operation-ID"] == first.headers["X-Operation-ID"]
    assert second.headers["Idempotency-Replayed"] == "true"
    assert said == ["Hello."]
    assert balance() == (299, 0)


def test_sound_that_was_broken_off_is_not_replayed_and_not_paid_twice(
    frontend, stand_ins, monkeypatch, balance, hang_up
):
    def say(text: str) -> Generator[bytes, None, None]:
        while True:
            yield PCM

    monkeypatch.setattr(StandInSpeech, "say", staticmethod(say))
    response = frontend.post(
        AUDIO, {"message": "Hello."}, format="json", headers={"Idempotency-Key": "one"}
    )
    next(iter(response))
    hang_up(response)
    assert not IdempotentRequest.objects.exists()
    assert balance() == (300, 0)


def test_credits_are_granted_once(frontend, owner, balance):
    def grant():
        return frontend.post(
            f"/api/users/{owner.pk}/credits",
            {"amount": 50, "reason": "Prize"},
            format="json",
            headers={"Idempotency-Key": "prize"},
        )

    assert grant().json() == grant().json()
    assert balance() == (350, 0)


@pytest.mark.parametrize("key", ["", "x" * 256, "tab\there", "ünïcode"])
def test_a_key_that_is_none_is_refused(frontend, calls, balance, key):
    response = ask(frontend, key=key)
    assert (response.status_code, response.json()["code"]) == (400, "bad_idempotency_key")
    assert balance() == (300, 0)


def test_answers_are_forgotten_after_a_day(frontend, calls, settings):
    ask(frontend)
    settings.ANSWERS_KEPT_S = 3_600
    call_command("delete_old_answers", verbosity=0)
    assert IdempotentRequest.objects.exists()
    IdempotentRequest.objects.update(created_at=timezone.now() - timedelta(hours=2))
    call_command("delete_old_answers", verbosity=0)
    assert not IdempotentRequest.objects.exists()


def test_a_forgotten_answer_is_still_not_paid_twice(frontend, calls, balance):
    ask(frontend)
    IdempotentRequest.objects.all().delete()
    response = ask(frontend)
    assert (response.status_code, response.json()["code"]) == (409, "operation_settled")
    assert balance() == (299, 0)


def test_erasing_a_person_erases_their_answers(frontend, calls, owner):
    ask(frontend)
    erase_user(user=owner)
    assert not IdempotentRequest.objects.exists()


def test_erasing_a_person_erases_answers_about_them_by_id(frontend, staff, person_client, owner):
    for client in (frontend, person_client(staff)):
        client.post(
            f"/api/users/{owner.pk}/credits",
            {"amount": 5, "reason": "Thanks, Ada"},
            format="json",
            headers={"Idempotency-Key": "one"},
        )
    assert IdempotentRequest.objects.count() == 2
    erase_user(user=owner)
    assert not IdempotentRequest.objects.exists()


def test_an_answer_that_is_being_given_goes_once_it_ended(
    frontend, owner, monkeypatch, stand_ins, run_tasks
):
    """The request needs its row until then; its client gets the whole answer."""

    def answer_meanwhile() -> TextDelta:
        erase_user(user=User.objects.get(pk=owner.pk))
        return TextDelta("Why?")

    monkeypatch.setattr(StandInText, "script", [answer_meanwhile])
    assert ask(frontend).status_code == 200
    assert IdempotentRequest.objects.count() == 1
    assert run_tasks(later=True) == 1
    assert not IdempotentRequest.objects.exists()


def test_two_at_once_are_one_operation(transactional_db, frontend, calls, balance):
    answers = []
    threads = [Thread(target=lambda: answers.append(ask(frontend))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {response.status_code for response in answers} <= {200, 409}
    assert 200 in {response.status_code for response in answers}
    assert calls == ["text"]
    assert balance() == (299, 0)


def test_a_body_of_another_shape_is_another_body(frontend, owner):
    def give(**more):
        body = {"amount": 5, "reason": "Thanks", **more}
        url = f"/api/users/{owner.pk}/credits"
        headers = {"Idempotency-Key": "one"}
        return frontend.post(url, body, format="json", headers=headers).status_code

    assert (give(a={"b": 1}), give(ab=1)) == (200, 422)


def test_an_answer_that_cannot_be_kept_frees_its_key(frontend, calls, monkeypatch):
    def fail(**kwargs) -> None:
        raise OperationalError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr("users.idempotency.add_piece", fail)
        assert ask(frontend).status_code == 503
    assert ask(frontend).json()["code"] == "operation_settled"
