"""What tests of people need: issuers to sign in with, and somebody who is signed in."""

from collections.abc import Iterator

import pytest
from django.test import Client

from tests.users.issuer import JwksServer
from users.jwks import key_set
from users.models import User


class Clock:
    """Stands still until it is told to move."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now

    def pass_s(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch) -> Clock:
    """The clock that the age of issuers' keys is read from."""
    clock = Clock()
    monkeypatch.setattr("users.jwks.monotonic", clock)
    return clock


@pytest.fixture
def jwks_server() -> Iterator[JwksServer]:
    server = JwksServer()
    yield server
    server.stop()
    key_set.cache_clear()  # another test's server may get this one's port


@pytest.fixture
def outside(jwks_server: JwksServer, settings) -> JwksServer:
    """The outside issuer that this service trusts."""
    settings.OUTSIDE_JWT_ISSUER = "https://issuer.example"
    settings.OUTSIDE_JWT_AUDIENCE = "interview-trainer-api"
    settings.OUTSIDE_JWT_JWKS_URL = jwks_server.url
    return jwks_server


@pytest.fixture
def google(jwks_server: JwksServer, settings) -> JwksServer:
    """Google, with two client ids of ours."""
    settings.GOOGLE_CLIENT_IDS = ["client-1", "client-2"]
    settings.GOOGLE_JWKS_URL = jwks_server.url
    return jwks_server


@pytest.fixture
def signed_in(client: Client, owner: User) -> Client:
    client.force_login(owner)
    return client
