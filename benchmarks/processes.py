"""Processes that a benchmark starts, and what they cost."""

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
PATIENCE_S = 240
READY = "Ready: http://"
STOP_PATIENCE_S = 10


@contextmanager
def started(
    command: list[str],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that prints into `log`, and ends with this one, however that ends."""
    with log.open("ab") as printed:
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", *command],
            stdout=printed,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=env,
            cwd=cwd,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_PATIENCE_S)
        except subprocess.TimeoutExpired:
            kill_tree(process.pid)
            process.wait()


def kill_tree(pid: int) -> None:
    for member in reversed(tree(pid)):
        try:
            os.kill(member, 9)
        except ProcessLookupError:
            continue


def ready_line(process: subprocess.Popen[bytes], log: Path) -> str:
    """The address in the line `Ready: http://...` of its log."""
    wait_for(process, log, lambda: READY in log.read_text(errors="replace"))
    (line,) = (line for line in log.read_text().splitlines() if line.startswith(READY))
    return line.removeprefix(READY).strip()


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=10):
            return True
    except OSError:
        return False


def wait_for_port(process: subprocess.Popen[bytes], log: Path, port: int) -> None:
    def listens() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    wait_for(process, log, listens)


def wait_for(process: subprocess.Popen[bytes], log: Path, is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        if time.monotonic() > deadline or process.poll() is not None:
            raise SystemExit(f"It did not start:\n{log.read_text(errors='replace')[-3000:]}")
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


def tree(pid: int) -> list[int]:
    """A process and all that it started, and they, and so on."""
    found = [pid]
    for member in found:
        try:
            for task in os.listdir(f"/proc/{member}/task"):
                children = Path(f"/proc/{member}/task/{task}/children").read_text().split()
                found += [int(child) for child in children]
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def cpu_s(pid: int) -> float:
    """CPU time of a process and all that it started, with those that ended."""
    ticks = 0
    for member in tree(pid):
        try:
            stat = Path(f"/proc/{member}/stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        ticks += sum(int(number) for number in stat.rpartition(")")[2].split()[11:15])
    return ticks / TICKS_A_SECOND


def memory_mb(pid: int) -> float:
    """What a process and all that it started have to themselves, and their share of the rest."""
    kilobytes = 0
    for member in tree(pid):
        try:
            rollup = Path(f"/proc/{member}/smaps_rollup").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        kilobytes += next(int(line.split()[1]) for line in rollup.splitlines() if "Pss:" in line)
    return kilobytes / 1024


class Database:
    """A MariaDB of this benchmark's own, as Debian sets it up but for the connections."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process, self.port = process, port

    def url(self, name: str) -> str:
        return f"mysql://root@127.0.0.1:{self.port}/{name}"

    def run(self, statements: str, database: str = "") -> str:
        """What the client prints, tab by tab."""
        command = ["mariadb", "--no-defaults", "-h127.0.0.1", f"-P{self.port}", "-uroot", "-N"]
        done = subprocess.run(
            [*command, *([database] if database else [])],
            input=statements.encode(),
            stdout=subprocess.PIPE,
            check=True,
        )
        return done.stdout.decode()

    def create(self, name: str) -> None:
        self.run(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")


@contextmanager
def private_database(folder: Path) -> Iterator[Database]:
    port, data, log = free_port(), folder / "mariadb", folder / "mariadb.log"
    subprocess.run(
        ["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--user=root",
         "--auth-root-authentication-method=normal", "--skip-test-db"],
        check=True,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    command = [
        "mariadbd", "--no-defaults", f"--datadir={data}", f"--port={port}", "--user=root",
        "--bind-address=127.0.0.1", f"--socket={folder}/mariadb.sock",
        f"--pid-file={folder}/mariadb.pid", "--max-connections=4000",
        "--innodb-buffer-pool-size=512M",
    ]  # fmt: skip
    with started(command, log=log) as process:
        wait_for_port(process, log, port)
        yield Database(process, port)


@contextmanager
def private_redis(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A Redis that keeps nothing on disk, and its address."""
    port, log = free_port(), folder / "redis.log"
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir"]
    with started([*command, str(folder)], log=log) as process:
        wait_for_port(process, log, port)
        yield process, f"redis://127.0.0.1:{port}/0"
