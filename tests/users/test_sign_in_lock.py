"""Wrong passwords take longer and longer, wherever they are tried."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connections
from django.db.models import F
from django.test import Client
from django.utils import timezone

from tests.conftest import PASSWORD
from users.errors import SignInLockedError
from users.models import SignInFailures, User
from users.services.people import erase_user
from users.services.sign_in_lock import begin_attempt, delete_old_failures

ADA = "ada@example.com"
HOME, AWAY = "203.0.113.7", "203.0.113.9"


@pytest.fixture(autouse=True)
def only_the_lock_refuses(settings):
    settings.SIGN_IN_FAILURES = 3
    settings.LIMITS = {**settings.LIMITS, "sign-in": "off", "token": "off"}


def by_page(email: str, password: str, address: str = HOME) -> Any:
    sent = {"username": email, "password": password}
    return Client().post("/sign-in/", sent, REMOTE_ADDR=address)


def by_admin(email: str, password: str, address: str = HOME) -> Any:
    sent = {"username": email, "password": password}
    return Client().post("/admin/login/", sent, REMOTE_ADDR=address)


def by_browsable_api(email: str, password: str, address: str = HOME) -> Any:
    sent = {"username": email, "password": password}
    return Client().post("/api-auth/login/", sent, REMOTE_ADDR=address)


def by_token(email: str, password: str, address: str = HOME) -> Any:
    sent = {"email": email, "password": password}
    return Client().post("/api/auth/token", sent, "application/json", REMOTE_ADDR=address)


WAYS = pytest.mark.parametrize("way", [by_page, by_admin, by_browsable_api, by_token])


def is_let_in(answer: Any) -> bool:
    return answer.status_code == 302 or "access" in answer.content.decode()[:20]


def wait_out(minutes: int) -> None:
    over = F("locked_until") - timedelta(minutes=minutes)
    SignInFailures.objects.update(locked_until=over)


@WAYS
@pytest.mark.parametrize("email", [ADA, "nobody@example.com"])
def test_after_too_many_even_the_right_password_waits(owner, way: Callable[..., Any], email):
    for _ in range(3):
        assert way(email, "wrong").status_code != 429
    answer = way(email, PASSWORD)
    assert answer.status_code == 429
    assert 30 < int(answer["Retry-After"]) <= 60
    said = f"Too many wrong passwords; try again in {answer['Retry-After']} seconds"
    assert said in answer.content.decode()


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(1, "a second"), (2, "2 seconds"), (119, "119 seconds"), (120, "2 minutes"),
     (121, "3 minutes"), (3_600, "60 minutes")],
)  # fmt: skip
def test_the_wait_is_told_in_words(seconds, said):
    error = SignInLockedError(wait_s=seconds)
    assert f"try again in {said}, or" in error.detail
    assert error.headers["Retry-After"] == str(seconds)


def test_the_code_is_stable(owner):
    for _ in range(3):
        by_token(ADA, "wrong")
    assert by_token(ADA, PASSWORD).json()["code"] == "sign_in_locked"


def test_while_it_is_locked_no_password_is_looked_at(owner, monkeypatch):
    for _ in range(3):
        by_token(ADA, "wrong")
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def note(self: MD5PasswordHasher, password: str, *args: Any, **kwargs: Any) -> str:
        hashed.append(password)
        return encode(self, password, *args, **kwargs)

    monkeypatch.setattr(MD5PasswordHasher, "encode", note)
    by_token(ADA, PASSWORD)
    assert hashed == []


def test_the_ways_and_spellings_count_together(owner):
    by_page("ADA@example.com", "wrong")
    by_admin(ADA, "wrong")
    by_token(" Ada@Example.com ", "wrong")
    assert by_page(ADA, PASSWORD).status_code == 429


def test_from_elsewhere_its_owner_still_gets_in(owner):
    for _ in range(4):
        by_page(ADA, "wrong", AWAY)
    assert is_let_in(by_page(ADA, PASSWORD, HOME))


def test_another_email_is_not_locked(owner, other_user):
    for _ in range(4):
        by_page(ADA, "wrong")
    assert is_let_in(by_page(other_user.email, PASSWORD))


def test_each_further_failure_doubles_the_wait_up_to_an_hour(owner):
    waits = []
    for _ in range(10):
        by_token(ADA, "wrong")
        answer = by_token(ADA, "wrong")
        if answer.status_code == 429:
            waits.append(round(int(answer["Retry-After"]) / 60))
            wait_out(60)
    assert waits[:3] == [1, 2, 4]
    assert waits[-1] == 60


def test_the_right_password_forgets_the_wrong_ones(owner):
    for _ in range(2):
        by_page(ADA, "wrong")
    assert is_let_in(by_page(ADA, PASSWORD))
    assert not SignInFailures.objects.exists()


def test_after_a_day_the_count_begins_anew(owner):
    for _ in range(3):
        by_token(ADA, "wrong")
    yesterday = timezone.now() - timedelta(days=1, minutes=1)
    SignInFailures.objects.update(last_at=yesterday, locked_until=yesterday)
    by_token(ADA, "wrong")
    assert SignInFailures.objects.get().count == 1


def test_old_failures_are_deleted(owner):
    begin_attempt(email=ADA, address=HOME)
    assert delete_old_failures() == 0
    SignInFailures.objects.update(last_at=timezone.now() - timedelta(days=1, minutes=1))
    assert delete_old_failures() == 1


def test_an_erased_person_leaves_none(owner):
    by_token(ADA, "wrong")
    erase_user(user=owner)
    assert not SignInFailures.objects.exists()


def test_it_may_be_switched_off(owner, settings):
    settings.SIGN_IN_FAILURES = 0
    for _ in range(9):
        by_token(ADA, "wrong")
    assert by_token(ADA, PASSWORD).status_code == 200
    assert not SignInFailures.objects.exists()


def test_a_forwarded_address_is_not_believed(owner):
    for number in range(3):
        forged = {"x-forwarded-for": f"198.51.100.{number}"}
        sent = {"username": ADA, "password": "wrong"}
        Client().post("/sign-in/", sent, REMOTE_ADDR=HOME, headers=forged)
    assert by_page(ADA, PASSWORD).status_code == 429


@pytest.mark.django_db(transaction=True)
def test_of_many_guesses_at_once_no_more_are_looked_at():
    def guess(number: int) -> bool:
        try:
            begin_attempt(email=ADA, address=HOME)
        except SignInLockedError:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(guess, range(24))) == 3


def test_staff_let_somebody_try_again(owner):
    for _ in range(3):
        by_page(ADA, "wrong")
    admin = Client()
    admin.force_login(User.objects.create_superuser("root@example.com", PASSWORD))
    assert ADA in admin.get("/admin/users/signinfailures/").content.decode()
    found = admin.get("/admin/users/signinfailures/?q=ada@").content.decode()
    assert HOME in found
    pk = SignInFailures.objects.get().pk
    assert admin.post(f"/admin/users/signinfailures/{pk}/change/", {}).status_code == 403
    assert (
        admin.post(f"/admin/users/signinfailures/{pk}/delete/", {"post": "yes"}).status_code == 302
    )
    assert is_let_in(by_page(ADA, PASSWORD))


def test_staff_without_the_permission_do_not(newcomer):
    begin_attempt(email=ADA, address=HOME)
    client = Client()
    client.force_login(newcomer)
    pk = SignInFailures.objects.get().pk
    url = f"/admin/users/signinfailures/{pk}/delete/"
    assert client.post(url, {"post": "yes"}).status_code == 403
