"""gunicorn's configuration, the same for `make run` and for production.

    gunicorn --config python:interview_trainer.gunicorn_conf interview_trainer.wsgi

gthread: a thread per request, idle connections held by none. The master checks the settings and
the database, loads the application once and forks, so that a wrong setting is reported once, a
worker starts in milliseconds, and workers share the memory of what was loaded. The price: new
code needs a new master, a HUP is not enough. Models are loaded after the fork, because their
engines run threads, which a fork would lose.
"""

import gc
import http.client
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger
from gunicorn.workers.base import Worker

from interview_trainer import metric_files
from interview_trainer.gunicorn_worker import GracefulWorker, longest_stop_s
from interview_trainer.logs import configure_logging
from interview_trainer.startup import refusing_to_start

READY_TIMEOUT_S = 30
READY_RETRY_S = 1.0
SPARE_THREADS = 8
IDLE_CONNECTIONS = 1_000
GARBAGE_OBJECTS = 20_000

# The processes that run beside the server, in its master: the task workers.
beside: dict[str, subprocess.Popen[bytes] | None] = {}


class StructuredLogger(Logger):
    """gunicorn's messages go the way of all others.

    Its access log stays off: `RequestLogMiddleware` writes the line of each request.
    """

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        configure_logging({})
        self.error_log.handlers.clear()
        self.error_log.propagate = True


def on_starting(server: Arbiter) -> None:
    """Load the application, unless a system check says that it cannot work."""
    metric_files.make_folder()
    with refusing_to_start():
        django.setup()
        call_command("check", databases=["default"])
        server.app.wsgi()
    # A connection must not be shared with the workers.
    connections.close_all()


def when_ready(server: Arbiter) -> None:
    from background.beside_server import start_workers

    beside["tasks"] = start_workers()


def on_exit(server: Arbiter) -> None:
    from background.beside_server import stop_workers

    stop_workers(beside.pop("tasks", None))
    metric_files.remove_folder()


def child_exit(server: Arbiter, worker: Worker) -> None:
    """A worker that had to go had another one started before it left: there is one less."""
    server.num_workers = max(server.num_workers - 1, settings.WORKERS)
    metric_files.bury_the_dead()


def post_worker_init(worker: GracefulWorker) -> None:
    from ai.stopping import stop_all
    from interview_trainer import error_reports, health, tracing

    health.draining.is_on = lambda: worker.is_draining
    worker.cut_calls_off = stop_all
    tracing.start_tracing()
    error_reports.start_error_reports()
    collect_garbage_seldom()
    threading.Thread(target=after_start, args=[worker], name="after-start", daemon=True).start()


def collect_garbage_seldom() -> None:
    """What is loaded now stays. Looking through it all again took 7 % of the time.

    https://docs.python.org/3/library/gc.html#gc.freeze
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_OBJECTS, 20, 20)


def after_start(worker: Worker) -> None:
    """What must not delay the first request: say that the service is there, load the models."""
    address = worker.sockets[0].getsockname()
    if worker.age == 1 and wait_until_ready(worker, address):
        sys.stdout.write(f"Ready: http://{host_and_port(address)}\n")
        sys.stdout.flush()
    if settings.WARM_MODELS:
        from ai.providers.registry import warm_providers

        warm_providers()


def worker_exit(server: Arbiter, worker: Worker) -> None:
    """The requests are answered: let go of connections and of the voice's process."""
    from ai.providers.registry import close_providers
    from interview_trainer import error_reports, tracing

    close_providers()
    tracing.end_tracing()
    error_reports.end_error_reports()


def wait_until_ready(worker: Worker, address: tuple[Any, ...]) -> bool:
    """True once `/readyz` answers 200; False where the worker stops before that."""
    while worker.alive:
        if answers_ready(address):
            return True
        time.sleep(READY_RETRY_S)
    return False


def answers_ready(address: tuple[Any, ...]) -> bool:
    connection = http.client.HTTPConnection(
        reachable_host(address), address[1], timeout=READY_TIMEOUT_S
    )
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def reachable_host(address: tuple[Any, ...]) -> str:
    """Where to reach a server that listens everywhere: here."""
    host = str(address[0])
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104


def host_and_port(address: tuple[Any, ...]) -> str:
    host, port = str(address[0]), address[1]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_trainer.settings")
with refusing_to_start():
    bind = host_and_port((settings.HOST.strip("[]"), settings.PORT))
    workers = settings.WORKERS
    # Those that are open, and some to refuse the rest and to answer probes.
    threads = settings.THREADS + SPARE_THREADS
    # An idle connection needs no thread.
    worker_connections = threads + IDLE_CONNECTIONS
    timeout = settings.WORKER_TIMEOUT_S
    graceful_timeout = longest_stop_s()
    keepalive = settings.KEEPALIVE_S
    max_requests = settings.MAX_REQUESTS
    max_requests_jitter = settings.MAX_REQUESTS // 10
worker_class = GracefulWorker
logger_class = StructuredLogger
# A worker's heartbeat is a file: in memory, so that a slow disk does not look like a hung worker.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
# TRUST_PROXY alone decides whether a forwarded scheme is believed, and Django reads it.
secure_scheme_headers: dict[str, str] = {}
# Nobody uses it here, and it would be a file in the home directory.
control_socket_disable = True
