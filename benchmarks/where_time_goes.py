"""Where the CPU time of one paid message goes, layer by layer, and every statement that it takes.

    python benchmarks/where_time_goes.py [--streamed] [--messages 300] [--profile]

The whole application runs in this process: WSGI, the real SDK, the fake vendor on loopback, a
MariaDB of its own. Each layer is timed without those that it calls, in whichever thread it runs;
of what is streamed, each piece. Timing itself costs about 1 us of CPU a call. What the server adds
is measured with gunicorn and one client.
"""

import argparse
import cProfile
import io
import json
import logging
import os
import pstats
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fake_vendor
from contenders.base import MESSAGE, Ground
from contenders.ours import Ours, email
from layers import Clock, time_layers
from load import closed_loop
from processes import cpu_s, private_database, private_redis, private_vendor
from rounds import MARKER, set_plan, warm_up

HERE = Path(__file__).resolve().parent
PLANS = {False: fake_vendor.Plan(), True: fake_vendor.Plan(gap_ms=2)}


def environ(number: int, ours: Ours, is_streamed: bool) -> dict[str, Any]:
    """What a WSGI server hands over for one message."""
    body = json.dumps({"message": MESSAGE}).encode()
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/api/ai/message",
        "QUERY_STRING": f"email={email(number)}",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1",
        "HTTP_ACCEPT": "text/event-stream" if is_streamed else "application/json",
        "HTTP_X_API_KEY": ours.secret,
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": "http",
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


@dataclass(frozen=True)
class Asker:
    """Asks the application itself."""

    application: Any
    ours: Ours
    is_streamed: bool

    def ask(self, number: int) -> None:
        told: list[str] = []
        given = environ(number, self.ours, self.is_streamed)
        answer = self.application(given, lambda status, headers: told.append(status))
        body = b"".join(answer)
        answer.close()
        assert told == ["200 OK"] and MARKER in body, (told, body[:500])

    def ask_many(self, count: int) -> None:
        for number in range(count):
            self.ask(number % self.ours.ground.people)


def measure(asker: Asker, messages: int) -> None:
    ground, clock = asker.ours.ground, Clock()
    asker.ask_many(50)
    untimed = costs(ground, lambda: asker.ask_many(messages))
    time_layers(clock)
    asker.ask_many(5)
    clock.layers.clear()
    asker.ask_many(messages)
    print_layers(clock, messages)
    print_costs(untimed, messages, served_cpu_us(asker.ours, asker.is_streamed))
    asker.ask(0)  # what is remembered for a while is remembered again
    print_statements(statements(ground, lambda: asker.ask(0)))


def costs(ground: Ground, act: Callable[[], None]) -> dict[str, float]:
    """CPU seconds: of this process, MariaDB, Redis, the vendor."""

    def now() -> dict[str, float]:
        programs = {
            "MariaDB": ground.database.program,
            "Redis": ground.redis,
            "the fake vendor": ground.vendor,
        }
        others = {name: cpu_s(program.pid) for name, program in programs.items()}
        return {"the application, nothing timed": time.process_time(), **others}

    before = now()
    act()
    return {name: seconds - before[name] for name, seconds in now().items()}


def served_cpu_us(ours: Ours, is_streamed: bool, count: int = 300) -> float:
    """CPU a message as gunicorn serves it, to one client, in microseconds."""
    with ExitStack() as stack:
        ours.start(stack)
        ours.wait()
        warm_up(ours)
        set_plan(ours, PLANS[is_streamed])
        before = ours.cpu_s
        closed_loop(
            ours.address,
            lambda number: ours.request(number, is_streamed=is_streamed),
            MARKER,
            clients=1,
            duration_s=60,
            count=count,
        )
        return 1e6 * (ours.cpu_s - before) / count


def statements(ground: Ground, act: Callable[[], None]) -> list[str]:
    """All that MariaDB is sent, as its general log has it."""
    log = ground.folder / "general.log"
    ground.database.run(f"SET GLOBAL general_log_file = '{log}'; SET GLOBAL general_log = 1")
    before = log.read_text().count("\n")
    act()
    ground.database.run("SET GLOBAL general_log = 0")
    lines = log.read_text().splitlines()[before:]
    sent = [line.split("\t")[-2:] for line in lines if "\t" in line]
    kinds = [(kind.split()[-1], text) for kind, text in sent if "general_log" not in text]
    return [f"{kind} {text}" for kind, text in kinds if kind != "Connect"]


def print_layers(clock: Clock, messages: int) -> None:
    total = sum(layer.cpu_ns for layer in clock.layers.values())
    print(f"\n{'layer':<48} {'CPU us':>8} {'share':>6} {'wall us':>8} {'calls':>6}")
    for name, layer in sorted(clock.layers.items(), key=lambda item: -item[1].cpu_ns):
        cpu, wall = layer.cpu_ns / messages / 1000, layer.wall_ns / messages / 1000
        share, calls = layer.cpu_ns / total, layer.calls / messages
        print(f"{name:<48} {cpu:>8.0f} {share:>6.1%} {wall:>8.0f} {calls:>6.1f}")
    print_groups(clock, messages)


def print_groups(clock: Clock, messages: int) -> None:
    groups: dict[str, float] = defaultdict(float)
    for name, layer in clock.layers.items():
        groups[name.partition(":")[0]] += layer.cpu_ns / messages / 1000
    print(f"\n{'together':<48} {'CPU us':>8}")
    for name, cpu in sorted(groups.items(), key=lambda item: -item[1]):
        print(f"{name:<48} {cpu:>8.0f}")
    print(f"{'all of it, with what timing costs':<48} {sum(groups.values()):>8.0f}")


def print_costs(found: dict[str, float], messages: int, served: float) -> None:
    print()
    for name, seconds in found.items():
        print(f"{name:<48} {1e6 * seconds / messages:>8.0f}")
    print(f"{'the service under gunicorn, one client':<48} {served:>8.0f}")


def print_statements(sent: list[str]) -> None:
    print(f"\n{len(sent)} statements for one message (pings are not in MariaDB's log):")
    for number, text in enumerate(sent, 1):
        print(f"{number:>3} {text[:400]}")


def print_profile(asker: Asker, messages: int) -> None:
    asker.ask_many(50)
    profile = cProfile.Profile()
    profile.enable()
    asker.ask_many(messages)
    profile.disable()
    stats = pstats.Stats(profile)
    stats.strip_dirs().sort_stats("tottime").print_stats(60)
    stats.sort_stats("cumulative").print_stats(150)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--streamed", action="store_true", help="as events, words 2 ms apart")
    parser.add_argument("--messages", type=int, default=300)
    parser.add_argument("--profile", action="store_true", help="the functions, and nothing else")
    args = parser.parse_args()
    with ExitStack() as stack:
        ours = Ours(stack.enter_context(ground()))
        ours.prepare()
        from django.core.wsgi import get_wsgi_application

        asker = Asker(get_wsgi_application(), ours, args.streamed)
        stack.enter_context(unseen_log())
        set_plan(ours, PLANS[args.streamed])
        act = print_profile if args.profile else measure
        act(asker, args.messages)


@contextmanager
def unseen_log() -> Any:
    """Log lines are made and written, but not onto the tables."""
    with Path(os.devnull).open("w") as nowhere:
        for handler in logging.getLogger().handlers:
            if isinstance(handler, logging.StreamHandler):
                handler.setStream(nowhere)
        yield


@contextmanager
def ground() -> Any:
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="interview-trainer-where-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        vendor, vendor_url = private_vendor(stack, folder)
        redis, redis_url = private_redis(stack, folder)
        yield Ground(
            vendor=vendor,
            vendor_url=vendor_url,
            database=private_database(stack, folder),
            redis=redis,
            redis_url=redis_url,
            folder=folder,
            cache=folder,
            people=50,
            workers=1,
            threads=8,
        )


if __name__ == "__main__":
    main()
