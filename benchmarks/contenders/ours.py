"""This service under gunicorn, on MariaDB: key, person, hold, the real SDK, settlement."""

import os
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from io import StringIO
from pathlib import Path

from contenders.base import MESSAGE, MODEL, Contender, Ground, post
from deploy.programs import LOOPBACK, answers, free_port

PROJECT = Path(__file__).resolve().parents[2]
CREDITS = 100_000_000
# Counted as ever, and never reached: all that is asked comes with one key.
LIMITS = {
    "LIMIT_TEXT": "10000/s",
    "STREAMS_PER_USER": "1000000",
    "STREAMS_PER_KEY": "1000000",
}


class Ours(Contender):
    name = "ours"
    secret = ""

    def prepare(self) -> None:
        """The project in this process, tables, people with credits, and a key."""
        if not self.secret:
            self.ground.database.create("ours")
            set_up_django(self.ground, self.settings())
            self.secret = fill(self.ground.people)

    @property
    def description(self) -> str:
        workers, threads = self.ground.workers, self.ground.threads
        return f"this service: gunicorn gthread, {workers} x {threads}; MariaDB, Redis"

    def start(self, stack: ExitStack) -> None:
        self.prepare()
        from tests.live import COMMAND, environment

        port = free_port()
        self.address = f"127.0.0.1:{port}"
        self.run(
            stack,
            [sys.executable, "-m", *COMMAND, "--chdir", str(PROJECT), "interview_trainer.wsgi"],
            answers(LOOPBACK, port, "/readyz"),
            environment(self.ground.folder) | self.settings() | {"PORT": str(port)},
        )
        self.requests = {
            (number, is_streamed): self.make_request(number, is_streamed)
            for number in range(self.ground.people)
            for is_streamed in (False, True)
        }

    def settings(self) -> dict[str, str]:
        """What is not in `environment` comes from the caller, so that it can be tried out."""
        chosen = {name: value for name, value in os.environ.items() if name.startswith("OURS_")}
        return {
            **LIMITS,
            "WORKERS": str(self.ground.workers),
            "THREADS": str(self.ground.threads),
            "CACHE_URL": self.ground.redis_url,
            "OPENAI_API_KEY": "sk-benchmark",
            "OPENAI_BASE_URL": f"{self.ground.vendor_url}/v1",
            **{name.removeprefix("OURS_"): value for name, value in chosen.items()},
        }

    def request(self, number: int, *, is_streamed: bool) -> bytes:
        return self.requests[number % self.ground.people, is_streamed]

    def make_request(self, number: int, is_streamed: bool) -> bytes:
        accept = "text/event-stream" if is_streamed else "application/json"
        return post(
            f"/api/ai/message?email={email(number)}",
            {"message": MESSAGE},
            x_api_key=self.secret,
            Accept=accept,
        )

    def charged(self) -> int:
        counted = self.ground.database.run(
            "SELECT COUNT(*) FROM users_hold WHERE state = 'posted' AND charged > 0", "ours"
        )
        return int(counted)

    def verify(self) -> str:
        from django.core.management import call_command

        found = StringIO()
        call_command("verify_ledger", stdout=found)
        return found.getvalue().strip()


def email(number: int) -> str:
    return f"person{number}@example.com"


def set_up_django(ground: Ground, settings: Mapping[str, str]) -> None:
    """With nothing of the caller's own settings."""
    sys.path.insert(0, str(PROJECT))
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "interview_trainer.settings",
        "ENV_FILE": os.devnull,
        "SECRET_KEY": "only-for-this-benchmark-and-long-enough",
        "HTTPS_ONLY": "false",
        "DATA_DIR": str(ground.folder),
        "DATABASE_URL": ground.database.url("ours"),
        "INITIAL_CREDITS": str(CREDITS),
        **settings,
    }
    import django

    django.setup()


def fill(people: int) -> str:
    """The database. Returns the secret of a key."""
    from django.core.management import call_command

    from users.models import Scope, UserSettings
    from users.services.api_keys import create_api_key
    from users.services.people import create_user

    call_command("migrate", verbosity=0)
    for number in range(people):
        create_user(email=email(number))
    UserSettings.objects.update(llm_model=MODEL)
    _, secret = create_api_key(name="Benchmark", scopes=[Scope.AI])
    return secret
