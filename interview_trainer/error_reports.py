"""Errors to Sentry, where `SENTRY_DSN` says where it is.

What is logged as an error is reported: what kind of error, where it was raised, and in which
request or task. Nothing else is, because a text of an error, a line of a third party and a variable
may hold a candidate's words or a key. Where no address is set, nothing is imported.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

END_WAIT_S = 2.0
# The line of each request: what went wrong in it has an event of its own.
REQUESTS = "interview_trainer.requests"
OWN_LOGGERS = ("interview_trainer", "users", "ai", "interviews", "background", "debugtools")

EVENT_PARTS = ("event_id", "timestamp", "platform", "level", "logger", "environment", "release")
EXCEPTION_PARTS = ("type", "module")
FRAME_PARTS = ("filename", "abs_path", "function", "module", "lineno", "in_app", "context_line")
TAGS = ("request_id", "task", "task_id", "attempt")


def start_error_reports() -> None:
    """In each process that works, after its fork: events are sent by a thread."""
    if not settings.SENTRY_DSN:
        return
    import sentry_sdk
    from sentry_sdk.integrations.logging import LoggingIntegration

    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[LoggingIntegration(level=None, event_level=logging.ERROR)],
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        before_send=only_what_is_ours,
    )


def end_error_reports() -> None:
    """Send what is left."""
    if settings.SENTRY_DSN:
        import sentry_sdk

        sentry_sdk.flush(END_WAIT_S)


def only_what_is_ours(event: Event, hint: Hint) -> Event | None:
    """The event made anew of the parts that cannot hold anybody's words; None for no event."""
    found: dict[str, Any] = dict(event)
    exceptions = found.get("exception", {}).get("values", [])
    name = found.get("logger") or ""
    is_own = name.partition(".")[0] in OWN_LOGGERS
    if name == REQUESTS or not (exceptions or is_own):
        return None
    kept = only(found, EVENT_PARTS)
    # Our own messages are the names of events; what belongs to them stays in the log.
    kept["message"] = found.get("logentry", {}).get("message", "") if is_own else name
    kept["tags"] = only(structlog.contextvars.get_contextvars(), TAGS)
    if exceptions:
        kept["exception"] = {"values": [without_text(exception) for exception in exceptions]}
    return kept  # type: ignore[return-value]  # a TypedDict, made from one


def without_text(exception: dict[str, Any]) -> dict[str, Any]:
    frames = (exception.get("stacktrace") or {}).get("frames", [])
    kept = only(exception, EXCEPTION_PARTS)
    kept["stacktrace"] = {"frames": [only(frame, FRAME_PARTS) for frame in frames]}
    return kept


def only(parts: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: parts[name] for name in names if name in parts}
