"""What keeps the service from starting, of the settings of how it runs and is watched."""

import re
from collections import Counter
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.db import connection

from interview_trainer import checks

PROJECT = Path(__file__).resolve().parents[2]


def ids() -> list[str | None]:
    return [found.id for found in run_checks(tags=["interview_trainer"])]


def test_nothing_is_found_in_the_settings_as_shipped():
    assert ids() == []


@pytest.mark.parametrize("name", ["10.0.0.1/8", "everyone", "10.0.0.0/99", ""])
def test_metrics_are_for_networks(settings, name):
    settings.METRICS_ALLOWED = ["127.0.0.1", name]
    assert ids() == ["interview_trainer.E001"]


@pytest.mark.parametrize("address", ["collector:4318", "ftp://collector", "http://"])
def test_traces_go_to_an_address(settings, address):
    settings.OTEL_EXPORTER_OTLP_ENDPOINT = address
    assert ids() == ["interview_trainer.E002"]


@pytest.mark.parametrize(
    "address", ["https://host/1", "https://key@host", "https://key@host/", "key@host/1"]
)
def test_errors_go_to_a_project(settings, address):
    settings.SENTRY_DSN = address
    assert ids() == ["interview_trainer.E003"]


def test_what_is_set_must_be_installed(settings, monkeypatch):
    monkeypatch.setattr(checks, "find_spec", lambda name: None)
    settings.OTEL_EXPORTER_OTLP_ENDPOINT = "http://collector:4318"
    settings.SENTRY_DSN = "https://key@host/1"
    assert ids() == ["interview_trainer.E004", "interview_trainer.E004"]


def test_what_is_installed_may_be_set(settings):
    settings.OTEL_EXPORTER_OTLP_ENDPOINT = "http://collector:4318"
    settings.SENTRY_DSN = "https://key@host/1"
    assert ids() == []


@pytest.mark.parametrize(
    ("workers", "permits", "task_workers", "expected"),
    [(2, 16, 1, []), (2, 44, 1, []), (2, 44, 2, ["interview_trainer.W001"])],
)
def test_permits_may_not_be_more_than_the_databases_connections(
    settings, monkeypatch, workers, permits, task_workers, expected
):
    monkeypatch.setattr(checks, "connections_allowed", lambda alias: 100)
    settings.WORKERS, settings.PERMITS, settings.TASK_WORKERS = workers, permits, task_workers
    found = checks.check_database_connections(databases=["default"])
    assert [message.id for message in found] == expected


def test_the_database_is_asked_only_where_a_check_may_ask_it(settings):
    # Without the `db` fixture, a query would fail the test.
    settings.PERMITS = 100_000
    assert run_checks() == []


def test_a_server_says_how_many_connections_it_allows(db):
    allowed = checks.connections_allowed("default")
    assert (allowed is not None and allowed > 1) == (connection.vendor == "mysql")


@pytest.mark.parametrize("name", ["THREADS", "PERMITS"])
def test_without_threads_and_permits_nothing_is_served(settings, name):
    setattr(settings, name, 0)
    assert ids() == ["interview_trainer.E005"]


def test_an_id_is_of_one_check():
    # One level deep: what is installed in the project's folder has checks of its own.
    modules = [path.read_text() for path in PROJECT.glob("*/checks.py")]
    given = Counter(re.findall(r'\bid="([\w.]+)"', "".join(modules)))
    assert len(given) > 20
    assert set(given.values()) == {1}, given
