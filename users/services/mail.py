"""Sending mail while nobody waits for it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from django.core.mail import EmailMessage

logger = logging.getLogger(__name__)


@cache
def _pool() -> ThreadPoolExecutor:
    """Made at first use, so that each process has its own. What waits is sent before it ends."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail")


def send_later(write: Callable[[], EmailMessage]) -> None:
    """Write and send in a thread of its own. A failure goes to the log, without address or text."""
    _pool().submit(_send, write)


def _send(write: Callable[[], EmailMessage]) -> None:
    try:
        write().send()
    except Exception as exc:
        # Whatever the mail server did, there is nobody left to tell.
        logger.error("mail_failed", extra={"error": type(exc).__name__})
