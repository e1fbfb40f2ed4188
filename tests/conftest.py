"""The cast: owner, other user, staff, anonymous, and other people's programs with their keys."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test import TransactionTestCase
from rest_framework.test import APIClient

from users.models import Scope, User
from users.services.api_keys import create_api_key
from users.triggers import create_triggers, drop_triggers

PASSWORD = "correct horse battery staple"


@pytest.fixture(autouse=True, scope="session")
def ledger_can_be_flushed() -> Iterator[None]:
    """Between tests that commit, tables are emptied: the ledger's triggers step aside for that."""
    empty_tables = vars(TransactionTestCase)["_fixture_teardown"]

    def teardown(self: TransactionTestCase) -> None:
        with connection.schema_editor() as editor:
            drop_triggers(editor)
        empty_tables(self)
        with connection.schema_editor() as editor:
            create_triggers(editor)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield


@pytest.fixture(autouse=True)
def fast_passwords(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def owner(db) -> User:
    return User.objects.create_user("ada@example.com", PASSWORD, name="Ada")


@pytest.fixture
def other_user(db) -> User:
    return User.objects.create_user("bob@example.com", PASSWORD, name="Bob")


@pytest.fixture
def staff(db) -> User:
    return User.objects.create_user("sam@example.com", PASSWORD, name="Sam", is_staff=True)


@pytest.fixture
def anonymous() -> APIClient:
    return APIClient(raise_request_exception=False)


@pytest.fixture
def key_client(db) -> Callable[..., APIClient]:
    """A client with a key of the given scopes (all of them where none is given)."""

    def make(*scopes: str) -> APIClient:
        _, secret = create_api_key(name="Frontend", scopes=scopes or Scope.values)
        client = APIClient(raise_request_exception=False)
        client.credentials(HTTP_X_API_KEY=secret)
        return client

    return make


@pytest.fixture
def frontend(key_client: Callable[..., APIClient]) -> APIClient:
    """An existing frontend: a key with every scope."""
    return key_client()


@pytest.fixture
def person_client() -> Callable[[User], APIClient]:
    """A client that a person is signed in to."""

    def make(user: User) -> APIClient:
        client = APIClient(raise_request_exception=False)
        client.force_login(user)
        return client

    return make
