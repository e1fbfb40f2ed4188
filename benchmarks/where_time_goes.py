"""Where the CPU time of one paid message goes, layer by layer, and every statement that it takes.

    python benchmarks/where_time_goes.py [--messages 300] [--profile]

The whole application runs in this process: WSGI, the real SDK, the fake vendor on loopback, a
MariaDB of its own. Each layer is timed without those that it calls. Timing itself costs about
1 us of CPU a call. What the server adds is measured with gunicorn and one client.
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
from dataclasses import dataclass, field
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any

import fake_vendor
from contenders.base import MESSAGE, Ground
from contenders.ours import Ours, email
from load import closed_loop
from processes import cpu_s, private_database, private_redis, ready_line, started
from rounds import MARKER, warm_up

HERE = Path(__file__).resolve().parent
# What is timed, by dotted path, under the name of its layer. `{}` is the class's name.
LAYERS = {
    "django.core.handlers.wsgi.WSGIHandler.__call__": "Django: handler, URL, signals",
    "django.core.handlers.wsgi.WSGIRequest.__init__": "Django: handler, URL, signals",
    "django.http.response.HttpResponseBase.close": "Django: handler, URL, signals",
    "rest_framework.views.APIView.dispatch": "DRF: dispatch",
    "rest_framework.views.APIView.perform_content_negotiation": "DRF: negotiation",
    "rest_framework.views.APIView.perform_authentication": "DRF: dispatch",
    "users.authentication.ApiKeyAuthentication.authenticate": "key",
    "users.authentication.find_usable_key": "key",
    "rest_framework.request.Request._load_data_and_files": "DRF: parse",
    "ai.views.validated": "DRF: input serializers",
    "users.requests.validated": "DRF: input serializers",
    "rest_framework.serializers.Serializer.to_representation": "DRF: output serializer",
    "rest_framework.views.APIView.finalize_response": "DRF: response",
    "rest_framework.response.Response.rendered_content": "DRF: response",
    "ai.views.requested_user": "person",
    "users.requests.find_user": "person",
    "ai.services.text.quote_text": "catalogue and quote",
    "ai.operations.hold_credits": "hold",
    "ai.operations.settle": "settlement",
    "ai.views.answer_message": "operation: the rest",
    "ai.operations.Operation.serve": "operation: the rest",
    "ai.operations.get_provider": "operation: the rest",
    "ai.services.text.used_tokens": "operation: the rest",
    "ai.breaker.Breaker.admits": "breaker",
    "ai.breaker.Breaker.note_success": "breaker",
    "ai.providers.base.TextProvider.generate": "SDK: reading the answer",
    "openai.resources.chat.completions.Completions.create": "SDK: building the request",
    "httpx2.Client.send": "SDK: HTTP",
    "httpcore2.ConnectionPool.handle_request": "SDK: HTTP, connection",
    "openai.Stream.__next__": "SDK: reading the answer",
    "interview_trainer.middleware.log_request": "request log",
    "django.db.backends.utils.CursorWrapper.execute": "SQL",
    "django.db.backends.base.base.BaseDatabaseWrapper._commit": "SQL",
    "django.db.backends.base.base.BaseDatabaseWrapper._rollback": "SQL",
    "django.db.backends.mysql.base.DatabaseWrapper._set_autocommit": "SQL",
    "django.db.backends.mysql.base.DatabaseWrapper.is_usable": "ping",
    "django.core.cache.backends.redis.RedisCacheClient.get": "Redis",
    "django.core.cache.backends.redis.RedisCacheClient.get_many": "Redis",
    "django.core.cache.backends.redis.RedisCacheClient.set": "Redis",
    "django.core.cache.backends.redis.RedisCacheClient.incr": "Redis",
    "django.core.cache.backends.redis.RedisCacheClient.add": "Redis",
}
# These are told apart by who called them.
WITHIN = {"SQL", "ping", "Redis"}


@dataclass
class Layer:
    cpu_ns: int = 0
    wall_ns: int = 0
    calls: int = 0


@dataclass
class Frame:
    name: str
    cpu_ns: int
    wall_ns: int
    inner_cpu_ns: int = 0
    inner_wall_ns: int = 0


@dataclass
class Clock:
    """Times this thread. A layer's time is its own, without that of the layers within it."""

    layers: dict[str, Layer] = field(default_factory=lambda: defaultdict(Layer))
    stack: list[Frame] = field(default_factory=list)

    @contextmanager
    def layer(self, name: str) -> Any:
        if name in WITHIN and self.stack:
            name = f"{self.stack[-1].name.partition(':')[0]}: {name}"
        frame = Frame(name, time.thread_time_ns(), time.perf_counter_ns())
        self.stack.append(frame)
        try:
            yield
        finally:
            cpu, wall = time.thread_time_ns() - frame.cpu_ns, time.perf_counter_ns() - frame.wall_ns
            self.stack.pop()
            self.note(frame, cpu, wall)

    def note(self, frame: Frame, cpu_ns: int, wall_ns: int) -> None:
        layer = self.layers[frame.name]
        layer.cpu_ns += cpu_ns - frame.inner_cpu_ns
        layer.wall_ns += wall_ns - frame.inner_wall_ns
        layer.calls += 1
        if self.stack:
            self.stack[-1].inner_cpu_ns += cpu_ns
            self.stack[-1].inner_wall_ns += wall_ns


def time_layers(clock: Clock) -> None:
    from django.conf import settings

    middleware = {
        f"{path}.__call__": f"middleware: {path.rpartition('.')[2]}" for path in settings.MIDDLEWARE
    }
    for path, name in {**LAYERS, **middleware}.items():
        try:
            time_calls(clock, path, name)
        except (AttributeError, ModuleNotFoundError):
            print(f"Not timed, for it is not there: {path}", file=sys.stderr)


def time_calls(clock: Clock, path: str, name: str) -> None:
    owner, attribute = find_owner(path)
    plain = getattr(owner, attribute)
    if isinstance(plain, property):
        assert plain.fget
        setattr(owner, attribute, property(timed(clock, name, plain.fget)))
    else:
        setattr(owner, attribute, timed(clock, name, plain))


def find_owner(path: str) -> tuple[Any, str]:
    """The module or class that has the last name."""
    parts = path.split(".")
    for length in range(len(parts) - 1, 0, -1):
        try:
            owner: Any = import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:-1]:
            owner = getattr(owner, part)
        return owner, parts[-1]
    raise ModuleNotFoundError(path)


def timed(clock: Clock, name: str, plain: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(plain)
    def call(*args: Any, **kwargs: Any) -> Any:
        with clock.layer(name):
            return plain(*args, **kwargs)

    return call


def environ(number: int, secret: str) -> dict[str, Any]:
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
        "HTTP_ACCEPT": "application/json",
        "HTTP_X_API_KEY": secret,
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


def ask(application: Any, number: int, secret: str) -> None:
    told: list[str] = []
    answer = application(environ(number, secret), lambda status, headers: told.append(status))
    body = b"".join(answer)
    answer.close()
    assert told == ["200 OK"] and MARKER in body, (told, body[:500])


def measure(application: Any, ours: Ours, args: argparse.Namespace) -> None:
    ground, clock = ours.ground, Clock()
    ask_many(application, ours, 50)
    untimed = costs(ground, lambda: ask_many(application, ours, args.messages))
    time_layers(clock)
    ask_many(application, ours, 5)
    clock.layers.clear()
    costs(ground, lambda: ask_many(application, ours, args.messages))
    print_layers(clock, args.messages)
    print_costs(untimed, args.messages, served_cpu_us(ours))
    print_statements(statements(ground, lambda: ask(application, 0, ours.secret)))


def ask_many(application: Any, ours: Ours, count: int) -> None:
    for number in range(count):
        ask(application, number % ours.ground.people, ours.secret)


def costs(ground: Ground, act: Callable[[], None]) -> dict[str, float]:
    """CPU seconds: of this process, MariaDB, Redis, the vendor."""

    def now() -> dict[str, float]:
        processes = {
            "MariaDB": ground.database.process,
            "Redis": ground.redis,
            "the fake vendor": ground.vendor,
        }
        others = {name: cpu_s(process.pid) for name, process in processes.items()}
        return {"the application, nothing timed": time.process_time(), **others}

    before = now()
    act()
    return {name: seconds - before[name] for name, seconds in now().items()}


def served_cpu_us(ours: Ours, count: int = 400) -> float:
    """CPU a message as gunicorn serves it, to one client, in microseconds."""
    with ExitStack() as stack:
        ours.start(stack)
        ours.wait()
        warm_up(ours)
        before = ours.cpu_s
        closed_loop(
            ours.address,
            lambda number: ours.request(number, is_streamed=False),
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


def print_profile(application: Any, ours: Ours, messages: int) -> None:
    profile = cProfile.Profile()
    profile.enable()
    ask_many(application, ours, messages)
    profile.disable()
    stats = pstats.Stats(profile)
    stats.strip_dirs().sort_stats("tottime").print_stats(60)
    stats.sort_stats("cumulative").print_stats(150)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--messages", type=int, default=300)
    parser.add_argument("--profile", action="store_true", help="the functions, and nothing else")
    args = parser.parse_args()
    with ExitStack() as stack:
        ours = Ours(stack.enter_context(ground()))
        ours.prepare()
        from django.core.wsgi import get_wsgi_application

        application = get_wsgi_application()
        stack.enter_context(unseen_log())
        if args.profile:
            ask_many(application, ours, 50)
            print_profile(application, ours, args.messages)
        else:
            measure(application, ours, args)


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
        log = folder / "vendor.log"
        vendor = stack.enter_context(started([sys.executable, fake_vendor.__file__], log=log))
        redis, redis_url = stack.enter_context(private_redis(folder))
        yield Ground(
            vendor=vendor,
            vendor_url=f"http://{ready_line(vendor, log)}",
            database=stack.enter_context(private_database(folder)),
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
