"""The probes and the front door."""

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from django.test import Client

from interview_trainer import health


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture(autouse=True)
def migrations_unproven(monkeypatch):
    """As in a new process."""
    check = health.MigrationsCheck()
    monkeypatch.setitem(health.CHECKS, "migrations", check)
    return check


def test_the_front_door_says_what_existing_frontends_read(client):
    response = client.get("/")
    assert response.status_code == 200
    assert response.json() == {"data": "Server is up and running"}


def test_the_front_door_refuses_other_methods_as_a_problem(client):
    response = client.post("/")
    assert response.status_code == 405
    assert response["Content-Type"] == "application/problem+json"
    assert response["Allow"] == "GET, HEAD"
    assert response.json()["code"] == "method_not_allowed"


def test_healthz_touches_no_database(client):
    # Without the `db` fixture, a query would fail the test.
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "alive"})


def test_readyz_is_200_when_every_part_works(client, db):
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"status": "ready"})
    assert response["Cache-Control"] == "no-store"


def test_probes_answer_whatever_the_host_and_without_tls(client, db, settings):
    settings.ALLOWED_HOSTS = ["interviews.example.com"]
    settings.SECURE_SSL_REDIRECT = True
    for path in health.PROBES:
        assert client.get(path, headers={"host": "10.0.0.7"}).status_code == 200


def test_other_pages_still_check_the_host(client, settings):
    settings.ALLOWED_HOSTS = ["interviews.example.com"]
    headers = {"host": "10.0.0.7", "accept": "application/json"}
    assert client.get("/", headers=headers).status_code == 400


def test_probes_carry_a_request_id(client):
    response = client.get("/healthz", headers={"x-request-id": "probe-0001"})
    assert response["X-Request-ID"] == "probe-0001"


@pytest.mark.parametrize("part", health.CHECKS)
def test_readyz_names_the_part_that_failed_and_not_why(client, db, monkeypatch, part):
    def fail() -> bool:
        raise DatabaseError("cannot connect as root with password hunter2")

    monkeypatch.setitem(health.CHECKS, part, fail)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["failed"] == [part]
    assert response.json()["code"] == "unavailable"
    assert "hunter2" not in response.content.decode()


def test_readyz_is_200_without_the_cache_and_says_so(client, db, monkeypatch):
    monkeypatch.setattr(cache, "get", lambda key: None)
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"status": "degraded", "degraded": ["cache"]}


def test_a_missing_cache_does_not_hide_what_is_needed(client, db, monkeypatch):
    monkeypatch.setattr(cache, "get", lambda key: None)
    monkeypatch.setitem(health.CHECKS, "database", lambda: False)
    response = client.get("/readyz")
    assert (response.status_code, response.json()["failed"]) == (503, ["database"])


def test_readyz_notices_an_unapplied_migration(client, db, monkeypatch):
    def plan(executor, targets):
        return [("users.0099_next", False)]

    monkeypatch.setattr("django.db.migrations.executor.MigrationExecutor.migration_plan", plan)
    assert client.get("/readyz").json()["failed"] == ["migrations"]


def test_migrations_are_not_read_again_once_they_were_complete(
    client, db, django_assert_num_queries
):
    assert client.get("/readyz").status_code == 200
    with django_assert_num_queries(1):
        assert client.get("/readyz").status_code == 200


def test_readyz_is_503_while_draining_and_healthz_is_not(client, db, monkeypatch):
    monkeypatch.setattr(health.draining, "is_on", lambda: True)
    response = client.get("/readyz")
    assert (response.status_code, response.json()["failed"]) == (503, ["draining"])
    assert client.get("/healthz").status_code == 200


def test_probes_are_not_logged_as_requests(client, caplog):
    caplog.set_level("INFO")
    client.get("/healthz")
    client.get("/")
    assert [record.route for record in caplog.records if record.msg == "request"] == [""]
