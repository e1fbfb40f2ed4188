"""What a request costs with few people in the database, and with a million of them.

    python benchmarks/growth.py [--users 1000000] [--entries 10000000] [--rounds 100]

Fills two databases on a MariaDB of its own (a thousandth as much in the first), serves each by a
gunicorn of its own and asks both in turns. Prints per request the statements, the rows that the
database read, the fastest answer and the median; a ratio of 1: size costs nothing. Then proves
both ledgers. Ten million entries take 10 GB of disk.
"""

import argparse
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "interview_trainer.settings"
os.environ["ENV_FILE"] = os.devnull
os.environ["SECRET_KEY"] = "only-for-this-benchmark-and-long-enough"

import django
from django.apps import apps

if not apps.ready:
    django.setup()

from django.contrib.auth.hashers import make_password
from growth_requests import REQUESTS, Request
from seeding import People, Seeder, api_keys, interviews, reports, tasks

from tests.ai.providers.servers.openai import OpenAIServer
from tests.live import PROJECT, Service, environment, live_service
from tests.private_servers import PrivateMariaDB
from users.models import Scope

PASSWORD = "correct horse battery staple"
FEW = 1_000  # times fewer
PERCENT_MORE = 10
PAGE_MS = 300
STATEMENTS = ("Com_select", "Com_insert", "Com_update", "Com_delete")
OVERDUE = 1_000
DAY_S = 86_400
MARIADB = ("--innodb-buffer-pool-size=2G", "--innodb-log-file-size=1G")


@dataclass(frozen=True)
class Counted:
    statements: int
    rows: int

    def __sub__(self, other: "Counted") -> "Counted":
        return Counted(self.statements - other.statements, self.rows - other.rows)


@dataclass
class World:
    """One database, the service on it, and whom its requests are about.

    The busy person is also the superuser. `person` is one of all the others.
    """

    name: str
    people: People
    url: str
    place: Path
    database: Any
    service: Service | None = None
    secret: str = ""
    cookies: dict[str, str] = field(default_factory=dict)
    emails: dict[int, str] = field(default_factory=dict)
    web: http.client.HTTPConnection | None = None

    @property
    def busy(self) -> People:
        """One person with a hundredth of all entries."""
        people = self.people
        return People(
            1,
            max(people.entries // 100, 10),
            people.count + 1,
            people.entries + 1,
            people.holds + 1,
        )

    @property
    def busy_interviews(self) -> int:
        return max(self.people.entries // 5_000, 100)

    def email(self, user_id: int) -> str:
        if user_id not in self.emails:
            self.emails[user_id] = self.read_email(user_id)
        return self.emails[user_id]

    def read_email(self, user_id: int) -> str:
        return str(self.value(f"SELECT email FROM users_user WHERE id = {user_id}"))

    @property
    def busy_id(self) -> int:
        return self.busy.first

    @property
    def person_id(self) -> int:
        return self.people.count // 2

    def value(self, query: str) -> Any:
        with closing(self.database.cursor()) as cursor:
            cursor.execute(query)
            return cursor.fetchone()[0]

    def manage(self, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=PROJECT,
            env=environment(self.place) | {"DATABASE_URL": self.url},
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def fill(self) -> None:
        self.manage("migrate", "--verbosity", "0")
        self.secret = self.manage(
            "createapikey", "Benchmark", *(f"--scope={scope}" for scope in Scope.values)
        )
        seeder, people = Seeder(self.database), self.people
        seeder.seed(people)
        seeder.seed(self.busy)
        everyone, hers = f"1 + seq MOD {people.count}", str(self.busy.first)
        seeder.fill(
            "interviews_interview", people.count, interviews(everyone, people.count, "theirs")
        )
        busy = self.busy_interviews
        seeder.fill("interviews_interview", busy, interviews(hers, busy, "hers"))
        seeder.fill("interviews_report", busy, reports("hers"))
        seeder.fill("django_tasks_database_dbtaskresult", people.count // 5, tasks())
        seeder.fill("users_apikey", max(people.count // 100, 100), api_keys())
        self.database.query(
            f"UPDATE users_user SET is_staff = 1, is_superuser = 1,"
            f" password = '{make_password(PASSWORD)}' WHERE id = {hers}"
        )

    def prove(self, command: str) -> None:
        """Run `manage.py COMMAND`; print what it says, its time and the most memory it had."""
        began = time.perf_counter()
        with subprocess.Popen(
            [sys.executable, "manage.py", command],
            cwd=PROJECT,
            env=environment(self.place) | {"DATABASE_URL": self.url},
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout
            said = process.stdout.read().strip()
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        seconds, megabytes = time.perf_counter() - began, used.ru_maxrss / 1_000
        print(
            f"{self.name}: {command} took {seconds:.1f} s ({used.ru_utime:.0f} s of CPU),"
            f" {megabytes:.0f} MB: {said}",
            flush=True,
        )

    def let_holds_lapse(self) -> None:
        """Holds of many people that nobody resolved, all overdue."""
        code = (
            "from users.models import *; from users.services.ledger import hold_credits; "
            f"[hold_credits(user=user, amount=1, purpose='text') for user in"
            f" User.objects.order_by('pk')[:{OVERDUE}]]"
        )
        self.manage("shell", "--command", code)
        self.database.query("UPDATE users_hold SET expires_at = '2020-01-01' WHERE state = 'open'")

    def sign_in(self) -> None:
        self.ask("GET", "/sign-in/")
        form = {
            "csrfmiddlewaretoken": self.cookies["csrftoken"],
            "username": self.email(self.busy.first),
            "password": PASSWORD,
        }
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        assert self.ask("POST", "/sign-in/", urlencode(form), kind)[0] == 302

    def ask(
        self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        assert self.service
        if self.web is None:
            self.web = http.client.HTTPConnection(self.service.address, timeout=120)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.web.request(method, path, body, {**(headers or {}), "Cookie": cookies})
        response = self.web.getresponse()
        for line in response.headers.get_all("Set-Cookie", []):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return response.status, response.read()

    def counters(self) -> Counted:
        """What the database has done until now. Asking costs rows, too: always as many."""
        names = ", ".join(f"'{name}'" for name in STATEMENTS)
        query = (
            f"SELECT SUM(IF(VARIABLE_NAME IN ({names}), VARIABLE_VALUE, 0)),"
            " SUM(IF(VARIABLE_NAME LIKE 'Handler\\_read%', VARIABLE_VALUE, 0))"
            " FROM information_schema.GLOBAL_STATUS"
        )
        with closing(self.database.cursor()) as cursor:
            cursor.execute(query)
            statements, rows = cursor.fetchone()
        return Counted(int(statements), int(rows))

    def count(self, act: Callable[[], None]) -> Counted:
        before = self.counters()
        idle = self.counters() - before
        act()
        return self.counters() - before - idle - idle


def send(world: World, request: Request) -> None:
    """As the superuser, where it is a page; else with a key."""
    path, message = request.path_for(world), request.message
    if request.is_page:
        status, _ = world.ask("GET", path)
    else:
        headers = {"x-api-key": world.secret, "Content-Type": "application/json"}
        body = json.dumps({"message": message}) if message else ""
        status, _ = world.ask("POST" if message else "GET", path, body, headers)
    assert status == 200, (request.label, path, status)


@dataclass
class Measured:
    request: Request
    few_counted: Counted
    many_counted: Counted
    few: list[float] = field(default_factory=list)
    many: list[float] = field(default_factory=list)

    def measure(self, few: World, many: World, rounds: int) -> None:
        for number in range(rounds):
            for world in (few, many) if number % 2 else (many, few):
                times = self.few if world is few else self.many
                began = time.perf_counter()
                send(world, self.request)
                times.append((time.perf_counter() - began) * 1000)

    @property
    def ratio(self) -> float:
        """Of the fastest ones: what else the machine does adds to a time, and never takes away."""
        return min(self.many) / min(self.few)

    @property
    def complaint(self) -> str:
        found = []
        if self.many_counted.statements != self.few_counted.statements:
            found.append("statements differ")
        if self.ratio > 1 + PERCENT_MORE / 100:
            found.append(f"over {PERCENT_MORE} % more")
        if min(self.many) > PAGE_MS:
            found.append(f"over {PAGE_MS} ms")
        return ", ".join(found)

    def show(self) -> None:
        few, many = self.few_counted, self.many_counted
        print(
            f"{self.request.label:>40} {few.statements:>3} {many.statements:>3}"
            f" {few.rows:>7,} {many.rows:>7,}"
            f" {min(self.few):>7.1f} {min(self.many):>7.1f} {self.ratio:>6.2f}"
            f" {median(self.few):>7.1f} {median(self.many):>7.1f}  {self.complaint}",
            flush=True,
        )


HEAD = f"{'':>40} statements {'rows read':>13} {'fastest, ms':>15} {'ratio':>6} {'median, ms':>15}"


def count(world: World, request: Request) -> Counted:
    """Of the third time: what is cached for a while, and last uses to the minute, are over."""
    for _ in range(2):
        send(world, request)
    return world.count(lambda: send(world, request))


@contextmanager
def served(worlds: list[World], vendor: OpenAIServer) -> Iterator[None]:
    with ExitStack() as stack:
        for world in worlds:
            world.service = stack.enter_context(
                live_service(
                    world.place,
                    DAY_S,
                    DATABASE_URL=world.url,
                    OPENAI_API_KEY="sk-benchmark",
                    OPENAI_BASE_URL=vendor.url,
                    LIMIT_TEXT="off",
                    LIMIT_OTHER="off",
                )
            )
            world.sign_in()
        yield


def show_sizes(world: World) -> None:
    size = world.value(
        "SELECT SUM(data_length + index_length) FROM information_schema.tables"
        " WHERE table_schema = DATABASE()"
    )
    print(f"{world.name}: {world.people.count:,} people, {float(size) / 1e6:,.0f} MB", flush=True)


def main(users: int, entries: int, rounds: int, only: str) -> None:
    chosen = [request for request in REQUESTS if re.search(only, request.label)]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="growth-")))
        server = stack.enter_context(PrivateMariaDB(folder, *MARIADB))
        vendor = stack.enter_context(closing(OpenAIServer()))
        worlds = []
        for name, people in (
            ("few", People(users // FEW, entries // users)),
            ("many", People(users, entries // users)),
        ):
            url, place = server.create(name), folder / f"{name}-files"
            place.mkdir()
            worlds.append(World(name, people, url, place, server.connect(name)))
        for world in worlds:
            began = time.perf_counter()
            world.fill()
            print(f"{world.name}: filled in {time.perf_counter() - began:.0f} s")
            show_sizes(world)
        with served(worlds, vendor):
            print(HEAD)
            for request in chosen:
                measured = Measured(request, *(count(world, request) for world in worlds))
                measured.measure(*worlds, rounds=rounds)
                measured.show()
        for world in worlds:
            world.let_holds_lapse()
            world.prove("expire_holds")
            world.prove("verify_ledger")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--users", type=int, default=1_000_000)
    parser.add_argument("--entries", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=100, help="times that each request is sent")
    parser.add_argument("--only", default="", help="a pattern that labels of requests match")
    sent = parser.parse_args()
    main(sent.users, sent.entries, sent.rounds, sent.only)
