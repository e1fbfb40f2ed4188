"""Tasks to test the queue with. What they do is told by the people that they make."""

import os
import signal
import time
from pathlib import Path

from django.conf import settings
from django.db import connection
from django_tasks import TaskContext, task

from users.models import User

SECRET = "words that a candidate said"


class OutOfOrderError(Exception):
    pass


class HopelessError(Exception):
    pass


def make(name: str) -> None:
    User.objects.create_user(f"{name}@example.com")


def note_failure(name: str) -> None:
    make(f"failed-{name}")


@task
def make_person(name: str) -> str:
    make(name)
    return name


@task(max_attempts=3, not_retried=(HopelessError,), on_failure=note_failure)
def break_down(name: str) -> None:
    raise HopelessError(SECRET) if name == "hopeless" else OutOfOrderError(SECRET)


@task(takes_context=True)
def work_at_second_try(context: TaskContext, name: str) -> None:
    if context.attempt == 1:
        raise OutOfOrderError(SECRET)
    make(name)


@task(takes_context=True)
def lose_database(context: TaskContext, name: str) -> None:
    if context.attempt == 1:
        with connection.cursor() as cursor:
            cursor.execute("KILL CONNECTION_ID()")
    make(name)


def break_too(name: str) -> None:
    raise OutOfOrderError(SECRET)


@task(max_attempts=1, on_failure=break_too)
def break_twice(name: str) -> None:
    raise OutOfOrderError(SECRET)


def append(name: str, text: str) -> None:
    """One write, so that the lines of several processes do not mix."""
    with (Path(settings.DATA_DIR) / name).open("a") as file:
        file.write(f"{text}\n")


@task
def take_turns(number: int) -> None:
    """Says when it began and when it ended."""
    append("log", f"{number} begins {os.getpid()}")
    time.sleep(0.01)
    append("log", f"{number} ends {os.getpid()}")


@task(takes_context=True, max_attempts=2, on_failure=note_failure)
def wait_for_file(context: TaskContext, name: str) -> None:
    """Runs until the file `<name>-go` is there."""
    append("log", f"{name} begins {os.getpid()}")
    try:
        while not (Path(settings.DATA_DIR) / f"{name}-go").exists():
            time.sleep(0.02)
        append("log", f"{name} ends {context.attempt}")
    finally:
        append("log", f"{name} unwinds")


@task(max_attempts=2, on_failure=note_failure)
def kill_own_worker(name: str) -> None:
    append("log", f"{name} begins {os.getpid()}")
    os.kill(os.getpid(), signal.SIGKILL)
