"""A service in Go, built from `go_service/` with Debian's compiler and driver."""

import os
import shutil
import subprocess
from contextlib import ExitStack
from pathlib import Path

from contenders.base import SYSTEM
from contenders.plain import Plain
from deploy.programs import LOOPBACK, accepts, free_port

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
        login = f"root@tcp(127.0.0.1:{self.ground.database.port})/{self.name}?{DRIVER_OPTIONS}"
        port = free_port()
        self.address = f"127.0.0.1:{port}"
        program = str(built(self.ground.cache))
        command = [program, self.address, login, self.ground.vendor_url, SYSTEM]
        self.run(stack, command, accepts(LOOPBACK, port), {})


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
