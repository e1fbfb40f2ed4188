"""What a process and all that it started use."""

import os
import subprocess
import sys
from threading import Event, Thread

import pytest

from interview_trainer.processes import cpu_s, family_of, memory_bytes
from tests.live import PATIENCE_S


@pytest.fixture
def child():
    """A process that a thread of this one has started, as the voice is."""
    started: list[subprocess.Popen[bytes]] = []
    is_started, is_over = Event(), Event()

    def run() -> None:
        command = [sys.executable, "-c", "import sys; sys.stdin.read()"]
        with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
            started.append(process)
            is_started.set()
            is_over.wait(PATIENCE_S)

    thread = Thread(target=run)
    thread.start()
    assert is_started.wait(PATIENCE_S)
    yield started[0]
    is_over.set()
    thread.join(PATIENCE_S)


def test_what_a_thread_started_is_of_the_family(child):
    assert set(family_of(os.getpid())) >= {os.getpid(), child.pid}
    assert memory_bytes(child.pid) > 0


def test_who_has_ended_uses_nothing():
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert list(family_of(ended.pid)) == []
    assert (memory_bytes(ended.pid), cpu_s(ended.pid)) == (0, 0)
