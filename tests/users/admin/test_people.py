"""People in the admin site: made, changed, deleted, restored, erased."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from tests.users.admin.conftest import PASSWORD
from users.models import User
from users.services.people import delete_user, erase_user

NEW_PASSWORD = "staple battery horse correct"


def address(name: str, *args: object) -> str:
    return reverse(f"admin:users_user_{name}", args=args)


def person_form(user: User, **changes: object) -> dict[str, object]:
    """What the change page sends."""
    return {
        "email": user.email,
        "name": user.name,
        "is_active": "on",
        "settings-TOTAL_FORMS": "1",
        "settings-INITIAL_FORMS": "1",
        "settings-0-user": str(user.pk),
        "settings-0-llm_model": "gpt-5.5",
        "settings-0-stt_model": "whisper-1",
        "settings-0-tts_model": "eleven_v3",
        **changes,
    }


def new_person(**changes: object) -> dict[str, object]:
    return {
        "email": "New@Example.com",
        "name": "New",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
        **changes,
    }


def test_a_new_person_is_made_whole(admin):
    assert admin.post(address("add"), new_person()).status_code == 302
    user = User.objects.get(email="new@example.com")
    assert user.check_password(PASSWORD)
    assert user.account.available == 300
    assert user.settings.auto_play_audio
    entry = LogEntry.objects.get()
    assert (entry.object_id, entry.is_addition()) == (str(user.pk), True)


def test_a_new_person_may_have_no_password(admin):
    admin.post(address("add"), new_person(usable_password="false", password1="", password2=""))
    assert not User.objects.get(email="new@example.com").has_usable_password()


@pytest.mark.parametrize("email", ["ADA@example.com", "ada@EXAMPLE.com", "not an address", ""])
def test_a_new_person_needs_an_address_of_their_own(admin, owner, email):
    answer = admin.post(address("add"), new_person(email=email))
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["email"]
    assert User.objects.count() == 2


def test_the_address_of_a_deleted_person_stays_taken(admin, owner):
    delete_user(user=owner)
    answer = admin.post(address("add"), new_person(email="ada@example.com"))
    assert answer.context["adminform"].form.errors["email"] == ["This email is taken."]


def test_a_person_and_their_settings_are_changed(admin, owner):
    form = person_form(owner, name="Ada Lovelace", email="Lovelace@Example.com")
    assert admin.post(address("change", owner.pk), form).status_code == 302
    owner.refresh_from_db()
    assert (owner.name, owner.email) == ("Ada Lovelace", "lovelace@example.com")
    owner.settings.refresh_from_db()
    assert (owner.settings.llm_model, owner.settings.auto_play_audio) == ("gpt-5.5", False)


def test_a_change_keeps_balances_as_they_are(admin, owner):
    admin.post(address("change", owner.pk), person_form(owner, available="9", account="9"))
    owner.account.refresh_from_db()
    assert owner.account.available == 300


def test_the_address_of_someone_else_is_refused(admin, owner, other_user):
    form = person_form(owner, email="BOB@example.com")
    answer = admin.post(address("change", owner.pk), form)
    assert answer.context["adminform"].form.errors["email"] == ["This email is taken."]


def test_a_model_name_that_cannot_be_one_is_refused(admin, owner):
    form = person_form(owner, **{"settings-0-llm_model": "gpt 4; drop"})
    assert admin.post(address("change", owner.pk), form).status_code == 200
    owner.settings.refresh_from_db()
    assert owner.settings.llm_model == "gpt-3.5-turbo"


def test_staff_make_themselves_no_superusers(client, staff, owner):
    grant(staff, "view_user", "change_user")
    client.force_login(staff)
    client.post(
        address("change", staff.pk), person_form(staff, is_superuser="on", name="Sam the Great")
    )
    staff.refresh_from_db()
    assert (staff.name, staff.is_superuser) == ("Sam the Great", False)


def test_staff_do_not_change_superusers(client, staff, superuser):
    grant(staff, "view_user", "change_user", "delete_user")
    client.force_login(staff)
    assert client.get(address("change", superuser.pk)).status_code == 200
    forbidden = [
        address("change", superuser.pk),
        address("delete", superuser.pk),
        address("erase", superuser.pk),
        reverse("admin:auth_user_password_change", args=[superuser.pk]),
    ]
    form = person_form(superuser, email="mine@example.com")
    assert {client.post(page, form).status_code for page in forbidden} == {403}
    superuser.refresh_from_db()
    assert (superuser.email, superuser.deleted_at) == ("root@example.com", None)


def test_a_password_is_changed(admin, owner):
    page = reverse("admin:auth_user_password_change", args=[owner.pk])
    form = {"usable_password": "true", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert admin.post(page, form).status_code == 302
    owner.refresh_from_db()
    assert owner.check_password(NEW_PASSWORD)


def test_deleting_keeps_the_row_and_the_ledger(admin, owner):
    assert admin.post(address("delete", owner.pk), {"post": "yes"}).status_code == 302
    owner.refresh_from_db()
    assert owner.deleted_at is not None
    assert not owner.is_active
    assert owner.account.entries.count() == 1
    assert LogEntry.objects.get().is_deletion()


def test_the_people_selected_are_deleted_but_not_oneself(admin, superuser, owner, other_user):
    selected = [owner.pk, superuser.pk]
    form = {"action": "delete_selected", "_selected_action": selected}
    assert b"ada@example.com" in admin.post(address("changelist"), form).content
    assert User.objects.present().count() == 3
    admin.post(address("changelist"), {**form, "post": "yes"})
    assert set(User.objects.present()) == {superuser, other_user}


def test_a_deleted_person_is_restored(admin, owner):
    delete_user(user=owner)
    assert admin.get(address("restore", owner.pk)).status_code == 200
    assert admin.post(address("restore", owner.pk)).status_code == 302
    owner.refresh_from_db()
    assert (owner.deleted_at, owner.is_active) == (None, True)
    assert LogEntry.objects.get().get_change_message() == "Restored."


def test_only_a_deleted_person_is_restored(admin, owner):
    assert admin.post(address("restore", owner.pk)).status_code == 403
    erase_user(user=owner)
    assert admin.post(address("restore", owner.pk)).status_code == 403
    owner.refresh_from_db()
    assert owner.deleted_at is not None


def test_erasing_wants_the_address_once_more(admin, owner):
    answer = admin.post(address("erase", owner.pk), {"email": "bob@example.com"})
    assert answer.context["form"].errors["email"] == ["This is not the person's email."]
    owner.refresh_from_db()
    assert owner.erased_at is None


def test_erasing_leaves_no_address_behind_not_even_in_the_log(admin, owner):
    admin.post(address("change", owner.pk), person_form(owner, name="Ada Lovelace"))
    assert LogEntry.objects.get().object_repr == "ada@example.com"
    assert admin.post(address("erase", owner.pk), {"email": "Ada@example.com"}).status_code == 302
    owner.refresh_from_db()
    assert owner.erased_at is not None
    for entry in LogEntry.objects.all():
        assert "ada@" not in f"{entry.object_repr} {entry.change_message}".lower()


def grant(user: User, *codenames: str) -> None:
    from django.contrib.auth.models import Permission

    permissions = Permission.objects.filter(content_type__app_label="users", codename__in=codenames)
    user.user_permissions.set(permissions)
