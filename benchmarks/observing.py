"""What observing costs one paid message: metrics, `Server-Timing`, traces.

    python benchmarks/observing.py [--messages 10] [--rounds 100]

As `where_time_goes.py`: the whole application in this process, the real SDK, the fake vendor, a
MariaDB of its own. Unobserved, observed (as shipped) and traced messages take turns; what differs
between them is switched in the running process. Prints CPU per message (the median of the rounds,
of this process, the thread that sends traces included). On a busy machine the difference drowns:
so what observing does for one message is timed by itself too, and so are a stage and a scrape.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from contextvars import Context
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from contenders.ours import Ours
from processes import started
from where_time_goes import Asker, ground, unseen_log

from deploy.programs import LOOPBACK, Program, accepts, free_port
from interview_trainer import metric_files

Mode = Callable[[], Any]


def do_nothing(*args: Any, **kwargs: Any) -> None:
    pass


class Unobserved:
    """In place of `Observation` and of `VendorCall`."""

    started = 0.0

    def __init__(self, *args: Any) -> None:
        pass

    def __enter__(self) -> "Unobserved":
        return self

    __exit__ = note_answer = end = note_first_item = do_nothing


@contextmanager
def unobserved() -> Iterator[None]:
    with ExitStack() as stack:
        for name, stand_in in {
            "interview_trainer.middleware.Observation": Unobserved,
            "interview_trainer.stages.stage.__enter__": do_nothing,
            "interview_trainer.stages.stage.__exit__": do_nothing,
            "ai.operations.VendorCall": Unobserved,
            "users.services.ledger.note_hold": do_nothing,
        }.items():
            stack.enter_context(patch(name, stand_in))
        yield


@contextmanager
def traced() -> Iterator[None]:
    from interview_trainer.tracing import Tracing

    assert Tracing.provider
    with patch.object(Tracing, "tracer", Tracing.provider.get_tracer("interview_trainer")):
        yield
    Tracing.provider.force_flush()


def cpu_us(act: Callable[[], None], count: int) -> float:
    before = time.process_time()
    act()
    return 1e6 * (time.process_time() - before) / count


def measure(asker: Asker, messages: int, rounds: int) -> dict[str, float]:
    modes: dict[str, Mode] = {"unobserved": unobserved, "observed": nullcontext, "traced": traced}
    found: dict[str, list[float]] = {name: [] for name in modes}
    asker.ask_many(100)
    for number in range(rounds):
        order = list(modes)[number % 3 :] + list(modes)[: number % 3]
        for name in order:

            def ask_all(mode: Mode = modes[name]) -> None:
                with mode():
                    asker.ask_many(messages)

            found[name].append(cpu_us(ask_all, messages))
    return {name: median(costs) for name, costs in found.items()}


def stage_us(count: int = 50_000) -> float:
    from interview_trainer.stages import stage

    def time_stages() -> None:
        for _ in range(count):
            with stage("hold"):
                pass

    # In a context of its own: without the last request's trace.
    return Context().run(cpu_us, time_stages, count)


def by_itself_us(mode: Mode, count: int = 2_000) -> float:
    """What is done for one message, without the message."""
    from django.http import HttpResponse
    from django.test import RequestFactory

    from ai.vendor_calls import VendorCall
    from interview_trainer.metrics import note_hold
    from interview_trainer.observing import Observation
    from interview_trainer.stages import stage

    request, response = RequestFactory().post("/api/ai/message"), HttpResponse()

    def observe() -> None:
        for _ in range(count):
            observation = Observation(request, "a-request-id")
            for name in ("auth", "hold", "settle"):
                with stage(name):
                    pass
            with VendorCall("openai", "text") as call:
                call.note_first_item()
            note_hold("held", 1)
            note_hold("posted", 1)
            observation.note_answer(response)
            observation.end("complete")

    def observe_in_mode() -> None:
        with mode():
            observe()

    return cpu_us(observe_in_mode, count)


def scrape() -> tuple[float, int]:
    """CPU milliseconds of one, and its bytes."""
    from interview_trainer.metrics_page import counted

    count = 20
    ms = cpu_us(lambda: do_nothing([counted() for _ in range(count)]), count) / 1000
    return ms, len(counted())


class Collector(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    log_message = do_nothing


def collector(folder: Path) -> Program:
    port = free_port()
    command = [sys.executable, __file__, "--collect-at", str(port)]
    return Program("collector", command, folder, accepts(LOOPBACK, port))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--messages", type=int, default=10, help="in each round (10)")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--collect-at", type=int, metavar="PORT", help="be the traces' collector")
    args = parser.parse_args()
    if args.collect_at:
        HTTPServer(("127.0.0.1", args.collect_at), Collector).serve_forever()
    # Before anything imports prometheus_client, as under gunicorn.
    metric_files.make_folder()
    with ExitStack() as stack:
        stack.callback(metric_files.remove_folder)
        ours = Ours(stack.enter_context(ground()))
        ours.prepare()
        report(stack, ours, args)


def report(stack: ExitStack, ours: Ours, args: argparse.Namespace) -> None:
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application

    from interview_trainer import tracing

    collects = started(stack, collector(ours.ground.folder))
    collects.wait_until_up()
    address = f"http://127.0.0.1:{collects.command[-1]}"
    settings.OTEL_EXPORTER_OTLP_ENDPOINT = address
    asker = Asker(get_wsgi_application(), ours, is_streamed=False)
    stack.enter_context(unseen_log())
    stack.enter_context(patch.dict("os.environ", OTEL_EXPORTER_OTLP_ENDPOINT=address))
    tracing.start_tracing()
    tracing.Tracing.tracer = None
    found = measure(asker, args.messages, args.rounds)
    least = found["unobserved"]
    for name, us in found.items():
        more, ratio = us - least, us / least
        print(f"{name:<12} {us:>7.0f} us of CPU a message {more:>+6.0f} us {ratio:>6.3f}")
    ms, size = scrape()
    print(f"a stage      {stage_us():>7.1f} us")
    alone_us, traced_us = by_itself_us(nullcontext), by_itself_us(traced)
    print(f"observing by itself {alone_us:>6.1f} us, traced {traced_us:.1f} us")
    tracing.end_tracing()
    print(f"a scrape     {ms:>7.1f} ms of CPU, {size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
