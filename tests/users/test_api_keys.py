"""Making and revoking API keys, from code and from the command line."""

import hashlib
from datetime import timedelta
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone

from users.authentication import find_usable_key
from users.models import ApiKey
from users.services.api_keys import create_api_key, revoke_api_key


def test_a_key_is_stored_as_prefix_and_hash_only(db):
    api_key, secret = create_api_key(name="Frontend", scopes=["ai"])
    marker, prefix, rest = secret.split("_", 2)
    assert (marker, prefix) == ("it", api_key.prefix)
    assert len(rest) >= 43
    stored = ApiKey.objects.filter(pk=api_key.pk).values().get()
    assert stored["secret_hash"] == hashlib.sha256(secret.encode()).hexdigest()
    assert rest not in str(stored)


def test_no_two_keys_are_alike(db):
    secrets = {create_api_key(name="Frontend", scopes=["ai"])[1] for _ in range(20)}
    assert len(secrets) == 20


def test_a_key_is_found_by_its_secret_alone(db):
    api_key, secret = create_api_key(name="Frontend", scopes=["ai"])
    assert find_usable_key(secret) == api_key
    for wrong in (secret[:-1], secret + "x", secret.upper(), f"it_{api_key.prefix}_", ""):
        assert find_usable_key(wrong) is None


@pytest.mark.parametrize("scopes", [[], ["everything"], ["ai", "everything"]])
def test_refuses_no_scopes_and_unknown_ones(db, scopes):
    with pytest.raises(ValidationError):
        create_api_key(name="Frontend", scopes=scopes)
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("name", ["", "n" * 101])
def test_refuses_no_name_and_a_long_one(db, name):
    with pytest.raises(ValidationError):
        create_api_key(name=name, scopes=["ai"])
    assert not ApiKey.objects.exists()


def test_a_revoked_key_is_not_usable_and_keeps_its_first_time(db):
    api_key, secret = create_api_key(name="Frontend", scopes=["ai"])
    revoke_api_key(api_key=api_key)
    first = api_key.revoked_at
    revoke_api_key(api_key=api_key)
    api_key.refresh_from_db()
    assert api_key.revoked_at == first
    assert find_usable_key(secret) is None


def test_an_expired_key_is_not_usable(db):
    past, future = timezone.now() - timedelta(seconds=1), timezone.now() + timedelta(hours=1)
    _, expired = create_api_key(name="Frontend", scopes=["ai"], expires_at=past)
    current, secret = create_api_key(name="Frontend", scopes=["ai"], expires_at=future)
    assert find_usable_key(expired) is None
    assert find_usable_key(secret) == current
    assert list(ApiKey.objects.usable()) == [current]


def createapikey(*arguments: str) -> tuple[str, str]:
    output, errors = StringIO(), StringIO()
    call_command("createapikey", *arguments, stdout=output, stderr=errors)
    return output.getvalue(), errors.getvalue()


def test_the_command_prints_the_key_alone(db):
    output, errors = createapikey("Frontend", "--scope", "ai", "--scope", "users:read")
    assert output == output.strip() + "\n"
    assert errors == ""
    api_key = find_usable_key(output.strip())
    assert api_key is not None
    assert (api_key.name, api_key.scopes) == ("Frontend", ["ai", "users:read"])
    assert api_key.expires_at is None


def test_the_command_sets_when_a_key_ends(db):
    createapikey("Frontend", "--scope", "ai", "--expires-in-days", "2")
    expires_at = ApiKey.objects.get().expires_at
    assert expires_at is not None
    assert timedelta(days=1, hours=23) < expires_at - timezone.now() <= timedelta(days=2)


@pytest.mark.parametrize(
    "arguments",
    [
        ["Frontend"],
        ["Frontend", "--scope", "everything"],
        ["", "--scope", "ai"],
        ["n" * 101, "--scope", "ai"],
        ["Frontend", "--scope", "ai", "--expires-in-days", "0"],
        ["Frontend", "--scope", "ai", "--expires-in-days", "-1"],
        ["Frontend", "--scope", "ai", "--expires-in-days", "soon"],
        ["Frontend", "--scope", "ai", "--expires-in-days", "99999999999"],
    ],
)
def test_the_command_refuses_what_makes_no_key(db, arguments):
    with pytest.raises(CommandError):
        createapikey(*arguments)
    assert not ApiKey.objects.exists()
