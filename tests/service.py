"""The service as a process of its own, for tests of what only a real server shows."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
TEST_TIMEOUT_S = 300


@dataclass
class Service:
    """A started service and what it has printed so far."""

    process: subprocess.Popen[str]
    output: str = ""

    def read_until(self, text: str) -> str:
        """The first line that contains `text`. Fails the test where the service ends before."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output += line
            if text in line:
                return line.strip()
        pytest.fail(f"The service ended without {text!r}:\n{self.output}")

    def wait_until_ready(self) -> str:
        return self.read_until("Ready: ").removeprefix("Ready: ")

    def wait_until_ended(self) -> int:
        assert self.process.stdout is not None
        self.output += self.process.stdout.read()
        return self.process.wait()

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(sign)
        return self.wait_until_ended()


@pytest.fixture
def start(tmp_path) -> Iterator[Callable[..., Service]]:
    """Starts the service on a free port, its files in `tmp_path`. None outlives the test."""
    with ExitStack() as stack:

        def run(*command: str, **variables: str) -> Service:
            process = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", *(command or ["interview_trainer.local"])],
                    cwd=PROJECT,
                    env=environment(tmp_path) | variables,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                )
            )
            watchdog = threading.Timer(TEST_TIMEOUT_S, process.kill)
            watchdog.start()
            stack.callback(watchdog.cancel)
            stack.callback(process.kill)
            return Service(process)

        yield run


def environment(place: Path) -> dict[str, str]:
    """Nothing of the suite's own settings."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(place),
        "ENV_FILE": str(place / "env"),
        "DATA_DIR": str(place / "data"),
        "PORT": "0",
        "WARM_MODELS": "false",
        "TASK_WORKERS": "0",
        "DRAIN_S": "0",
    }
