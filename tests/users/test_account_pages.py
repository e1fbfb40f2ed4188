"""Settings and credits: the pages of somebody who is signed in."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from tests.conftest import PASSWORD
from tests.users.site import WORDS, is_signed_in
from users.models import User
from users.services.ledger import Author, hold_credits, post_hold, reverse_entry, void_hold

pytestmark = pytest.mark.django_db

# Settings


def test_a_name_is_changed_and_nothing_else(signed_in: Client, owner: User):
    sent = {"name": "Ada L.", "email": "eve@example.com", "is_staff": "on"}
    assert signed_in.post("/settings/", sent)["Location"] == "/settings/"
    owner.refresh_from_db()
    assert (owner.name, owner.email, owner.is_staff) == ("Ada L.", "ada@example.com", False)


def test_html_in_a_name_is_escaped(signed_in: Client):
    signed_in.post("/settings/", {"name": "<script>alert(1)</script>"})
    page = signed_in.get("/settings/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_password_is_changed_with_the_one_before(signed_in: Client, owner: User):
    elsewhere = Client()
    elsewhere.force_login(owner)
    wrong = signed_in.post("/settings/password/", {"current": "wrong", "password": WORDS})
    assert set(wrong.context["form"].errors) == {"current"}
    right = signed_in.post("/settings/password/", {"current": PASSWORD, "password": WORDS})
    assert right.status_code == 302
    assert is_signed_in(signed_in)
    assert not is_signed_in(elsewhere)


def test_a_closed_account_keeps_its_row_and_an_erased_one_no_name(client: Client, owner: User):
    for how, is_erased in (("close", False), ("erase", True)):
        user = User.objects.create_user(f"{how}@example.com", PASSWORD, name="Someone")
        client.force_login(user)
        sent = {"how": how, "email": f" {how.upper()}@example.com"}
        assert client.post("/settings/delete/", sent)["Location"] == "/"
        user.refresh_from_db()
        assert user.deleted_at is not None
        assert (user.erased_at is not None, user.name == "") == (is_erased, is_erased)
        assert not is_signed_in(client)


@pytest.mark.parametrize(
    "sent", [{}, {"how": "erase"}, {"email": "ada@example.com"}, {"how": "x", "email": "x"}]
)
def test_nothing_is_deleted_by_half_a_confirmation(signed_in: Client, owner: User, sent):
    assert signed_in.post("/settings/delete/", sent).status_code == 200
    owner.refresh_from_db()
    assert owner.deleted_at is None


# Credits


def test_receipts_say_in_words_what_happened(signed_in: Client, owner: User, staff: User):
    hold = hold_credits(user=owner, amount=7, purpose="speech: builtin-voice")
    page = words_of(signed_in.get("/credits/"))
    assert "Speech (builtin-voice) Set aside while it runs −7" in page
    assert "To spend 293 Set aside 7" in page
    void_hold(hold=hold)
    page = words_of(signed_in.get("/credits/"))
    assert "Speech (builtin-voice) It did not work, and cost nothing 0" in page
    assert "Welcome credits Added +300" in page
    hold = hold_credits(user=owner, amount=7, purpose="text: builtin-coach")
    entry = post_hold(hold=hold, amount=2)
    page = words_of(signed_in.get("/credits/"))
    assert "The interviewer's words (builtin-coach) −2" in page
    assert "Set aside while" not in page
    reverse_entry(entry=entry, reason="Our mistake", author=Author(user=staff))
    assert "Our mistake Given back +2" in words_of(signed_in.get("/credits/"))


@pytest.mark.parametrize("before", ["", "x", "-1", "9" * 30, "\x00", "1'"])
def test_a_made_up_page_of_receipts_is_the_first(signed_in: Client, before):
    response = signed_in.get("/credits/", {"before": before})
    assert "Welcome credits" in response.content.decode()


def test_a_page_of_receipts_takes_the_same_queries_however_many(
    signed_in: Client, owner: User, django_assert_num_queries: Callable[..., Any]
):
    for _ in range(3):
        hold_credits(user=owner, amount=1, purpose="text: builtin-coach")
    with django_assert_num_queries(3):
        signed_in.get("/credits/")


def words_of(response: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())
