"""Programs that a benchmark starts, and what they cost."""

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import fake_vendor

from deploy.programs import (
    LOOPBACK,
    MARIADB_ACCOUNT,
    Program,
    accepts,
    free_port,
    install_mariadb,
)
from interview_trainer import processes


def cpu_s(pid: int) -> float:
    """CPU time of a process and all that it started, with those that ended."""
    return sum(map(processes.cpu_s, processes.family_of(pid)))


def memory_mb(pid: int) -> float:
    """What a process and all that it started have to themselves, and their share of the rest."""
    return sum(map(processes.memory_bytes, processes.family_of(pid))) / 1024**2


class Database:
    """A MariaDB of this benchmark's own, as Debian sets it up but for the connections."""

    def __init__(self, program: Program, port: int) -> None:
        self.program, self.port = program, port

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


def started(stack: ExitStack, program: Program) -> Program:
    """It runs until the stack is left; whoever needs it waits for it."""
    program.begin()
    stack.callback(program.stop)
    return program


def private_database(stack: ExitStack, folder: Path) -> Database:
    port, data = free_port(), folder / "mariadb"
    install_mariadb(data, log=folder / "install.log")
    command = [
        "mariadbd", "--no-defaults", *MARIADB_ACCOUNT, f"--datadir={data}", f"--port={port}",
        "--bind-address=127.0.0.1", f"--socket={folder}/mariadb.sock",
        f"--pid-file={folder}/mariadbd.pid", "--max-connections=4000",
        "--innodb-buffer-pool-size=512M",
    ]  # fmt: skip
    program = started(stack, Program("mariadb", command, folder, accepts(LOOPBACK, port)))
    program.wait_until_up()
    return Database(program, port)


def private_redis(stack: ExitStack, folder: Path) -> tuple[Program, str]:
    """A Redis that keeps nothing on disk, and its address."""
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir"]
    program = Program("redis", [*command, str(folder)], folder, accepts(LOOPBACK, port))
    started(stack, program).wait_until_up()
    return program, f"redis://127.0.0.1:{port}/0"


def private_vendor(stack: ExitStack, folder: Path) -> tuple[Program, str]:
    """The fake vendor, and its address."""
    port = free_port()
    command = [sys.executable, fake_vendor.__file__, str(port)]
    program = Program("vendor", command, folder, accepts(LOOPBACK, port))
    started(stack, program).wait_until_up()
    return program, f"http://127.0.0.1:{port}"
