"""The server's configuration with a first worker that grows too large when it is asked to."""

from gunicorn.http.message import Request
from gunicorn.workers.base import Worker

from interview_trainer.checks import WORKER_MEMORY_MIN_BYTES
from interview_trainer.gunicorn_conf import *  # noqa: F403  (as gunicorn reads it)

hoard: list[bytes] = []


def pre_request(worker: Worker, req: Request) -> None:
    if worker.age == 1 and req.path == "/grow":
        hoard.append(b"x" * 2 * WORKER_MEMORY_MIN_BYTES)
