"""Whether the process lives (`/healthz`), can serve (`/readyz`), and how it does (`/metrics`).

The answers name the part that failed and never why: the reason goes to the log.
"""

import logging
from collections.abc import Callable, Iterator, Mapping

from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import Metric

from interview_trainer.gauges import labelled_gauge
from interview_trainer.metrics_page import metrics
from interview_trainer.problems import PROBLEM_JSON, framework_problem

logger = logging.getLogger(__name__)

SAFE_METHODS = ("GET", "HEAD")


def index(request: HttpRequest) -> HttpResponse:
    """`GET /`: what frontends written for the first service read to see that it is there."""
    if request.method not in SAFE_METHODS:
        return problem_answer(framework_problem(405), Allow=", ".join(SAFE_METHODS))
    return JsonResponse({"data": "Server is up and running"})


def problem_answer(data: dict[str, object], **headers: str) -> JsonResponse:
    return JsonResponse(data, status=data["status"], headers=headers, content_type=PROBLEM_JSON)


class ProbeMiddleware:
    """Answers the probes before anything looks at the host, the scheme or a session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        probe = PROBES.get(request.path)
        if probe is None or request.method not in SAFE_METHODS:
            return self.get_response(request)
        response = probe(request)
        response["Cache-Control"] = "no-store"
        response["Content-Length"] = str(len(response.content))
        return response


def live(request: HttpRequest) -> HttpResponse:
    """200 while the process answers at all. Touches nothing else."""
    return JsonResponse({"status": "alive"})


def ready(request: HttpRequest) -> HttpResponse:
    """200 when requests can be served here, else 503 with the parts that `failed`.

    What is `degraded` is away too, and requests are served without it.
    """
    failed = ["draining"] if draining.is_on() else failing(CHECKS)
    if failed:
        detail = f"Not ready: {', '.join(failed)}."
        return problem_answer(framework_problem(503, detail, {"failed": failed}))
    degraded = failing(SPARED)
    if degraded:
        return JsonResponse({"status": "degraded", "degraded": degraded})
    return JsonResponse({"status": "ready"})


PROBES: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "/healthz": live,
    "/readyz": ready,
    "/metrics": metrics,
}


class Draining:
    """Whether this process is finishing its last requests: `gunicorn_conf.py` tells."""

    def __init__(self) -> None:
        self.is_on: Callable[[], bool] = lambda: False


draining = Draining()


def failing(checks: Mapping[str, Callable[[], bool]]) -> list[str]:
    """The parts that do not work now, in the order in which they are needed."""
    return [name for name, check in checks.items() if not passes(name, check)]


def passes(name: str, check: Callable[[], bool]) -> bool:
    try:
        is_right = check()
    except Exception as exc:
        # Whatever goes wrong while asking, the part is not ready.
        logger.warning("not_ready", extra={"part": name, "error": type(exc).__name__})
        return False
    if not is_right:
        logger.warning("not_ready", extra={"part": name})
    return is_right


def database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def cache_answers() -> bool:
    cache.set("readyz", "here", timeout=10)
    return bool(cache.get("readyz") == "here")


def part_gauges() -> Iterator[Metric]:
    """For `/metrics`: what the service stands on, and what it does without."""
    text = "Whether a part that the service uses works."
    up = labelled_gauge("part_up", text, ["part"])
    for name, check in {**CHECKS, **SPARED}.items():
        up.add_metric([name], float(passes(name, check)))
    yield up


class MigrationsCheck:
    """Whether the database has every migration. Once it has, it is not asked again."""

    def __init__(self) -> None:
        self.have_passed = False

    def __call__(self) -> bool:
        self.have_passed = self.have_passed or not has_unapplied_migrations()
        return self.have_passed


def has_unapplied_migrations() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


migrations_are_applied = MigrationsCheck()

CHECKS: dict[str, Callable[[], bool]] = {
    "database": database_answers,
    "migrations": migrations_are_applied,
}
# What the service does without: the answers are right, and the same.
SPARED: dict[str, Callable[[], bool]] = {"cache": cache_answers}
