"""The folder through which the figures of all processes come together.

prometheus_client keeps each process's figures in files there, and whoever is asked for `/metrics`
adds them up. The server makes the folder, before anything imports prometheus_client; its workers
and task workers inherit it. What a process counted must outlive it: `bury_the_dead` adds the
files of ended processes to one, however often processes are replaced.
"""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

logger = logging.getLogger(__name__)

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
PREFIX = "interview-trainer-metrics-"
MEMORY = Path("/dev/shm")  # noqa: S108  (each folder there is its owner's only)
# Stands in place of the process in the name of the file of all ended ones.
ENDED = "ended"


def make_folder() -> Path:
    """An empty folder for this process and those it starts. Removes what dead servers left."""
    parent = MEMORY if os.access(MEMORY, os.W_OK) else Path(tempfile.gettempdir())
    for left in parent.glob(f"{PREFIX}*"):
        if not lives(left.name.removeprefix(PREFIX)):
            shutil.rmtree(left, ignore_errors=True)
    folder = parent / f"{PREFIX}{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    os.environ[VARIABLE] = str(folder)
    return folder


def inherit_or_make_folder() -> None:
    """The folder of the server beside which this process works, or one of its own."""
    if current_folder() is None:
        make_folder()


def remove_folder() -> None:
    """Only by who made it: others may still count."""
    folder = current_folder()
    if folder is not None and folder.name == f"{PREFIX}{os.getpid()}":
        shutil.rmtree(folder, ignore_errors=True)


def current_folder() -> Path | None:
    """None where this process counts for itself alone, as commands and tests do."""
    name = os.environ.get(VARIABLE)
    return Path(name) if name else None


def maker_of(folder: Path) -> int:
    """The process that made the folder: the server."""
    return int(folder.name.removeprefix(PREFIX))


def lives(pid: str) -> bool:
    return pid.isdecimal() and Path(f"/proc/{pid}").exists()


@contextmanager
def unchanging(folder: Path) -> Iterator[None]:
    """No file of a dead process is added to another meanwhile: nothing is read twice."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


def bury_the_dead() -> None:
    """Once a process has ended: its gauges go, and its counts are added to those of all ended ones.

    Where somebody reads just now, the counts wait in their files until the next process ends: a
    server must not wait for a reader.
    """
    folder = current_folder()
    if folder is None:
        return
    try:
        add_up_the_dead(folder)
    except OSError as exc:
        # Who ends processes must go on: figures are not worth a service.
        logger.warning("metric_files_unusable", extra={"error": type(exc).__name__})


def add_up_the_dead(folder: Path) -> None:
    dead = [file for file in folder.glob("*.db") if is_dead(file)]
    for file in dead:
        if file.name.startswith("gauge_"):
            file.unlink(missing_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        for file in dead:
            if file.exists():
                add_to_ended(file)


def is_dead(file: Path) -> bool:
    process = file.stem.rpartition("_")[2]
    return process != ENDED and not lives(process)


def add_to_ended(file: Path) -> None:
    from prometheus_client.mmap_dict import MmapedDict

    kind = file.stem.rpartition("_")[0]
    ended = MmapedDict(str(file.with_name(f"{kind}_{ENDED}.db")))
    for key, value, _, _ in MmapedDict.read_all_values_from_file(str(file)):
        ended.write_value(key, ended.read_value(key)[0] + value, 0.0)
    ended.close()
    file.unlink()
