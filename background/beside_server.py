"""Workers beside the server, as its child: `gunicorn_conf.py` starts and stops them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from types import FrameType

from django.conf import settings

# On top of what the workers themselves take at most.
STOP_MARGIN_S = 5


def start_workers() -> subprocess.Popen[bytes] | None:
    """None where `TASK_WORKERS` is 0."""
    if settings.TASK_WORKERS == 0:
        return None
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "run_worker"]
    command += ["--processes", str(settings.TASK_WORKERS), "--beside", str(os.getpid())]
    # In a session of its own a Ctrl-C reaches it through the server alone.
    process = subprocess.Popen(  # noqa: S603  (our own program)
        command, stdin=subprocess.DEVNULL, start_new_session=True
    )
    pass_on(signal.SIGTERM, process, signal.SIGTERM)
    # Not SIGINT: while it still starts, that would print a traceback.
    pass_on(signal.SIGINT, process, signal.SIGQUIT)
    pass_on(signal.SIGQUIT, process, signal.SIGQUIT)
    return process


def pass_on(
    number: signal.Signals, process: subprocess.Popen[bytes], passed: signal.Signals
) -> None:
    """So that the server's requests and the tasks end side by side, not one after the other."""
    servers_own = signal.getsignal(number)

    def handle(number: int, frame: FrameType | None) -> None:
        process.send_signal(passed)
        if callable(servers_own):
            servers_own(number, frame)

    signal.signal(number, handle)


def stop_workers(process: subprocess.Popen[bytes] | None) -> None:
    """Waits until they have ended, the tasks that they run included."""
    if process is None:
        return
    process.terminate()
    try:
        process.wait(settings.GRACEFUL_TIMEOUT_S + STOP_MARGIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
