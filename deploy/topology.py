"""What compose.yaml starts, from ordinary processes: MariaDB, Redis, web copies, worker, nginx.

    make stack                         until Ctrl-C; the data stays in data/stack
    with Topology(web=3) as stack:     for tests and benchmarks; gone at the end
        stack.url, stack.web[0].stop(), stack.manage("verify_ledger")

It uses the configuration files beside it. It needs the Debian packages mariadb-server,
redis-server and nginx-light, and listens on 127.0.0.1 alone, or on the hosts that are given.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Self

from deploy.programs import (
    LOOPBACK,
    MARIADB_ACCOUNT,
    Host,
    Program,
    accepts,
    answers,
    free_port,
    install_mariadb,
)

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent
DATABASE = "interview_trainer"
# On top of what each takes to drain and to end what runs.
STOP_MARGIN_S = 15
NGINX_STOP_S = 20

# What differs from compose.yaml, because there is no TLS and it is one's own machine.
VARIABLES = {
    "ALLOWED_HOSTS": "*",
    "HTTPS_ONLY": "false",
    "TRUSTED_PROXIES": "1",
    "SECRET_KEY": "only-for-a-stack-on-ones-own-machine-and-long-enough",
    "TASK_WORKERS": "0",
    "WARM_MODELS": "false",
    "DRAIN_S": "5",
    "GRACEFUL_TIMEOUT_S": "30",
}


@dataclass(frozen=True)
class Hosts:
    """Who runs where. Web copies take turns on theirs."""

    front: Host = LOOPBACK
    web: tuple[Host, ...] = (LOOPBACK,)
    worker: Host = LOOPBACK
    data: Host = LOOPBACK


class Topology:
    """`variables` are settings of the service, on top of those here.

    Without a `folder` everything is in a scratch folder and gone at the end. With one, the
    database in it is used again. `port` is nginx's; 0 takes a free one.
    """

    def __init__(
        self,
        *,
        web: int = 2,
        workers: int = 1,
        variables: Mapping[str, str] | None = None,
        hosts: Hosts | None = None,
        folder: Path | None = None,
        port: int = 0,
    ) -> None:
        self.hosts = hosts or Hosts()
        self._ports: dict[str, int] = {}
        self.is_scratch = folder is None
        self.folder = folder or Path(tempfile.mkdtemp(prefix="interview-trainer-stack-"))
        self.folder.mkdir(parents=True, exist_ok=True)
        self.mariadb = self._mariadb(free_port())
        self.redis = self._redis(free_port())
        self.variables = VARIABLES | self._places() | dict(variables or {})
        self.web = [self._web(number) for number in range(1, web + 1)]
        self.worker = self._worker(workers) if workers else None
        self.front = self._nginx(port or free_port())

    # Where things are

    @property
    def url(self) -> str:
        """nginx's address, as `http://host:port`."""
        return f"http://{self.front_address}"

    @property
    def front_address(self) -> str:
        return f"{self.hosts.front.address}:{self._ports['nginx']}"

    def web_address(self, number: int) -> str:
        """Of one copy itself, from 0."""
        name = self.web[number].name
        return f"{self.web[number].host.address}:{self._ports[name]}"

    @property
    def database_url(self) -> str:
        return f"mysql://root@{self.hosts.data.address}:{self._ports['mariadb']}/{DATABASE}"

    @property
    def redis_url(self) -> str:
        return f"redis://{self.hosts.data.address}:{self._ports['redis']}/0"

    def environment(self, **variables: str) -> dict[str, str]:
        """For a process of the service: nothing of the caller's own settings."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "ENV_FILE": os.devnull,
            "PYTHONUNBUFFERED": "1",
            **self.variables,
            **variables,
        }

    # What can be done with it

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *raised: object) -> None:
        self.stop()

    def start(self) -> None:
        """In the order in which each needs the others."""
        self._install_mariadb()
        self.mariadb.start()
        self.redis.start()
        self.manage("migrate", "--verbosity", "0")
        programs = [*self.web, *([self.worker] if self.worker else []), self.front]
        for program in programs:
            program.begin()
        for program in programs:
            program.wait_until_up()

    def stop(self) -> None:
        """In the opposite order: nobody loses what it still needs."""
        self.front.stop()
        for program in self.service_programs:
            program.send(program.stop_signal)
        for program in [*self.service_programs, self.redis, self.mariadb]:
            program.stop()
        if self.is_scratch:
            shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def service_programs(self) -> list[Program]:
        return [*self.web, *([self.worker] if self.worker else [])]

    def manage(self, *command: str) -> str:
        """What `manage.py command` prints. Raises `CalledProcessError` where it fails."""
        with (self.folder / "manage.log").open("a") as log:
            done = subprocess.run(
                [*self.hosts.data.enter, sys.executable, str(PROJECT / "manage.py"), *command],
                env=self.environment(),
                stdout=subprocess.PIPE,
                stderr=log,
                check=True,
                text=True,
            )
        return done.stdout

    # How each is started

    def _places(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.database_url,
            "CACHE_URL": self.redis_url,
            # The recordings: the folder that copies and workers share.
            "DATA_DIR": str(self.folder / "files"),
        }

    def _install_mariadb(self) -> None:
        data = self.folder / "mariadb"
        if data.exists():
            return
        install_mariadb(data, log=self.folder / "install.log")

    def _mariadb(self, port: int) -> Program:
        self._ports["mariadb"] = port
        data = self.folder / "mariadb"
        defaults = f"--defaults-file={HERE / 'mariadb' / 'interview_trainer.cnf'}"
        create = self.folder / "create.sql"
        create.write_text(
            f"CREATE DATABASE IF NOT EXISTS {DATABASE} CHARACTER SET utf8mb4;\n"
            # From other hosts of its own network, where it has one.
            "CREATE USER IF NOT EXISTS root@'%';\nGRANT ALL ON *.* TO root@'%';\n"
        )
        command = ["mariadbd", defaults, *MARIADB_ACCOUNT, f"--datadir={data}", f"--port={port}"]
        command += [f"--bind-address={self.hosts.data.address}", f"--init-file={create}"]
        command += [f"--socket={self.folder}/mariadb.sock"]
        command += [f"--pid-file={self.folder}/mariadbd.pid"]
        is_up = accepts(self.hosts.data, port)
        return Program("mariadb", command, self.folder, is_up, self.hosts.data, stop_after_s=60)

    def _redis(self, port: int) -> Program:
        self._ports["redis"] = port
        command = ["redis-server", str(HERE / "redis" / "redis.conf"), "--port", str(port)]
        command += ["--bind", self.hosts.data.address, "--protected-mode", "no"]
        command += ["--dir", str(self.folder)]
        is_up = accepts(self.hosts.data, port)
        return Program("redis", command, self.folder, is_up, self.hosts.data)

    def _web(self, number: int) -> Program:
        name, port = f"web{number}", free_port()
        self._ports[name] = port
        host = self.hosts.web[(number - 1) % len(self.hosts.web)]
        command = [sys.executable, "-m", "gunicorn", "--chdir", str(PROJECT)]
        command += ["--config", "python:interview_trainer.gunicorn_conf"]
        command += ["interview_trainer.wsgi"]
        return Program(
            name,
            command,
            self.folder,
            answers(host, port, "/readyz"),
            host,
            self.environment(HOST=host.address, PORT=str(port)),
            stop_after_s=self._seconds("DRAIN_S") + self._stop_after_s,
        )

    def _worker(self, processes: int) -> Program:
        command = [sys.executable, str(PROJECT / "manage.py"), "run_worker"]
        return Program(
            "worker",
            [*command, "--processes", str(processes)],
            self.folder,
            lambda: self.worker is not None and self.worker.is_running,
            self.hosts.worker,
            self.environment(),
            stop_after_s=self._stop_after_s,
        )

    def _nginx(self, port: int) -> Program:
        self._ports["nginx"] = port
        folder = self.folder / "nginx"
        folder.mkdir(exist_ok=True)
        shutil.copy(HERE / "nginx" / "nginx.conf", folder)
        (folder / "listen.conf").write_text(f"listen {self.front_address};\n")
        copies = [self.web_address(number) for number in range(len(self.web))]
        (folder / "web_copies.conf").write_text(
            "".join(f"server {copy} max_fails=1 fail_timeout=2s;\n" for copy in copies)
        )
        # Its workers would otherwise be nobody, who may not write to a folder of root's.
        account = "user root;" if os.geteuid() == 0 else ""
        command = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]
        command += ["-e", "stderr", "-g", f"daemon off; {account}"]
        return Program(
            "nginx",
            command,
            self.folder,
            accepts(self.hosts.front, port),
            self.hosts.front,
            {"PATH": f"{os.environ['PATH']}:/usr/sbin"},
            stop_signal=signal.SIGQUIT,
            stop_after_s=NGINX_STOP_S,
        )

    def _seconds(self, setting: str) -> float:
        return float(self.variables[setting])

    @property
    def _stop_after_s(self) -> float:
        return self._seconds("GRACEFUL_TIMEOUT_S") + STOP_MARGIN_S


def main() -> None:
    parser = argparse.ArgumentParser(description="Start the whole stack until Ctrl-C.")
    parser.add_argument("--web", type=int, default=3, help="copies of the service (3)")
    parser.add_argument("--workers", type=int, default=1, help="task workers (1)")
    parser.add_argument("--port", type=int, default=8000, help="nginx's port (8000)")
    parser.add_argument("--folder", type=Path, default=PROJECT / "data" / "stack")
    chosen = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    stack = Topology(
        web=chosen.web, workers=chosen.workers, port=chosen.port, folder=chosen.folder.resolve()
    )
    with stack:
        sys.stdout.write(f"Ready: {stack.url}\nLogs: {stack.folder}/*.log\n")
        sys.stdout.flush()
        signal.pause()


def end(number: int, frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    main()
