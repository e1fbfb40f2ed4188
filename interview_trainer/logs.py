"""Structured logs: JSON for machines, or readable in a terminal. One line per request.

Never logged: a secret, a body, a query string, a candidate's words.
"""

import logging
import logging.config
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from django.conf import settings


def drop_request(logger: Any, method_name: str, event: MutableMapping[str, Any]) -> Any:
    """Django adds the request to what it logs of failures, and a request shows its query string."""
    event.pop("request", None)
    return event


SHARED_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    drop_request,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def console_renderer() -> structlog.dev.ConsoleRenderer:
    """With plain tracebacks: those that structlog prefers show local variables, and so secrets."""
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )


def configure_logging(config: dict[str, object]) -> None:
    """Django calls this once, at set-up (`LOGGING_CONFIG`)."""
    renderers: list[Any] = (
        [console_renderer()]
        if settings.LOG_FORMAT == "console"
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "structured": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": SHARED_PROCESSORS,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        *renderers,
                    ],
                },
            },
            "handlers": {
                "stderr": {"class": "logging.StreamHandler", "formatter": "structured"},
            },
            "root": {"handlers": ["stderr"], "level": settings.LOG_LEVEL},
            "loggers": {
                # Our own request line says the same with more, and without the query string.
                "django.request": {"level": "ERROR"},
                "django.server": {"level": "WARNING"},
                # The worker says the same with more.
                "django_tasks": {"level": "CRITICAL"},
                # They tell of every call, and of addresses with what is in them.
                "httpx": {"level": "WARNING"},
                "httpx2": {"level": "WARNING"},
                "google_genai": {"level": "WARNING"},
                "openai": {"level": "WARNING"},
                "elevenlabs": {"level": "WARNING"},
                "httpcore": {"level": "WARNING"},
                "httpcore2": {"level": "WARNING"},
                "urllib3": {"level": "WARNING"},
                "faster_whisper": {"level": "WARNING"},
            },
        }
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED_PROCESSORS,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
