"""Creating, finding, changing, deleting and erasing people."""

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.management import call_command

from users.errors import EmailTakenError, UserNotFoundError
from users.models import User
from users.models.user import normalize_email
from users.services.ledger import hold_credits, post_hold
from users.services.people import (
    change_settings,
    change_user,
    create_user,
    delete_user,
    erase_user,
    find_user,
    get_or_create_user,
)

LONGEST = f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 7}.io"


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("ada@example.com", "ada@example.com"),
        ("Ada.Lovelace@EXAMPLE.com", "ada.lovelace@example.com"),
        ("  ada@example.com\n", "ada@example.com"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@BÜCHER.example", "ada@xn--bcher-kva.example"),
        ("ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
        ("ada+interviews@example.com", "ada+interviews@example.com"),
        (LONGEST, LONGEST),
    ],
)
def test_an_email_has_one_spelling(written, stored):
    assert normalize_email(written) == stored
    assert normalize_email(stored) == stored


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "ada",
        "@example.com",
        "ada@",
        "ada@@example.com",
        "ada@example",
        "ada@example..com",
        "ada lovelace@example.com",
        "ada@exa mple.com",
        "ada@example.com\0",
        "a\0da@example.com",
        "ada@\ud800.com",
        "\ud800@example.com",
        "adá@example.com",
        "a" + LONGEST,
        "a" * 100_000 + "@example.com",
        "ada@" + "ü" * 100_000 + ".com",
        f"ada@{'ü' * 64}.com",
    ],
)
def test_refuses_what_is_no_email(written):
    with pytest.raises(ValidationError):
        normalize_email(written)


@pytest.mark.parametrize(
    "written",
    [
        "\N{KELVIN SIGN}ate@example.com",
        "ada@x\N{FULLWIDTH COMMERCIAL AT}example.com",
        "ada@x\N{ACCOUNT OF}y.com",
    ],
)
def test_refuses_an_email_that_only_becomes_ascii_by_folding(written):
    """Else it would be someone else's address, or none."""
    with pytest.raises(ValidationError):
        normalize_email(written)


def test_a_new_user_has_settings_an_account_and_no_password(db):
    user = create_user(email="Eve@Example.com", name="Eve")
    assert (user.email, user.name) == ("eve@example.com", "Eve")
    assert user.settings.llm_model == "gpt-3.5-turbo"
    assert user.account.available == 300
    assert not user.has_usable_password()


@pytest.mark.parametrize("again", ["ada@example.com", "ADA@example.com", " ada@EXAMPLE.COM"])
def test_refuses_an_email_that_is_taken(owner, again):
    with pytest.raises(EmailTakenError):
        create_user(email=again)
    assert User.objects.count() == 1


def test_a_refused_user_leaves_nothing_behind(db):
    with pytest.raises(ValidationError):
        create_user(email="nobody")
    assert not User.objects.exists()


def test_finds_a_user_with_settings_and_account(owner, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = find_user(email="ada@example.com")
        assert (found.account.available, found.settings.tts_model) == (
            300,
            "elevenlabs-multilingual-v1",
        )


def test_does_not_find_the_unknown_or_the_deleted(owner):
    delete_user(user=owner)
    for email in ("ada@example.com", "eve@example.com"):
        with pytest.raises(UserNotFoundError):
            find_user(email=email)


def test_the_first_sight_of_an_email_makes_a_user(db):
    made = get_or_create_user(email="Eve@example.com", name="Eve")
    assert get_or_create_user(email="eve@EXAMPLE.com", name="Someone") == made
    assert User.objects.get().name == "Eve"


def test_a_deleted_user_is_not_made_again(owner):
    delete_user(user=owner)
    with pytest.raises(EmailTakenError):
        get_or_create_user(email="ada@example.com")


def test_changes_only_what_is_given(owner):
    change_user(user=owner, name="Countess")
    owner.refresh_from_db()
    assert (owner.name, owner.email) == ("Countess", "ada@example.com")


def test_a_changed_email_is_stored_in_its_one_spelling(owner):
    change_user(user=owner, email="Lovelace@Example.com")
    assert find_user(email="lovelace@example.com") == owner


def test_refuses_to_change_an_email_to_one_that_is_taken(owner, other_user):
    with pytest.raises(EmailTakenError):
        change_user(user=owner, email="BOB@example.com")
    owner.refresh_from_db()
    assert owner.email == "ada@example.com"


def test_changes_only_the_settings_given(owner):
    change_settings(user=owner, llm_model="claude")
    owner.settings.refresh_from_db()
    assert (owner.settings.llm_model, owner.settings.stt_model) == ("claude", "whisper-1")


def test_a_deleted_user_keeps_email_and_ledger_and_is_signed_out(owner, client):
    client.force_login(owner)
    delete_user(user=owner)
    assert client.get("/admin/login/").wsgi_request.user.is_anonymous
    owner.refresh_from_db()
    assert (owner.email, owner.is_active) == ("ada@example.com", False)
    with pytest.raises(EmailTakenError):
        create_user(email="ada@example.com")
    call_command("verify_ledger")


def test_an_erased_user_is_nameless_and_keeps_the_ledgers_sums(owner):
    post_hold(hold=hold_credits(user=owner, amount=5, purpose="text"), amount=5)
    change_settings(user=owner, llm_model="claude")
    owner.groups.add(Group.objects.create(name="Interviewers"))
    erase_user(user=owner)
    erased = User.objects.get(pk=owner.pk)
    assert not User.objects.filter(email__contains="ada").exists()
    assert (erased.name, erased.last_login, erased.groups.count()) == ("", None, 0)
    assert erased.settings.llm_model == "gpt-3.5-turbo"
    assert erased.account.available == 295
    assert erased.erased_at is not None
    assert erased.deleted_at is not None
    call_command("verify_ledger")


def test_an_erased_user_is_signed_out_and_has_no_password_or_powers(staff, client):
    client.force_login(staff)
    erase_user(user=staff)
    assert client.get("/admin/login/").wsgi_request.user.is_anonymous
    staff.refresh_from_db()
    assert not staff.has_usable_password()
    assert not (staff.is_active or staff.is_staff or staff.is_superuser)


def test_the_admin_log_forgets_an_erased_user(owner, staff):
    for row in (owner, owner.settings, owner.account):
        LogEntry.objects.create(
            user=staff,
            action_flag=CHANGE,
            content_type=ContentType.objects.get_for_model(row),
            object_id=row.pk,
            object_repr=str(row),
            change_message=str(row),
        )
    erase_user(user=owner)
    assert LogEntry.objects.count() == 3
    for entry in LogEntry.objects.all():
        assert "ada@" not in entry.object_repr + entry.change_message


def test_what_staff_did_after_an_erasure_stays_on_record(owner, staff, run_tasks):
    erase_user(user=owner)
    LogEntry.objects.log_actions(staff.pk, [owner], CHANGE, "Erased.", single_object=True)
    run_tasks(later=True)
    assert LogEntry.objects.get().get_change_message() == "Erased."


def test_a_person_can_be_erased_again(owner):
    erase_user(user=owner)
    before = User.objects.get(pk=owner.pk)
    erase_user(user=owner)
    after = User.objects.get(pk=owner.pk)
    assert (after.email, after.erased_at) == (before.email, before.erased_at)


def test_what_a_request_wrote_after_an_erasure_goes_too(owner, run_tasks):
    seen_before = User.objects.get(pk=owner.pk)
    erase_user(user=owner)
    change_user(user=seen_before, name="Ada", email="ada@example.com")
    assert run_tasks() == 0
    assert run_tasks(later=True) == 1
    erased = User.objects.get(pk=owner.pk)
    assert erased.name == ""
    assert "ada" not in erased.email


def test_nobody_can_stand_in_the_way_of_an_erasure(owner):
    create_user(email=f"erased-{owner.pk}@erased.invalid")
    erase_user(user=owner)
    assert User.objects.get(pk=owner.pk).erased_at is not None
