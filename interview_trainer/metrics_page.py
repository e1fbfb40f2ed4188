"""`/metrics`: the figures of all processes of this server, for Prometheus.

Whom it answers is a matter of the connection alone: `METRICS_ALLOWED` lists addresses, and what
came through a proxy is refused whatever its address, because a proxy's own is often a near one.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from interview_trainer.gauges import Gauges
from interview_trainer.metric_files import current_folder, unchanging
from interview_trainer.problems import framework_problem, problem_response

FORWARDED = ("HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_REAL_IP", "HTTP_X_FORWARDED_")

gauges = Gauges()


def metrics(request: HttpRequest) -> HttpResponse:
    """A 404 to whom it is not for, as if nothing were here."""
    if not may_see(request.META):
        return problem_response(framework_problem(404))
    return HttpResponse(figures(), content_type=CONTENT_TYPE_LATEST)


def may_see(meta: Mapping[str, str]) -> bool:
    """By the connection's address and the request's headers, as WSGI names them."""
    if any(name.startswith(FORWARDED) for name in meta):
        return False
    try:
        address = ip_address(meta.get("REMOTE_ADDR", ""))
    except ValueError:  # a socket in the file system
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return any((mapped or address) in network for network in networks(*settings.METRICS_ALLOWED))


@cache
def networks(*names: str) -> list[IPv4Network | IPv6Network]:
    return [ip_network(name) for name in names]


def figures() -> bytes:
    return counted() + asked()


def counted() -> bytes:
    """What the processes counted, ended ones too."""
    folder = current_folder()
    if folder is None:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder))
    with unchanging(folder):
        return generate_latest(registry)


def asked() -> bytes:
    registry = CollectorRegistry()
    registry.register(gauges)
    return generate_latest(registry)
