"""Where a request comes from, told by as many proxies as are trusted."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

# What one subscriber is given of IPv6.
SUBSCRIBER_BITS = 64


def client_address(request: HttpRequest) -> str:
    """The address of whoever called the first of our `TRUSTED_PROXIES` proxies.

    Each proxy adds the address that called it at the end of `X-Forwarded-For`; what stands before
    that was written by anybody. A header that is too short or no address is not believed.
    """
    caller: str = request.META.get("REMOTE_ADDR", "")
    told = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    proxies: int = settings.TRUSTED_PROXIES
    if not proxies or len(told) < proxies:
        return caller
    return bare_address(told[-proxies].strip()) or caller


def bare_address(told: str) -> str:
    """The address without its port, or nothing where it is none."""
    host = told[1:].partition("]")[0] if told.startswith("[") else told
    if host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        return str(ip_address(host))
    except ValueError:
        return ""


def subscriber(address: str) -> str:
    """What counts as one address: of IPv6, the network that one subscriber has."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    return str(found.ipv4_mapped or ip_network((found, SUBSCRIBER_BITS), strict=False))
