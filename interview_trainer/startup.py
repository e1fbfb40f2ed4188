"""Refusing to start: the reason, in words, and no traceback."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import SystemCheckError
from django.db import OperationalError


@contextmanager
def refusing_to_start() -> Iterator[None]:
    """End the process with 1 where the block finds a setting wrong or the database away."""
    try:
        yield
    except (ImproperlyConfigured, SystemCheckError) as exc:
        sys.exit(f"Not started. {exc}")
    except OperationalError as exc:
        sys.exit(f"Not started. The database cannot be used: {exc}")
