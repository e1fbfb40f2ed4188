"""What is kept of a person here: sound that was made for them."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction

from ai.speech_cache import forget_person
from users.models import User


def erase_speech(user: User, **kwargs: Any) -> None:
    """Receives `person_erased`."""
    transaction.on_commit(partial(forget_person, user.pk))
