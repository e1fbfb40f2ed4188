"""Which page opens for whom."""

import pytest
from django.urls import reverse

from users.models import LedgerEntry
from users.services.api_keys import create_api_key
from users.services.ledger import hold_credits

LISTS = [
    "users_user",
    "users_ledgerentry",
    "users_hold",
    "users_apikey",
    "auth_group",
    "admin_logentry",
    "ai_modeloverride",
]
READ_ONLY = ["users_ledgerentry", "users_hold", "admin_logentry"]


@pytest.fixture
def user_pages(owner) -> list[str]:
    names = ["change", "grant", "adjust", "erase", "delete", "history"]
    pages = [reverse(f"admin:users_user_{name}", args=[owner.pk]) for name in names]
    return [*pages, reverse("admin:auth_user_password_change", args=[owner.pk])]


@pytest.fixture
def row_pages(owner) -> list[str]:
    hold = hold_credits(user=owner, amount=5, purpose="text")
    api_key, _ = create_api_key(name="Frontend", scopes=["ai"])
    grant = LedgerEntry.objects.get(account_id=owner.pk, kind="grant")
    return [
        reverse("admin:users_hold_change", args=[hold.pk]),
        reverse("admin:users_ledgerentry_change", args=[grant.pk]),
        reverse("admin:users_ledgerentry_reverse", args=[grant.pk]),
        reverse("admin:users_apikey_change", args=[api_key.pk]),
        reverse("admin:users_apikey_revoke", args=[api_key.pk]),
        reverse("admin:users_apikey_add"),
        reverse("admin:users_user_add"),
        reverse("admin:ai_modeloverride_add"),
    ]


@pytest.mark.parametrize("name", LISTS)
def test_every_list_opens_for_a_superuser(admin, owner, name):
    assert admin.get(reverse(f"admin:{name}_changelist")).status_code == 200


@pytest.mark.parametrize("name", LISTS)
def test_every_list_is_refused_without_its_permission(powerless, name):
    assert powerless.get(reverse(f"admin:{name}_changelist")).status_code == 403


@pytest.mark.parametrize("name", LISTS)
def test_a_candidate_is_sent_to_the_sign_in_page(client, owner, name):
    client.force_login(owner)
    answer = client.get(reverse(f"admin:{name}_changelist"))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/")


def test_every_page_of_a_person_opens_for_a_superuser(admin, user_pages):
    assert {admin.get(page).status_code for page in user_pages} == {200}


def test_every_page_of_a_person_is_refused_without_permission(powerless, user_pages):
    assert {powerless.get(page).status_code for page in user_pages} == {403}


def test_every_other_page_opens_for_a_superuser(admin, row_pages):
    assert {admin.get(page).status_code for page in row_pages} == {200}


def test_every_other_page_is_refused_without_permission(powerless, row_pages):
    assert {powerless.get(page).status_code for page in row_pages} == {403}


@pytest.mark.parametrize("name", READ_ONLY)
def test_nobody_adds_changes_or_deletes_what_is_read_only(admin, superuser, owner, name):
    from django.contrib.admin.models import LogEntry

    LogEntry.objects.log_actions(superuser.pk, [owner], 2, "Seen.", single_object=True)
    hold_credits(user=owner, amount=1, purpose="text")
    model = {
        "users_ledgerentry": LedgerEntry,
        "users_hold": owner.account.holds.model,
        "admin_logentry": LogEntry,
    }[name]
    row = model.objects.first()
    assert row is not None
    assert admin.post(reverse(f"admin:{name}_add")).status_code == 403
    for page in ("change", "delete"):
        address = reverse(f"admin:{name}_{page}", args=[row.pk])
        assert admin.post(address, {"post": "yes"}).status_code == 403
    assert model.objects.filter(pk=row.pk).exists()


def test_the_support_group_sees_people_and_credits_but_not_keys(support, owner):
    seen = {name: support.get(reverse(f"admin:{name}_changelist")).status_code for name in LISTS}
    assert [name for name, status in seen.items() if status == 200] == LISTS[:3]
    sidebar = support.get(reverse("admin:index")).content.decode()
    assert "Ledger entries" in sidebar
    assert "API keys" not in sidebar.split('id="content"')[0]


def test_the_first_page_shows_the_figures_of_the_last_day(admin, owner):
    figures = {figure.title: figure.value for figure in figures_of(admin)}
    assert figures["New people"] == 2
    assert figures["Credits issued"] == 600
    assert figures["Open holds"] == 0


def test_staff_without_rights_see_no_figures(powerless):
    assert "figures" not in powerless.get(reverse("admin:index")).context


def figures_of(client):
    return client.get(reverse("admin:index")).context["figures"]
