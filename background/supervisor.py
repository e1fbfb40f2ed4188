"""Keeps workers running: each in a process of its own, started again when it crashes."""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from types import FrameType

from django.conf import settings
from django.db import connections

from background.exporter import serve_metrics
from background.worker import Worker
from interview_trainer.metric_files import bury_the_dead

logger = logging.getLogger(__name__)

LOOK_S = 0.2
RESTART_WAIT_S = 1.0
# On top of GRACEFUL_TIMEOUT_S, for a task that is cut short to unwind.
UNWIND_S = 3


class Supervisor:
    """`server_pid` is the process beside which the workers run: they end with it."""

    def __init__(self, *, processes: int, server_pid: int | None = None) -> None:
        self.processes = processes
        self.server_pid = server_pid
        self.pids: set[int] = set()
        # The one of them that tells how they do, where no server does.
        self.exporter_pid: int | None = None
        self.has_exporter = server_pid is None and settings.WORKER_METRICS_PORT != 0
        self._stop_signal: signal.Signals | None = None
        self._told: signal.Signals | None = None
        self._restart_at = 0.0
        self._kill_at = 0.0

    def run(self) -> None:
        """Work until a signal comes, or the server is gone, and every worker has ended."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
            signal.signal(number, self._note_signal)
        connections.close_all()
        while self.pids or self._stop_signal is None:
            if self._stop_signal is None:
                self._start_missing()
            else:
                self._tell_to_stop(self._stop_signal)
            time.sleep(LOOK_S)
            self._reap()
            if self.server_pid is not None and os.getppid() != self.server_pid:
                self._note_signal(signal.SIGTERM, None)

    def _note_signal(self, number: int, frame: FrameType | None) -> None:
        if self._stop_signal is None:
            self._kill_at = time.monotonic() + settings.GRACEFUL_TIMEOUT_S + UNWIND_S
        if self._stop_signal != signal.SIGINT:  # who is in a hurry does not become patient
            self._stop_signal = signal.SIGTERM if number == signal.SIGTERM else signal.SIGINT

    def _start_missing(self) -> None:
        if time.monotonic() < self._restart_at:
            return
        if self.has_exporter and self.exporter_pid is None:
            self.exporter_pid = start(serve_metrics)
            self.pids.add(self.exporter_pid)
        while len(self.pids - {self.exporter_pid}) < self.processes:
            self.pids.add(start(run_worker))

    def _tell_to_stop(self, number: signal.Signals) -> None:
        """At every look: a process that had just been forked may have missed the first time."""
        sent = signal.SIGKILL if time.monotonic() > self._kill_at else number
        for pid in self.pids:
            os.kill(pid, sent)
        if self._told != sent:
            self._told = sent
            logger.info("workers_told_to_stop", extra={"signal": sent.name})

    def _reap(self) -> None:
        for pid in list(self.pids):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if not ended:
                continue
            self.pids.remove(pid)
            self.exporter_pid = None if pid == self.exporter_pid else self.exporter_pid
            bury_the_dead()
            if self._stop_signal is None:
                code = os.waitstatus_to_exitcode(status)
                logger.error("worker_crashed", extra={"pid": pid, "exit_code": code})
                self._restart_at = time.monotonic() + RESTART_WAIT_S


def run_worker(parent_pid: int) -> None:
    Worker().run(parent_pid=parent_pid)


def start(work: Callable[[int], None]) -> int:
    """Fork: it starts at once, and shares the memory of what is loaded. Returns its id."""
    parent_pid = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    try:
        work(parent_pid)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    finally:
        sys.stderr.flush()
    os._exit(0)
