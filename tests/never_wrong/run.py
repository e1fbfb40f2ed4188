"""The whole of it: servers, vendor, clients, what breaks them, and the check at the end."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.live import PROJECT, Call, Service, environment, live_service
from tests.never_wrong import plans
from tests.never_wrong.breaking import Break, Breaker, Calendar
from tests.never_wrong.check import Books, Check, PostedHold, Report, grouped
from tests.never_wrong.clients import Assignment
from tests.never_wrong.plans import plan_of
from tests.never_wrong.rule import Attempt
from tests.never_wrong.vendor import counts
from tests.private_servers import PrivateMariaDB, PrivateRedis

# The least that the service takes, so that a run need not wait long for its end.
HOLD_EXPIRES_AFTER_S = 60
SWEPT_WITHIN_S = 60
TOLD_EVERY_S = 10
DAY_S = 86_400
CREDITS = 1_000_000
POOR_CREDITS = 40
SCOPES = ("ai", "users:read", "users:write", "credits:write")

OUR_FRAME = re.compile(rf'{PROJECT}/(\w[^"]*", line \d+, in \w+)')
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Size:
    """How much of it. It ends after so many operations or seconds, whichever comes first."""

    operations: int
    seconds: float
    every_s: float
    seed: int = 1
    copies: int = 2
    processes: int = 4
    threads: int = 12


@dataclass
class Outcome:
    report: Report
    breaks: list[Break]
    seconds: float
    ledger: str
    open_holds: int
    errors: Counter[str]


class Topology:
    """Copies of the service, a task worker, MariaDB, Redis and the vendor."""

    def __init__(self, folder: Path, size: Size) -> None:
        self.folder = folder
        self.size = size
        self.database = PrivateMariaDB(folder)
        self.cache = PrivateRedis(folder)
        self.services: list[Service] = []
        self.task_worker: subprocess.Popen[bytes] | None = None
        self.vendor_file = folder / "vendor.json"

    @property
    def variables(self) -> dict[str, str]:
        ours = {f"COMPATIBLE_{name}_MODEL": f"our-{name.lower()}" for name in MODELS}
        limits = {f"LIMIT_{name}": "10000/s" for name in (*MODELS, "OTHER")}
        return {
            **ours,
            **limits,
            "STREAMS_PER_USER": "100000",
            "STREAMS_PER_KEY": "100000",
            "COMPATIBLE_BASE_URL": self.vendor_url,
            "COMPATIBLE_TIMEOUT_S": "12",
            "COMPATIBLE_MAX_RETRIES": "1",
            "VENDOR_SILENCE_TIMEOUT_S": "5",
            "VENDOR_RETRY_WAIT_S": "0.05",
            "BREAKER_FAILURES": "1000000",
            "DATABASE_URL": f"mysql://root@127.0.0.1:{self.database.port}/never_wrong",
            "CACHE_URL": self.cache.url,
            "HOLD_EXPIRES_AFTER_S": str(HOLD_EXPIRES_AFTER_S),
            "SYSTEM_PROMPT": plans.SYSTEM_PROMPT,
            "TEXT_MAX_OUTPUT_TOKENS": "125",
            "SPEECH_CACHE_MAX_BYTES": "0",
            "INITIAL_CREDITS": str(POOR_CREDITS),
            "WORKERS": "2",
            "LOG_LEVEL": "WARNING",
            **{f"{vendor}_TIMEOUT_S": "12" for vendor in VENDORS},
        }

    @property
    def environment(self) -> dict[str, str]:
        return environment(self.folder) | self.variables

    @contextmanager
    def running(self) -> Iterator[None]:
        with ExitStack() as stack:
            stack.enter_context(self.database)
            stack.enter_context(self.cache)
            self.database.create("never_wrong")
            self.vendor = stack.enter_context(
                process("tests.never_wrong.vendor", str(self.size.seed), str(self.vendor_file))
            )
            self.vendor_url = read_line(self.vendor)
            self.manage("migrate", "--verbosity", "0")
            for number in range(self.size.copies):
                place = self.folder / f"copy-{number}"
                place.mkdir()
                service = live_service(place, DAY_S, **self.variables)
                self.services.append(stack.enter_context(service))
            stack.callback(self.stop_tasks)
            self.start_tasks()
            yield

    def manage(self, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=PROJECT,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def start_tasks(self) -> None:
        with (self.folder / "tasks.log").open("ab") as log:
            self.task_worker = subprocess.Popen(
                [sys.executable, "manage.py", "run_worker"],
                cwd=PROJECT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )

    def stop_tasks(self) -> None:
        if self.task_worker is not None:
            self.task_worker.terminate()
            self.task_worker.wait(60)
            self.task_worker = None

    def task_worker_pid(self) -> int:
        assert self.task_worker is not None
        return self.task_worker.pid

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with closing(self.database.connect("never_wrong")) as connection:
            cursor = connection.cursor()
            cursor.execute(query)
            return list(cursor.fetchall())

    def make_people(self, secret: str) -> list[int]:
        """Their ids, by number. All but the poor one get enough."""
        ids = []
        for number in range(plans.PEOPLE):
            email = f"person{number}@example.com"
            made = self.post(secret, "/api/users", {"email": email})
            ids.append(int(made["ID"]))
            models = {
                f"{short}_model": f"our-{name.lower()}"
                for short, name in zip(("llm", "tts", "stt"), MODELS, strict=True)
            }
            self.post(secret, f"/api/users/settings?email={email}", models)
            if number != plans.POOR:
                grant = {"amount": CREDITS, "reason": "To spend"}
                self.post(secret, f"/api/users/{ids[-1]}/credits", grant)
        return ids

    def post(self, secret: str, path: str, sent: dict[str, Any]) -> dict[str, Any]:
        with closing(Call(self.services[0].address, path, sent, {"x-api-key": secret})) as call:
            answer: dict[str, Any] = json.loads(call.response.read())
            assert call.response.status < 300, answer
            return answer


MODELS = ("TEXT", "SPEECH", "TRANSCRIPTION")
VENDORS = ("OPENAI", "VERTEX", "ELEVENLABS", "UNREALSPEECH")


@contextmanager
def process(module: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A process of ours, told to end with the block."""
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as started:
        try:
            yield started
        finally:
            started.terminate()


def read_line(started: subprocess.Popen[str]) -> str:
    assert started.stdout is not None
    return started.stdout.readline().strip()


def never_wrong(size: Size, folder: Path, tell: Tell = lambda line: None) -> Outcome:
    topology = Topology(folder, size)
    with topology.running():
        scopes = [f"--scope={scope}" for scope in SCOPES]
        secret = topology.manage("createapikey", "Never wrong", *scopes)
        user_ids = topology.make_people(secret)
        tell("all is set up")
        began_at = time.monotonic()
        breaker = Breaker(
            size.every_s,
            size.seed,
            topology.services,
            topology.task_worker_pid,
            topology.database,
            topology.cache,
        )
        with breaker:
            files = ask(topology, secret, user_ids, tell)
        seconds = time.monotonic() - began_at
        open_holds = settle(topology, tell)
        ledger = topology.manage("verify_ledger")
        tell(ledger)
        topology.vendor.terminate()
        topology.vendor.wait(60)
        report = compare(topology, user_ids, files, breaker.breaks)
        errors = Counter(read_errors(topology.services))
    return Outcome(report, breaker.breaks, seconds, ledger, open_holds, errors)


def read_errors(services: list[Service]) -> Iterator[str]:
    """What the services logged with an exception: event, exception, and where it left our code."""
    for told in (read_log(line) for service in services for line in service.lines):
        if "exception" in told:
            frames = OUR_FRAME.findall(told["exception"])
            last_line = told["exception"].rstrip().rpartition("\n")[2]
            yield f"{told['event']}: {last_line[:100]} ({frames[-1] if frames else 'elsewhere'})"


def read_log(line: str) -> dict[str, Any]:
    """Two workers' long lines may be mixed up in the pipe; nothing is said of those."""
    try:
        told = json.loads(line)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def ask(topology: Topology, secret: str, user_ids: list[int], tell: Tell) -> list[Path]:
    """Let the clients do all of it; returns the files of what they saw."""
    size = topology.size
    files = [topology.folder / f"client-{number}.jsonl" for number in range(size.processes)]
    done = [0] * size.processes
    with ExitStack() as stack:
        listeners = []
        for number, file in enumerate(files):
            assignment = Assignment(
                seed=size.seed,
                first=number,
                step=size.processes,
                end=size.operations,
                seconds=size.seconds,
                threads=size.threads,
                addresses=[service.address for service in topology.services],
                secret=secret,
                user_ids=user_ids,
                file=str(file),
            )
            client = stack.enter_context(
                process("tests.never_wrong.clients", json.dumps(asdict(assignment)))
            )
            listeners.append(threading.Thread(target=listen, args=(client, done, number)))
            listeners[-1].start()
        for listener in listeners:
            while listener.is_alive():
                listener.join(TOLD_EVERY_S)
                tell(f"{sum(done):,} operations")
    return files


def listen(client: subprocess.Popen[str], done: list[int], number: int) -> None:
    assert client.stdout is not None
    for line in client.stdout:
        done[number] = int(line)
    assert client.wait() == 0


def settle(topology: Topology, tell: Tell) -> int:
    """Let every hold expire and a task worker sweep. Returns how many are open then.

    A worker that starts sweeps at once; the one that ran until now would within a minute.
    """
    found = (
        "SELECT COUNT(*), COALESCE(MAX(TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), expires_at)), 0)"
        " FROM users_hold WHERE state = 'open'"
    )
    ((left, expire_within_s),) = topology.rows(found)
    tell(f"{left} holds are open; they expire within {expire_within_s} s")
    time.sleep(max(0, expire_within_s + 1))
    topology.stop_tasks()
    topology.start_tasks()
    until = time.monotonic() + SWEPT_WITHIN_S
    while (still_open := topology.rows(found)[0][0]) and time.monotonic() < until:
        time.sleep(0.5)
    return int(still_open)


def compare(
    topology: Topology, user_ids: list[int], files: list[Path], breaks: list[Break]
) -> Report:
    check = Check(
        read_books(topology, user_ids), dict(counts(topology.vendor_file)), Calendar(breaks)
    )
    for file in files:
        with file.open() as lines:
            attempts = (Attempt(**json.loads(line)) for line in lines)
            for group in grouped(attempts):
                check.take(plan_of(topology.size.seed, group[0].number), group)
    return check.finish()


def read_books(topology: Topology, user_ids: list[int]) -> Books:
    numbers = {user_id: number for number, user_id in enumerate(user_ids)}
    posted = [
        PostedHold(str(operation_id), numbers[user_id], charged, key)
        for operation_id, user_id, charged, key in topology.rows(
            "SELECT operation_id, account_id, charged, operation_key FROM users_hold"
            " WHERE state = 'posted'"
        )
    ]
    changes = topology.rows(
        "SELECT reason, SUM(available) FROM users_ledgerentry"
        " WHERE kind IN ('grant', 'adjustment') AND reason LIKE 'Change %' GROUP BY reason"
    )
    ((api_key_id,),) = topology.rows("SELECT id FROM users_apikey")
    return Books(
        api_key_id,
        {hold.operation_id: hold for hold in posted},
        {hold.operation_key: hold for hold in posted if hold.operation_key},
        {reason: int(amount) for reason, amount in changes},
    )
