"""API keys in the admin site: made, shown once, revoked."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from users.authentication import find_usable_key
from users.models import ApiKey
from users.services.api_keys import create_api_key

ADD = "/admin/users/apikey/add/"


def make(client, **changes: object):
    return client.post(ADD, {"name": "Frontend", "scopes": ["ai", "users:read"], **changes})


def shown_secret(answer) -> str:
    found = re.search(r'id="secret"[^>]*>(it_[^<]+)<', answer.content.decode())
    assert found
    return found[1]


def test_a_key_is_made_and_works(admin, superuser):
    secret = shown_secret(make(admin))
    api_key = find_usable_key(secret)
    assert api_key is not None
    assert (api_key.name, api_key.scopes) == ("Frontend", ["ai", "users:read"])
    assert (api_key.created_by, api_key.expires_at) == (superuser, None)
    logged = LogEntry.objects.get()
    assert (logged.object_id, logged.is_addition()) == (str(api_key.pk), True)


def test_the_secret_is_shown_once_and_kept_nowhere(admin, caplog):
    answer = make(admin)
    secret = shown_secret(answer)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert answer.content.decode().count(secret) == 1
    api_key = ApiKey.objects.get()
    for name in ("change", "history"):
        page = admin.get(reverse(f"admin:users_apikey_{name}", args=[api_key.pk]))
        assert secret not in page.content.decode()
    kept: list[object] = [session.get_decoded() for session in Session.objects.all()]
    kept += [list(LogEntry.objects.values()), list(ApiKey.objects.values())]
    assert secret not in f"{kept} {caplog.text} {admin.cookies}"


def test_a_key_works_to_the_end_of_its_last_day(admin):
    day = timezone.now().date() + timedelta(days=30)
    make(admin, last_day=day.isoformat())
    midnight = datetime.combine(day + timedelta(days=1), datetime.min.time(), tzinfo=UTC)
    assert ApiKey.objects.get().expires_at == midnight


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("scopes", []), ("scopes", ["root"]), ("last_day", "2020-01-01")],
)
def test_a_key_needs_a_name_scopes_and_a_future(admin, field, value):
    answer = make(admin, **{field: value})
    assert answer.context["form"].errors[field]
    assert not ApiKey.objects.exists()


def test_a_key_is_revoked(admin):
    api_key, secret = create_api_key(name="Frontend", scopes=["ai"])
    page = reverse("admin:users_apikey_revoke", args=[api_key.pk])
    assert admin.get(page).status_code == 200
    assert find_usable_key(secret)
    assert admin.post(page).status_code == 302
    assert find_usable_key(secret) is None
    assert LogEntry.objects.get().get_change_message() == "Revoked."
    assert admin.post(page).status_code == 403


def limits_page(api_key: ApiKey) -> str:
    return reverse("admin:users_apikey_set_limits", args=[api_key.pk])


def test_a_key_is_given_limits_and_they_are_taken_away_again(admin):
    api_key, _ = create_api_key(name="Frontend", scopes=["ai"])
    page = limits_page(api_key)
    assert "60/m for each of 100" in admin.get(page).content.decode()
    assert admin.post(page, {"text": "500/m", "other": "off", "streams": "20"}).status_code == 302
    api_key.refresh_from_db()
    assert api_key.limits == {"text": "500/m", "other": "off", "streams": 20}
    logged = LogEntry.objects.latest("pk").get_change_message()
    assert logged == "Limits: text 500/m, other off, streams 20."
    assert "500/m" in admin.get(page).content.decode()
    admin.post(page, {})
    api_key.refresh_from_db()
    assert api_key.limits is None


@pytest.mark.parametrize(("field", "value"), [("text", "often"), ("streams", "0")])
def test_a_limit_must_be_one(admin, field, value):
    api_key, _ = create_api_key(name="Frontend", scopes=["ai"])
    answer = admin.post(limits_page(api_key), {field: value})
    assert answer.context["form"].errors[field]
    api_key.refresh_from_db()
    assert api_key.limits is None


def test_limits_are_set_with_the_permission_only(powerless):
    api_key, _ = create_api_key(name="Frontend", scopes=["ai"])
    assert powerless.post(limits_page(api_key), {"text": "1/m"}).status_code == 403


def test_the_keys_selected_are_revoked(admin):
    keys = [create_api_key(name=name, scopes=["ai"])[0] for name in ("one", "two", "three")]
    admin.post(
        reverse("admin:users_apikey_changelist"),
        {"action": "revoke_selected", "_selected_action": [keys[0].pk, keys[1].pk]},
    )
    assert list(ApiKey.objects.usable()) == [keys[2]]
    assert LogEntry.objects.count() == 2


def test_nobody_edits_or_deletes_a_key(admin):
    api_key, _ = create_api_key(name="Frontend", scopes=["ai"])
    for name in ("change", "delete"):
        page = reverse(f"admin:users_apikey_{name}", args=[api_key.pk])
        assert admin.post(page, {"post": "yes", "scopes": "debug"}).status_code == 403
    api_key.refresh_from_db()
    assert api_key.scopes == ["ai"]


def test_keys_are_made_and_revoked_with_their_permission_only(powerless):
    api_key, _ = create_api_key(name="Frontend", scopes=["ai"])
    assert make(powerless).status_code == 403
    page = reverse("admin:users_apikey_revoke", args=[api_key.pk])
    assert powerless.post(page).status_code == 403
    assert list(ApiKey.objects.usable()) == [api_key]
