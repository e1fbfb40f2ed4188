"""What a process of its own does to the ledger, in many threads.

The module is imported by a fork server, so it sets Django up itself. It connects to `DATABASE_URL`.
"""

import os
import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.connection import Connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_trainer.settings")

import django
from django.apps import apps

if not apps.ready:
    django.setup()

from django.conf import settings
from django.db import connection

from users.errors import (
    EntryNotReversibleError,
    HoldResolvedError,
    InsufficientCreditsError,
    OperationInProgressError,
)
from users.models import LedgerEntry, User
from users.services.ledger import (
    SERVICE,
    expire_holds,
    grant_credits,
    hold_credits,
    post_hold,
    reverse_entry,
    void_hold,
)

THREADS = 16
MIXED_STEPS = 6
EXPECTED = (
    EntryNotReversibleError,
    HoldResolvedError,
    InsufficientCreditsError,
    OperationInProgressError,
)

Say = Callable[[str], None]


def spend_all(users: list[User], say: Say) -> None:
    """Spend credits one at a time until none are left."""
    while True:
        try:
            hold = hold_credits(user=users[0], amount=1, purpose="text")
        except InsufficientCreditsError:
            return
        post_hold(hold=hold, amount=1)
        say("spent")


def hold_and_hang(users: list[User], say: Say) -> None:
    """Hold a credit and never resolve it: the process is to be killed."""
    hold_credits(user=users[0], amount=1, purpose="text")
    say("held")
    threading.Event().wait()


def mix(users: list[User], say: Say) -> None:
    """Everything that can be done to a ledger, in an order of chance."""
    chance = random.Random(f"{os.getpid()} {threading.get_ident()}")
    steps = [hold_and_post, hold_and_void, grant, reverse, sweep, leave_a_hold]
    for _ in range(MIXED_STEPS):
        with suppress(*EXPECTED):
            chance.choice(steps)(chance.choice(users), chance)
    say("done")


def hold_and_post(user: User, chance: random.Random) -> None:
    amount = chance.randint(1, 40)
    hold = hold_credits(user=user, amount=amount, purpose="text")
    post_hold(hold=hold, amount=chance.randint(1, amount))


def hold_and_void(user: User, chance: random.Random) -> None:
    key = chance.choice(["a" * 64, "b" * 64, None])
    void_hold(hold=hold_credits(user=user, amount=1, purpose="text", operation_key=key))


def grant(user: User, chance: random.Random) -> None:
    grant_credits(user=user, amount=chance.randint(1, 20), reason="Gift")


def reverse(user: User, chance: random.Random) -> None:
    entry = chance.choice(LedgerEntry.objects.filter(account_id=user.pk)[:10])
    reverse_entry(entry=entry, reason="Mistake", author=SERVICE)


def sweep(user: User, chance: random.Random) -> None:
    expire_holds()


def leave_a_hold(user: User, chance: random.Random) -> None:
    hold_credits(user=user, amount=2, purpose="text")


def run(
    pipe: Connection,
    task: Callable[[list[User], Say], None],
    user_ids: list[int],
    hold_expires_after_s: int,
) -> None:
    """Say "ready", wait for a message, then run the task in threads; what they say is sent.

    An error that the task does not expect ends the process with exit code 1.
    """
    settings.HOLD_EXPIRES_AFTER_S = hold_expires_after_s
    users = list(User.objects.filter(pk__in=user_ids))
    connection.close()
    lock = threading.Lock()

    def say(line: str) -> None:
        with lock:
            pipe.send(line)

    def run_thread(_: int) -> None:
        try:
            task(users, say)
        finally:
            connection.close()

    say("ready")
    pipe.recv()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(run_thread, range(THREADS)))
