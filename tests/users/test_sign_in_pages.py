"""Signing up, in and out, and a new password by mail: forms that anyone may send anything to."""

import re
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from django.utils.http import urlsafe_base64_encode

from tests.conftest import PASSWORD
from tests.live import wait_until
from tests.users.site import WORDS, is_signed_in
from users.models import User
from users.services.people import delete_user

pytestmark = pytest.mark.django_db

ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "http:///evil.example",
    "javascript:alert(1)",
    " https://evil.example/",
    "https:evil.example",
]
# What a form must take without failing.
BROKEN = ["\x00", "a" * 100_000, "\ud7ff\uffff", "' OR 1=1 --", "{{ 7*7 }}", "%00", "🙂"]


def sign_up(client: Client, **changes: str) -> Any:
    sent = {"email": "grace@example.com", "name": "Grace", "password": WORDS} | changes
    return client.post("/sign-up/", sent)


def sign_in(client: Client, email: str, password: str, **more: str) -> Any:
    return client.post("/sign-in/", {"username": email, "password": password} | more)


# Signing up


def test_signing_up_makes_a_whole_person_and_signs_them_in(client: Client):
    response = sign_up(client, email="Grace@EXAMPLE.com")
    assert (response.status_code, response["Location"]) == (302, "/practice/")
    user = User.objects.get(email="grace@example.com")
    assert (user.name, user.account.available, user.is_staff) == ("Grace", 300, False)
    assert user.settings.auto_play_audio
    assert is_signed_in(client)


def test_signing_up_makes_nobody_staff(client: Client):
    sign_up(client, is_staff="on", is_superuser="on", has_unproven_email="")
    user = User.objects.get(email="grace@example.com")
    assert not user.is_staff
    assert not user.is_superuser
    assert user.has_unproven_email


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": ""}, "email"),
        ({"email": "a@b@c.example"}, "email"),
        ({"password": "short"}, "password"),
        ({"password": "password1234"}, "password"),
        ({"password": "3141592653589"}, "password"),
        ({"password": "grace@example.com"}, "password"),
        (
            {"password": "Gracehopper", "name": "Gracehopper", "email": "g@gracehopper.com"},
            "password",
        ),
        ({"name": "x" * 201}, "name"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(client: Client, changes, field):
    response = sign_up(client, **changes)
    assert response.status_code == 200
    assert set(response.context["form"].errors) == {field}
    assert not User.objects.exists()


@pytest.mark.parametrize("text", BROKEN)
@pytest.mark.parametrize("field", ["email", "name", "password"])
def test_signing_up_takes_anything_without_failing(client: Client, field, text):
    assert sign_up(client, **{field: text}).status_code in (200, 302)


def test_an_address_that_is_taken_is_refused(client: Client, owner: User):
    response = sign_up(client, email="ADA@example.com")
    assert response.context["form"].errors["email"]
    assert not is_signed_in(client)
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)


def test_nobody_signs_up_where_that_is_closed(client: Client, settings):
    settings.SIGN_UP_OPEN = False
    assert client.get("/sign-up/").status_code == 403
    assert sign_up(client).status_code == 403
    assert not User.objects.exists()


# Signing in


def test_signing_in_leads_to_practising_or_where_one_wanted_to_go(client: Client, owner: User):
    assert sign_in(client, "ADA@example.com", PASSWORD)["Location"] == "/practice/"
    response = client.get("/sign-in/?next=/credits/")
    assert response["Location"] == "/credits/"


def test_a_page_of_one_s_own_asks_who_is_there_and_comes_back(client: Client, owner: User):
    for path in ("/settings/", "/settings/interviewer/", "/settings/delete/", "/credits/"):
        assert client.get(path)["Location"] == f"/sign-in/?next={path}"
    page = client.get("/sign-in/?next=/credits/").content.decode()
    assert '<input type="hidden" name="next" value="/credits/">' in page
    assert sign_in(client, "ada@example.com", PASSWORD, next="/credits/")["Location"] == "/credits/"


@pytest.mark.parametrize("path", ELSEWHERE)
def test_nobody_is_sent_elsewhere(client: Client, owner: User, path):
    response = sign_in(client, "ada@example.com", PASSWORD, next=path)
    assert response["Location"] == "/practice/"
    assert client.get("/sign-in/", {"next": path})["Location"] == "/practice/"
    assert client.get("/sign-up/", {"next": path})["Location"] == "/practice/"
    client.logout()
    assert sign_up(client, next=path)["Location"] == "/practice/"


@pytest.mark.parametrize("path", ["/sign-in/", "/sign-up/"])
def test_a_way_back_to_the_same_page_is_no_circle(signed_in: Client, path):
    assert signed_in.get(path, {"next": path})["Location"] == "/practice/"


def test_every_failure_to_sign_in_says_the_same(client: Client, owner: User, other_user: User):
    delete_user(user=other_user)
    switched_off = User.objects.create_user("off@example.com", PASSWORD, is_active=False)
    passwordless = User.objects.create_user("none@example.com")
    pages = {
        re.sub(r'value="[^"]*"', "", sign_in(client, email, password).content.decode())
        for email, password in (
            ("ada@example.com", "wrong"),
            ("nobody@example.com", PASSWORD),
            (other_user.email, PASSWORD),
            (switched_off.email, PASSWORD),
            (passwordless.email, PASSWORD),
            ("not an address", PASSWORD),
        )
    }
    assert len(pages) == 1
    assert "do not go together" in pages.pop()


def test_an_unknown_address_costs_a_hash_too(client: Client, owner: User, monkeypatch):
    """So that time does not tell who has an account."""
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def count(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", count)
    for email in ("ada@example.com", "nobody@example.com", "not an address"):
        hashed.clear()
        sign_in(client, email, "wrong")
        assert hashed == ["wrong"], email


@pytest.mark.parametrize("text", BROKEN)
def test_signing_in_takes_anything_without_failing(client: Client, text):
    assert sign_in(client, text, text).status_code == 200


def test_the_session_is_a_new_one_after_signing_in(client: Client, owner: User):
    session = client.session
    session["planted"] = "by someone else"
    session.save()
    before = session.session_key
    sign_in(client, "ada@example.com", PASSWORD)
    after = client.session.session_key
    assert after not in (None, before)
    assert not Session.objects.filter(session_key=before).exists()


def test_the_session_is_a_new_one_after_signing_up(client: Client):
    session = client.session
    session["planted"] = "by someone else"
    session.save()
    before = session.session_key
    sign_up(client)
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def test_signing_out_takes_a_form(signed_in: Client):
    assert signed_in.get("/sign-out/").status_code == 405
    assert is_signed_in(signed_in)
    assert signed_in.post("/sign-out/")["Location"] == "/"
    assert not is_signed_in(signed_in)


@pytest.mark.parametrize(
    "path",
    ["/sign-up/", "/sign-in/", "/sign-out/", "/password-reset/", "/settings/", "/theme/"]
    + ["/settings/password/", "/settings/delete/", "/settings/interviewer/"],
)
def test_a_form_without_its_token_is_refused(owner: User, path):
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    assert client.post(path, {"name": "Eve"}).status_code == 403


def test_a_person_s_pages_are_kept_by_no_browser(signed_in: Client):
    for path in ("/settings/", "/settings/interviewer/", "/settings/password/", "/credits/"):
        assert "no-store" in signed_in.get(path)["Cache-Control"]


def test_only_staff_see_the_way_to_the_admin_site(client: Client, owner: User, staff: User):
    client.force_login(owner)
    assert "/admin/" not in client.get("/credits/").content.decode()
    client.force_login(staff)
    assert 'href="/admin/"' in client.get("/credits/").content.decode()


# A new password by mail


def ask_for_password(client: Client, email: str) -> Any:
    return client.post("/password-reset/", {"email": email})


def link_in(message: Any) -> str:
    found = re.search(r"http://testserver(/password-reset/\S+)", message.body)
    assert found
    return found.group(1)


def set_by_link(client: Client, link: str, password: str) -> Any:
    return client.post(client.get(link)["Location"], {"password": password})


def test_the_answer_does_not_tell_who_has_an_account(client: Client, owner: User):
    answers = [ask_for_password(client, email) for email in ("ada@example.com", "x@example.com")]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {
        (302, "/password-reset/sent/")
    }
    wait_until(lambda: mail.outbox)
    (message,) = mail.outbox
    assert message.to == ["ada@example.com"]
    assert type(message) is EmailMessage  # plain text


def test_a_link_sets_a_password_once_and_ends_every_session(client: Client, owner: User):
    elsewhere = Client()
    elsewhere.force_login(owner)
    ask_for_password(client, "ada@example.com")
    wait_until(lambda: mail.outbox)
    link = link_in(mail.outbox[0])
    assert set_by_link(client, link, "short").context["form"].errors
    assert set_by_link(client, link, WORDS)["Location"] == "/sign-in/"
    assert not is_signed_in(elsewhere)
    assert "does not work any more" in client.get(link).content.decode()
    assert sign_in(client, "ada@example.com", WORDS).status_code == 302


def test_who_never_had_a_password_gets_one_by_mail(client: Client):
    User.objects.create_user("none@example.com")
    ask_for_password(client, "none@example.com")
    wait_until(lambda: mail.outbox)
    set_by_link(client, link_in(mail.outbox[0]), WORDS)
    assert sign_in(client, "none@example.com", WORDS).status_code == 302


def test_who_is_gone_gets_no_mail_and_no_password(client: Client, owner: User):
    ask_for_password(client, "ada@example.com")
    wait_until(lambda: mail.outbox)
    delete_user(user=owner)
    page = client.get(link_in(mail.outbox[0])).content.decode()
    assert "does not work any more" in page
    ask_for_password(client, "ada@example.com")
    User.objects.create_user("last@example.com")
    ask_for_password(client, "last@example.com")
    wait_until(lambda: len(mail.outbox) > 1)
    assert mail.outbox[1].to == ["last@example.com"]


@pytest.mark.parametrize(
    "path",
    [
        "/password-reset/x/set-password/",
        "/password-reset/!!/token/",
        "/password-reset/OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5/a-b/",
        f"/password-reset/{urlsafe_base64_encode(b'1' * 500)}/a-b/",
        f"/password-reset/{urlsafe_base64_encode(chr(0).encode())}/a-b/",
    ],
)
def test_a_made_up_link_does_not_work(client: Client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert "does not work any more" in response.content.decode()


def test_where_no_mail_is_sent_the_page_says_so(client: Client, settings):
    settings.EMAIL_URL = ""
    page = client.get("/password-reset/").content.decode()
    assert "does not send mail" in page
    assert "Send me the link" not in page


# Who signed up with an address that is not theirs


def test_the_mail_s_reader_takes_an_address_back(client: Client):
    squatter = Client()
    sign_up(squatter)
    ask_for_password(client, "grace@example.com")
    wait_until(lambda: mail.outbox)
    set_by_link(client, link_in(mail.outbox[0]), "nine loud geese under the bridge")
    assert not is_signed_in(squatter)
    assert not User.objects.get(email="grace@example.com").has_unproven_email
