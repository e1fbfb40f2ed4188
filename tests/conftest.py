"""The cast: owner, other user, staff, anonymous, and other people's programs with their keys."""

from collections.abc import Callable, Iterator

import pytest
import redis
from django.conf import settings as django_settings
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.db import connection
from django.http.response import HttpResponseBase
from django.test import TransactionTestCase
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from hypothesis import settings as hypothesis_settings
from rest_framework.test import APIClient

from ai.catalogue import forget_catalogue
from ai.models import ModelOverride
from ai.providers.registry import PROVIDERS, close_providers
from background.worker import Worker
from tests.ai.stand_ins import PATHS as stand_in_paths
from tests.private_servers import PrivateRedis, caches_in
from users.limits.taking import local_store
from users.models import Scope, User
from users.services.api_keys import create_api_key
from users.services.ledger import Author, adjust_credits
from users.services.people import change_settings
from users.triggers import create_triggers, drop_triggers

# The same examples in every run: what a random search finds belongs into a test of its own.
hypothesis_settings.register_profile("suite", derandomize=True, deadline=None)
hypothesis_settings.load_profile("suite")

PASSWORD = "correct horse battery staple"


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """SQLite in a file, as in production: other threads and processes can reach it, and WAL."""
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(django_settings.DATA_DIR / "tests.sqlite3")


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


@pytest.fixture(autouse=True, scope="session")
def providers_are_closed() -> Iterator[None]:
    yield
    close_providers()


@pytest.fixture(autouse=True)
def fast_passwords(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def fresh_catalogue() -> Iterator[None]:
    """What a test's staff changed is no other test's business."""
    forget_catalogue()
    yield
    forget_catalogue()


@pytest.fixture(autouse=True)
def sound_is_made_anew(settings) -> None:
    """What a test said is not in the next one's cache."""
    settings.SPEECH_CACHE_MAX_BYTES = 0


@pytest.fixture(autouse=True)
def nothing_is_counted_yet() -> Iterator[None]:
    """Neither failures of providers nor requests."""
    yield
    cache.clear()
    local_store.forget()


@pytest.fixture
def unlimited(settings) -> None:
    """For tests that send more in a minute than anybody may."""
    settings.LIMITS = dict.fromkeys(settings.LIMITS, "off")


@pytest.fixture(scope="session")
def running_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateRedis]:
    with PrivateRedis(tmp_path_factory.mktemp("cache")) as server:
        yield server


@pytest.fixture
def with_redis(running_redis: PrivateRedis, settings) -> Iterator[redis.Redis]:
    """The service's cache is in an empty Redis. Gives a client of it, to look."""
    settings.CACHES = caches_in(running_redis)
    cache.clear()
    with redis.Redis(port=running_redis.port) as client:
        yield client


@pytest.fixture
def stand_ins(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """The owner's models are stand-ins, added to the catalogue as staff would."""
    for (provider, capability), path in stand_in_paths.items():
        monkeypatch.setitem(PROVIDERS, (provider, capability), path)
        ModelOverride.objects.create(
            name=f"stand-in-{capability}", provider=provider, capability=capability
        )
    change_settings(
        user=owner,
        llm_model="stand-in-text",
        tts_model="stand-in-speech",
        stt_model="stand-in-transcription",
    )


@pytest.fixture
def owner(db) -> User:
    return User.objects.create_user("ada@example.com", PASSWORD, name="Ada")


@pytest.fixture
def other_user(db) -> User:
    return User.objects.create_user("bob@example.com", PASSWORD, name="Bob")


@pytest.fixture
def newcomer(db) -> User:
    """Staff without a permission yet."""
    return User.objects.create_user("new@example.com", PASSWORD, name="New", is_staff=True)


@pytest.fixture
def staff(db) -> User:
    """Staff who look after users and their credits."""
    user = User.objects.create_user("sam@example.com", PASSWORD, name="Sam", is_staff=True)
    names = ("view_user", "change_user", "write_credits")
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return user


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


@pytest.fixture
def balance(owner: User) -> Callable[[], tuple[int, int]]:
    """What the owner has available and held, as the database says."""

    def read() -> tuple[int, int]:
        owner.account.refresh_from_db()
        return owner.account.available, owner.account.held

    return read


@pytest.fixture
def penniless(owner: User, staff: User) -> None:
    """The owner has no credits left."""
    adjust_credits(user=owner, amount=-300, reason="Spent", author=Author(user=staff))


@pytest.fixture
def run_tasks(db) -> Callable[..., int]:
    """Runs the tasks that are due, by the worker's own code in the test's connection.

    Returns how many attempts that were. With `later`, tasks that wait for a time or for their next
    attempt run too.
    """
    worker = Worker()

    def run(*, later: bool = False) -> int:
        attempts = 0
        while True:
            if later:
                DBTaskResult.objects.filter(status="READY").update(run_after=timezone.now())
            if not worker.run_next():
                return attempts
            attempts += 1

    return run


@pytest.fixture
def hang_up(monkeypatch: pytest.MonkeyPatch) -> Callable[[HttpResponseBase], None]:
    """Go away from a streamed answer, as a server closes it, and keep the test's connection."""

    def close(response: HttpResponseBase) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)
            response.close()

    return close
