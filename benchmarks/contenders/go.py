"""A service in Go, built from `go_service/` with Debian's compiler and driver."""

import os
import shutil
import subprocess
from contextlib import ExitStack
from pathlib import Path

from processes import ready_line, started

from contenders.base import SYSTEM
from contenders.plain import Plain

SOURCE = Path(__file__).with_name("go_service")
PACKAGES = "golang-go golang-github-go-sql-driver-mysql-dev"
DRIVER_OPTIONS = "interpolateParams=true"  # one round trip a statement instead of three


class Go(Plain):
    name = "go"

    @property
    def description(self) -> str:
        return "the least in Go; MariaDB"

    def start(self, stack: ExitStack) -> None:
        self.make_tables()
        port = self.ground.database.port
        login = f"root@tcp(127.0.0.1:{port})/{self.name}?{DRIVER_OPTIONS}"
        command = [str(built(self.ground.cache)), login, self.ground.vendor_url, SYSTEM]
        self.process = stack.enter_context(started(command, log=self.log))

    def wait(self) -> None:
        self.address = ready_line(self.process, self.log)


def built(cache: Path) -> Path:
    """The program, built anew where its source changed."""
    if shutil.which("go") is None:
        raise SystemExit(f"No Go here: apt-get install {PACKAGES}, or leave it out (--contenders)")
    program = cache / "go_service"
    environment = os.environ | {
        "GO111MODULE": "off",
        "GOPATH": "/usr/share/gocode",
        "GOCACHE": str(cache / "go_cache"),
    }
    subprocess.run(["go", "build", "-o", program], cwd=SOURCE, env=environment, check=True)
    return program
