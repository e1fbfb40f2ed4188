"""Whose address counts, behind proxies and in front of liars."""

import pytest
from django.test import RequestFactory

from users.limits.addresses import client_address, subscriber

PROXY, CLIENT, LIE = "10.0.0.1", "203.0.113.7", "198.51.100.9"


def seen(forwarded: str | None) -> str:
    headers = {} if forwarded is None else {"x-forwarded-for": forwarded}
    return client_address(RequestFactory().get("/", headers=headers, REMOTE_ADDR=PROXY))


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, None, PROXY),
        (0, CLIENT, PROXY),
        (1, CLIENT, CLIENT),
        (1, f"{LIE}, {CLIENT}", CLIENT),
        (1, f"{LIE}, , {CLIENT}", CLIENT),
        (2, f"{LIE}, {CLIENT}, 10.0.0.2", CLIENT),
        # It did not pass two proxies: whoever called wrote this.
        (2, LIE, PROXY),
        (1, None, PROXY),
        (1, "unknown", PROXY),
        (1, f"{CLIENT}:4711", CLIENT),
        (1, "[2001:db8::7]:4711", "2001:db8::7"),
        (1, "2001:db8::7", "2001:db8::7"),
    ],
)
def test_only_what_trusted_proxies_say_is_believed(settings, proxies, forwarded, expected):
    settings.TRUSTED_PROXIES = proxies
    assert seen(forwarded) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (CLIENT, CLIENT),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", CLIENT),
        ("", ""),
    ],
)
def test_a_network_of_ipv6_is_one_subscriber(address, expected):
    assert subscriber(address) == expected
