"""System checks of how the service runs. Start-up refuses to go on when one of them fails."""

from collections.abc import Iterable
from importlib.util import find_spec
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections

# What a worker has in memory that has just begun, and some room to work.
WORKER_MEMORY_MIN_BYTES = 256 * 1024 * 1024
# A task worker's own, and that of the thread that says that it lives.
CONNECTIONS_OF_TASK_WORKER = 2
# For staff, backups, metrics and a copy that is being replaced.
SPARE_CONNECTIONS = 10


@register("interview_trainer")
def check_metrics_allowed(**kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"METRICS_ALLOWED has {name!r}, which is no address or network.",
            hint="As in 127.0.0.0/8,10.1.2.3,::1; a network has no bits set behind its length.",
            id="interview_trainer.E001",
        )
        for name in settings.METRICS_ALLOWED
        if not is_network(name)
    ]


def is_network(name: str) -> bool:
    try:
        ip_network(name)
    except ValueError:
        return False
    return True


@register("interview_trainer")
def check_observability(**kwargs: Any) -> list[CheckMessage]:
    """What is imported only where it is set: asked for here, so that no worker fails over it."""
    found: list[CheckMessage] = []
    endpoint, dsn = settings.OTEL_EXPORTER_OTLP_ENDPOINT, settings.SENTRY_DSN
    if endpoint and not is_http_url(endpoint):
        text = "OTEL_EXPORTER_OTLP_ENDPOINT is not an http or https address."
        found.append(Error(text, id="interview_trainer.E002"))
    if endpoint and not is_installed("opentelemetry.exporter.otlp.proto.http"):
        found.append(not_installed("OTEL_EXPORTER_OTLP_ENDPOINT"))
    if dsn and not (is_http_url(dsn) and urlsplit(dsn).username and urlsplit(dsn).path.strip("/")):
        text = "SENTRY_DSN is not of the form https://key@host/project."
        found.append(Error(text, id="interview_trainer.E003"))
    if dsn and not is_installed("sentry_sdk"):
        found.append(not_installed("SENTRY_DSN"))
    return found


def is_http_url(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # what it is in is not there either
        return False


def not_installed(setting: str) -> CheckMessage:
    return Error(
        f"{setting} is set, but what it needs is not installed.",
        hint="pip install -r requirements-observability.txt",
        id="interview_trainer.E004",
    )


@register("interview_trainer")
def check_permits(**kwargs: Any) -> list[CheckMessage]:
    return [
        Error(f"{name} is below 1.", hint="See README.md.", id="interview_trainer.E005")
        for name in ("THREADS", "PERMITS")
        if getattr(settings, name) < 1
    ]


@register("interview_trainer")
def check_stopping(**kwargs: Any) -> list[CheckMessage]:
    return [
        Error(f"{name} is below 0.", id="interview_trainer.E006")
        for name in ("DRAIN_S", "GRACEFUL_TIMEOUT_S")
        if getattr(settings, name) < 0
    ]


@register("interview_trainer")
def check_worker_memory(**kwargs: Any) -> list[CheckMessage]:
    most = settings.WORKER_MAX_MEMORY_BYTES
    if most and most < WORKER_MEMORY_MIN_BYTES:
        return [
            Error(
                f"WORKER_MAX_MEMORY_BYTES is under {WORKER_MEMORY_MIN_BYTES}, and not 0.",
                hint="A worker has so much from the start: it would be replaced again and again.",
                id="interview_trainer.E007",
            )
        ]
    return []


@register(Tags.database)
def check_database_connections(
    *, databases: Iterable[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """The server must allow a connection for each permit and for what runs beside them."""
    needed = connections_needed()
    return [
        Warning(
            f"This server may need {needed} database connections, and {allowed} are allowed.",
            hint="Raise max_connections, to so many for each copy of the server, or lower "
            f"WORKERS x PERMITS. {SPARE_CONNECTIONS} of them are to spare.",
            id="interview_trainer.W001",
        )
        for alias in databases or ()
        if (allowed := connections_allowed(alias)) is not None and allowed < needed
    ]


def connections_needed() -> int:
    web: int = settings.WORKERS * settings.PERMITS
    tasks: int = settings.TASK_WORKERS * CONNECTIONS_OF_TASK_WORKER
    return web + tasks + SPARE_CONNECTIONS


def connections_allowed(alias: str) -> int | None:
    """None where the database is no server that bounds them."""
    if connections[alias].vendor != "mysql":
        return None
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT @@global.max_connections")
        return int(cursor.fetchone()[0])
