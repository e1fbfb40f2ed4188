"""Many threads in several processes at one ledger, some of them killed."""

import multiprocessing
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from threading import Barrier, Event
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from tests.live import database_url
from tests.users import ledger_worker
from users.errors import EmailTakenError, OperationInProgressError
from users.models import CreditAccount, Hold, LedgerEntry, User, UserSettings
from users.services.ledger import (
    Author,
    adjust_credits,
    expire_holds,
    grant_credits,
    hold_credits,
)
from users.services.people import create_user, get_or_create_user

pytestmark = pytest.mark.django_db(transaction=True)

# What is tested is one writer's row locks against another's. SQLite locks the whole database at the
# BEGIN of a transaction, so writers queue there and none can lose a deadlock. The gate runs every
# test on MariaDB as well.
row_locks_only = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite has one lock, so writers cannot deadlock"
)

PROCESSES = 4
PATIENCE_S = 60
SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload([ledger_worker.__name__])


@dataclass
class Worker:
    process: BaseProcess
    pipe: Connection

    def hear(self, lines: int) -> list[str]:
        """The next lines that it says."""
        return [self._receive() for _ in range(lines)]

    def _receive(self) -> str:
        assert self.pipe.poll(PATIENCE_S)
        return str(self.pipe.recv())

    def finish(self) -> list[str]:
        """What it says until it ends well."""
        said = []
        with suppress(EOFError):
            while True:
                said.append(self._receive())
        self.process.join(PATIENCE_S)
        assert self.process.exitcode == 0
        return said


@contextmanager
def workers(
    task: Callable[[list[User], ledger_worker.Say], None],
    *users: User,
    hold_expires_after_s: int = 900,
) -> Iterator[list[Worker]]:
    """Four processes that begin at once, and do not outlive the block."""
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", database_url())
        started = []
        for _ in range(PROCESSES):
            ours, theirs = stack.enter_context(closing_pipe())
            user_ids = [user.pk for user in users]
            process = SERVER.Process(
                target=ledger_worker.run, args=(theirs, task, user_ids, hold_expires_after_s)
            )
            process.start()
            stack.callback(process.join)
            stack.callback(process.kill)
            theirs.close()
            started.append(Worker(process, ours))
        for worker in started:
            assert worker.hear(1) == ["ready"]
        for worker in started:
            worker.pipe.send("go")
        yield started


@contextmanager
def closing_pipe() -> Iterator[tuple[Connection, Connection]]:
    ours, theirs = SERVER.Pipe()
    with ours, theirs:
        yield ours, theirs


def let_time_pass() -> None:
    Hold.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def set_balance(user: User, amount: int) -> None:
    difference = amount - user.account.available
    adjust_credits(user=user, amount=difference, reason="Test", author=Author())


def balances(user: User) -> tuple[int, int, int]:
    """Available, held and charged."""
    account = CreditAccount.objects.get(pk=user.pk)
    charged = sum(Hold.objects.filter(account=account).values_list("charged", flat=True))
    return account.available, account.held, charged


def at_once(*calls: Any) -> list[Any]:
    """What each call returned or raised, all started together in threads of their own."""
    barrier = Barrier(len(calls))

    def run(call: Any) -> Any:
        barrier.wait(PATIENCE_S)
        try:
            return call()
        except Exception as exc:
            return exc
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_64_threads_in_4_processes_spend_exactly_the_last_100_credits(owner):
    set_balance(owner, 100)
    with workers(ledger_worker.spend_all, owner) as started:
        spent = [line for worker in started for line in worker.finish()]
    assert spent == ["spent"] * 100
    assert balances(owner) == (0, 0, 100)
    call_command("verify_ledger")


def test_what_killed_processes_held_is_returned(owner):
    set_balance(owner, 100)
    with workers(ledger_worker.hold_and_hang, owner) as started:
        for worker in started:
            assert worker.hear(ledger_worker.THREADS) == ["held"] * 16
            worker.process.kill()
    assert balances(owner) == (36, 64, 0)
    call_command("verify_ledger")
    let_time_pass()
    assert expire_holds() == 64
    assert balances(owner) == (100, 0, 0)
    call_command("verify_ledger")


def test_processes_killed_while_they_spend_lose_nothing(owner):
    # So many that each process gets at some before they are spent.
    set_balance(owner, 500)
    with workers(ledger_worker.spend_all, owner) as started:
        for worker in started[:2]:
            worker.hear(3)
            worker.process.kill()
        for worker in started[2:]:
            worker.finish()
    available, held, charged = balances(owner)
    assert (available, held + charged) == (0, 500)
    call_command("verify_ledger")
    let_time_pass()
    assert expire_holds() == held
    assert balances(owner) == (held, 0, charged)
    call_command("verify_ledger")


def test_mixed_writes_and_sweeps_of_several_processes_keep_every_rule(
    owner, other_user, staff, monkeypatch
):
    monkeypatch.setattr("users.services.ledger.EXPIRED_AT_ONCE", 3)
    people = [owner, other_user, staff]
    with workers(ledger_worker.mix, *people, hold_expires_after_s=0) as started:
        for _ in range(3):
            call_command("verify_ledger")
        lines = [line for worker in started for line in worker.finish()]
    assert lines == ["done"] * PROCESSES * ledger_worker.THREADS
    call_command("verify_ledger")
    let_time_pass()
    open_before = Hold.objects.filter(state="open").count()
    assert sum(at_once(expire_holds, expire_holds)) == open_before
    assert [balances(person)[1] for person in people] == [0, 0, 0]
    call_command("verify_ledger")


def test_one_operation_key_holds_once_however_many_ask_at_once(owner):
    def ask() -> Hold:
        return hold_credits(user=owner, amount=1, purpose="text", operation_key="k" * 64)

    answers = at_once(*[ask] * 8)
    assert [type(answer) for answer in answers if not isinstance(answer, Hold)] == [
        OperationInProgressError
    ] * 7
    assert balances(owner) == (299, 1, 0)


def test_one_email_makes_one_user_however_many_ask_at_once(db):
    answers = at_once(*[lambda: create_user(email="eve@example.com")] * 6)
    refused = [answer for answer in answers if not isinstance(answer, User)]
    assert [type(answer) for answer in refused] == [EmailTakenError] * 5
    call_command("verify_ledger")


def test_first_sights_of_one_person_at_once_find_one_user(db):
    answers = at_once(*[lambda: get_or_create_user(email="eve@example.com")] * 6)
    assert answers == [User.objects.get()] * 6


def lose_a_deadlock(account: User, author: User, write: Callable[[], Any]) -> Any:
    """What `write` returned or raised, whose entry for `account` names `author`.

    Another transaction has the author's row and wants the account's. It has changed more rows, so
    the database takes the write back.
    """
    User.objects.bulk_create(User(email=f"{number}@example.com") for number in range(50))
    author_is_taken = Event()

    def take_both() -> None:
        with transaction.atomic():
            User.objects.update(name="Somebody")
            author_is_taken.set()
            wait_until_someone_waits()
            CreditAccount.objects.select_for_update().get(pk=account.pk)

    def write_second() -> Any:
        assert author_is_taken.wait(PATIENCE_S)
        return write()

    answer, nothing = at_once(write_second, take_both)
    assert nothing is None
    return answer


def wait_until_someone_waits() -> None:
    """Until a transaction on this database waits for a lock."""
    waiting = """
        SELECT COUNT(*) FROM information_schema.innodb_trx AS trx
        JOIN information_schema.processlist AS process ON process.id = trx.trx_mysql_thread_id
        WHERE trx.trx_state = 'LOCK WAIT' AND process.db = DATABASE()
    """
    deadline = time.monotonic() + PATIENCE_S
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return
            Event().wait(0.15)  # the table is renewed only when it was not read for 0.1 s
    raise AssertionError("Nobody waited.")


@row_locks_only
def test_a_write_that_loses_a_deadlock_is_done_anew(owner, staff):
    def grant() -> LedgerEntry:
        return grant_credits(user=owner, amount=1, reason="Prize", author=Author(user=staff))

    entry = lose_a_deadlock(owner, staff, grant)
    assert entry.available_after == 301
    assert balances(owner) == (301, 0, 0)


@row_locks_only
def test_a_deadlock_inside_a_callers_transaction_is_the_callers(owner, staff):
    @transaction.atomic
    def choose_and_grant() -> None:
        UserSettings.objects.filter(user=owner).update(llm_model="claude")
        grant_credits(user=owner, amount=1, reason="Prize", author=Author(user=staff))

    lost = lose_a_deadlock(owner, staff, choose_and_grant)
    assert isinstance(lost, OperationalError)
    assert not UserSettings.objects.filter(llm_model="claude").exists()
    assert balances(owner) == (300, 0, 0)
