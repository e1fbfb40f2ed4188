"""The naive probe under gunicorn: see `naive_app.py`."""

import os
import sys
from contextlib import ExitStack
from pathlib import Path

from contenders.base import SYSTEM
from contenders.plain import Plain
from deploy.programs import LOOPBACK, accepts, free_port

APPLICATION = "django.core.wsgi:get_wsgi_application()"
WORKERS = 2
THREADS = 550


class Naive(Plain):
    name = "naive"

    @property
    def description(self) -> str:
        return f"the least in Django, DRF and OpenAI's SDK: gthread, {WORKERS} x {THREADS}; MariaDB"

    def start(self, stack: ExitStack) -> None:
        self.make_tables()
        port = free_port()
        self.address = f"127.0.0.1:{port}"
        command = [
            sys.executable, "-m", "gunicorn", APPLICATION, "--bind", self.address,
            "--worker-class", "gthread", "--workers", str(WORKERS), "--threads", str(THREADS),
            "--keep-alive", "75", "--timeout", "600", "--no-control-socket",
            "--chdir", str(Path(__file__).parent),
        ]  # fmt: skip
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.ground.folder),
            "DJANGO_SETTINGS_MODULE": "naive_settings",
            "DATABASE_URL": self.ground.database.url(self.name),
            "VENDOR_URL": self.ground.vendor_url,
            "SYSTEM_PROMPT": SYSTEM,
        }
        self.run(stack, command, accepts(LOOPBACK, port), environment)
