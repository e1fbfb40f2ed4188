"""What a process and all that it started use, as `/proc` has it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path


def family_of(pid: int) -> Iterator[int]:
    """The process, and what it started, and what those did, as far as they run."""
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return
    yield pid
    for thread in threads:
        yield from started_by(thread)


def started_by(thread: Path) -> Iterator[int]:
    """Each thread has children of its own."""
    try:
        children = (thread / "children").read_text().split()
    except OSError:  # it has ended
        return
    for child in children:
        yield from family_of(int(child))


def memory_bytes(pid: int) -> int:
    """What it has to itself, and its share of the rest."""
    try:
        shares = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:  # it has ended, or is another user's
        return 0
    found = re.search(r"^Pss: +(\d+) kB$", shares, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def cpu_s(pid: int) -> float:
    """Its own, and that of those that it started and that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
