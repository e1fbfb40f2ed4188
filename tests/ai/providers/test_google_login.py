"""Signing in to Google Cloud with a service account, its token server on loopback."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from ai.errors import ProviderBusyError, ProviderError, ProviderTimeoutError
from tests.ai.providers.cases import TEXT, TRANSCRIPTION, Case
from tests.ai.providers.conftest import RETRIES, Vendor
from tests.ai.providers.servers.base import Asked, Fault, Status
from tests.ai.providers.servers.google import ACCESS_TOKEN, GoogleServer

both = pytest.mark.parametrize("case", [TEXT[2], TRANSCRIPTION[3]], ids=str)


@pytest.fixture
def token_server_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Faults apply to the token server, and to nothing else."""

    def is_spoilt(self: GoogleServer, asked: Asked) -> bool:
        return asked.path == "/token"

    monkeypatch.setattr(GoogleServer, "is_spoilt", is_spoilt)


@both
def test_one_token_serves_all_threads(case: Case, serve: Callable[..., Vendor]) -> None:
    vendor = serve(case)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: list(vendor.items()), range(16)))
    assert len([asked for asked in vendor.server.asked if asked.path == "/token"]) == 1
    for asked in vendor.server.spoilt_asked:
        assert asked.headers["authorization"] == f"Bearer {ACCESS_TOKEN}"


@both
def test_a_failing_token_server_is_tried_again_by_us_alone(
    case: Case, serve: Callable[..., Vendor], token_server_fails: None
) -> None:
    vendor = serve(case)
    vendor.server.fail(Status(503))
    with pytest.raises(ProviderBusyError):
        list(vendor.items())
    assert len(vendor.server.asked) == RETRIES + 1


@both
def test_a_refused_account_is_a_provider_error(
    case: Case, serve: Callable[..., Vendor], token_server_fails: None
) -> None:
    vendor = serve(case)
    for fault in (Status(401), Fault.HTML, Fault.EMPTY):
        vendor.server.fail(fault)
        with pytest.raises(ProviderError):
            list(vendor.items())


@both
@pytest.mark.impatient
def test_a_silent_token_server_is_a_time_out(
    case: Case, serve: Callable[..., Vendor], token_server_fails: None
) -> None:
    vendor = serve(case)
    vendor.server.fail(Fault.SLOW_FIRST_BYTE)
    with pytest.raises(ProviderTimeoutError):
        list(vendor.items())
