"""Credits in the admin site: granted, adjusted, reversed, each once and with a reason."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from users.models import LedgerEntry, User
from users.services.ledger import grant_credits, hold_credits, post_hold
from users.services.people import delete_user


def page(name: str, user: User) -> str:
    return reverse(f"admin:users_user_{name}", args=[user.pk])


def rendered_key(client, address: str) -> str:
    found = re.search(r'name="operation_key" value="([^"]+)"', client.get(address).content.decode())
    assert found
    return found[1]


def send(client, address: str, amount: object, reason: str = "Goodwill"):
    key = rendered_key(client, address)
    return client.post(address, {"amount": amount, "reason": reason, "operation_key": key})


def available(user: User) -> int:
    user.account.refresh_from_db()
    return user.account.available


@pytest.mark.parametrize("who", ["admin", "support"])
def test_a_grant_is_posted_with_its_reason_and_author(request, owner, who):
    client = request.getfixturevalue(who)
    assert send(client, page("grant", owner), 50).status_code == 302
    entry = LedgerEntry.objects.latest("pk")
    author = User.objects.get(pk=client.session["_auth_user_id"])
    assert (entry.kind, entry.available, entry.reason) == ("grant", 50, "Goodwill")
    assert (entry.account_id, entry.author) == (owner.pk, author)
    logged = LogEntry.objects.get()
    assert (logged.object_id, logged.user) == (str(owner.pk), author)
    assert logged.get_change_message() == "Grant of 50."


def test_a_form_that_is_sent_twice_grants_once(admin, owner):
    address = page("grant", owner)
    form = {"amount": 50, "reason": "Goodwill", "operation_key": rendered_key(admin, address)}
    admin.post(address, form)
    again = admin.post(address, form, follow=True)
    assert "This form was sent before; it counted once." in again.content.decode()
    assert available(owner) == 350
    assert LogEntry.objects.count() == 1


def test_two_forms_grant_twice(admin, owner):
    send(admin, page("grant", owner), 50)
    send(admin, page("grant", owner), 50)
    assert available(owner) == 400


@pytest.mark.parametrize("amount", [0, -1, 1_000_001, "ten", "", 1.5])
def test_a_grant_is_of_one_credit_or_more(admin, owner, amount):
    answer = send(admin, page("grant", owner), amount)
    assert answer.context["form"].errors["amount"]
    assert available(owner) == 300


@pytest.mark.parametrize("name", ["grant", "adjust"])
def test_credits_need_a_reason(admin, owner, name):
    answer = send(admin, page(name, owner), 5, reason="  ")
    assert answer.context["form"].errors["reason"]
    assert available(owner) == 300


def test_an_adjustment_takes_back(admin, owner):
    assert send(admin, page("adjust", owner), -300).status_code == 302
    assert available(owner) == 0
    assert LedgerEntry.objects.latest("pk").kind == LedgerEntry.Kind.ADJUSTMENT


def test_an_adjustment_never_takes_more_than_is_available(admin, owner):
    hold_credits(user=owner, amount=100, purpose="text")
    answer = send(admin, page("adjust", owner), -201)
    assert answer.status_code == 200
    assert answer.context["form"].non_field_errors() == [
        "Only 200 credits are available, so 201 cannot be taken back."
    ]
    assert available(owner) == 200
    assert not LogEntry.objects.exists()


def test_credits_are_refused_without_the_permission(powerless, owner):
    for name in ("grant", "adjust"):
        assert powerless.post(page(name, owner), {"amount": 5}).status_code == 403
    assert available(owner) == 300


def test_a_deleted_person_gets_no_credits(admin, owner):
    delete_user(user=owner)
    assert admin.post(page("grant", owner), {"amount": 5}).status_code == 403


def test_an_unknown_person_has_no_page(admin):
    assert admin.get("/admin/users/user/999/ledger/").status_code == 404


def test_a_person_leads_to_their_ledger(admin, owner):
    answer = admin.get(page("see_ledger", owner), follow=True)
    assert list(answer.context["cl"].result_list) == list(owner.account.entries.all())


def reverse_page(entry: LedgerEntry) -> str:
    return reverse("admin:users_ledgerentry_reverse", args=[entry.pk])


def test_a_grant_is_reversed(support, supporter, owner):
    entry = grant_credits(user=owner, amount=50, reason="Goodwill")
    assert support.post(reverse_page(entry), {"reason": "Granted twice"}).status_code == 302
    reversal = entry.reversal
    assert (reversal.available, reversal.author, reversal.reason) == (
        -50,
        supporter,
        "Granted twice",
    )
    assert available(owner) == 300
    assert LogEntry.objects.get().get_change_message() == f"Reversed by entry {reversal.pk}."


def test_a_charge_is_refunded(admin, owner):
    entry = post_hold(hold=hold_credits(user=owner, amount=5, purpose="text"), amount=4)
    admin.post(reverse_page(entry), {"reason": "The answer was cut off"})
    assert available(owner) == 300


def test_an_entry_is_reversed_once(admin, owner):
    entry = grant_credits(user=owner, amount=50, reason="Goodwill")
    admin.post(reverse_page(entry), {"reason": "Granted twice"})
    assert b"It was reversed before" in admin.get(reverse_page(entry)).content
    answer = admin.post(reverse_page(entry), {"reason": "Granted twice"})
    assert "only once" in answer.context["form"].non_field_errors()[0]
    assert available(owner) == 300
    assert LogEntry.objects.count() == 1


def test_a_hold_is_not_reversed(admin, owner):
    hold = hold_credits(user=owner, amount=5, purpose="text")
    answer = admin.post(reverse_page(hold.opening_entry), {"reason": "Mistake"})
    assert answer.context["form"].non_field_errors()
    assert LedgerEntry.objects.count() == 3


def test_a_grant_that_is_spent_is_not_reversed(admin, owner):
    entry = grant_credits(user=owner, amount=50, reason="Goodwill")
    hold_credits(user=owner, amount=320, purpose="text")
    answer = admin.post(reverse_page(entry), {"reason": "Granted twice"})
    assert answer.context["form"].non_field_errors() == [
        "Only 30 credits are available, so 50 cannot be taken back."
    ]


def test_a_reversal_needs_a_reason_and_the_permission(admin, powerless, owner):
    entry = grant_credits(user=owner, amount=50, reason="Goodwill")
    assert admin.post(reverse_page(entry), {}).context["form"].errors["reason"]
    assert powerless.post(reverse_page(entry), {"reason": "Mistake"}).status_code == 403
    assert available(owner) == 350
