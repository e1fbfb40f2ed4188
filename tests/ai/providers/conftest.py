"""Vendors' servers, the providers that call them, and how long those wait in a test."""

import json
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.utils.module_loading import import_string

from ai.audio import SAMPLE_RATE, Recording
from ai.providers.base import (
    Provider,
    SpeechRequest,
    TextRequest,
    TranscriptionRequest,
)
from ai.providers.registry import PROVIDERS
from tests.ai.providers.cases import Case
from tests.ai.providers.servers.base import VendorServer
from tests.ai.providers.servers.sound import tone, wav

SYSTEM = "You hold a mock interview. secret-system"
MESSAGE = "I led a project. secret-words"
# How long a call may take: ample on a busy machine, except where the vendor's slowness is tested.
PATIENT_S = 30.0
SILENCE_S = 0.6
TOTAL_S = 1.0
# Not the clients' own number, which would hide theirs behind ours.
RETRIES = 1


@dataclass
class Vendor:
    """A case at work: its server, and the provider built once its settings were there."""

    case: Case
    server: Any
    provider: Any

    def request(self, **changes: Any) -> Any:
        if self.case.capability == "text":
            return text_request(**{"model": self.case.model, **changes})
        if self.case.capability == "speech":
            return SpeechRequest(**{"model": self.case.model, "text": self.case.text, **changes})
        return TranscriptionRequest(
            **{"model": self.case.model, "recording": recording(), **changes}
        )

    def items(self, **changes: Any) -> Generator[Any, None, None]:
        """The answer, piece by piece; a transcript and a whole text are one piece."""
        request = self.request(**changes)
        if self.case.is_whole:
            yield self.provider.generate(request)
        elif self.case.capability == "text":
            yield from self.provider.stream(request)
        elif self.case.capability == "speech":
            yield from self.provider.synthesize(request)
        else:
            yield self.provider.transcribe(request)


def text_request(**changes: Any) -> TextRequest:
    usual = {"system": SYSTEM, "message": MESSAGE, "max_output_tokens": 125}
    return TextRequest(**{**usual, **changes})


def recording(duration_s: float = 0.5) -> Recording:
    samples = tone(0.5, SAMPLE_RATE) * int(duration_s / 0.5)
    return Recording(wav(samples, SAMPLE_RATE), "audio/wav", samples, duration_s)


@pytest.fixture(autouse=True)
def patience(request: pytest.FixtureRequest, settings: Any) -> None:
    """Set before the provider is built, which reads it: by a mark, not by another fixture."""
    is_short = request.node.get_closest_marker("impatient") is not None
    settings.VENDOR_CONNECT_TIMEOUT_S = SILENCE_S if is_short else PATIENT_S
    settings.VENDOR_SILENCE_TIMEOUT_S = SILENCE_S if is_short else PATIENT_S
    settings.VENDOR_RETRY_WAIT_S = 0.01
    settings.VENDOR_RETRY_AFTER_MAX_S = 0.5
    settings.UNREALSPEECH_POLL_S = 0.01
    for vendor in ("OPENAI", "COMPATIBLE", "VERTEX", "ELEVENLABS", "UNREALSPEECH"):
        setattr(settings, f"{vendor}_TIMEOUT_S", TOTAL_S if is_short else PATIENT_S)
        setattr(settings, f"{vendor}_MAX_RETRIES", RETRIES)


@pytest.fixture(scope="session")
def service_account(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A service account's key file whose tokens come from the given server."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    folder = tmp_path_factory.mktemp("service-account")

    def write(url: str) -> Path:
        path = folder / "key.json"
        account = {
            "type": "service_account",
            "project_id": "project-1",
            "private_key_id": "key-1",
            "private_key": key.decode(),
            "client_email": "trainer@project-1.iam.gserviceaccount.com",
            "client_id": "1",
            "token_uri": f"{url}/token",
        }
        path.write_text(json.dumps(account))
        return path

    return write


@pytest.fixture
def serve(settings: Any, service_account: Callable[[str], Path]) -> Iterator[Callable[..., Vendor]]:
    """Starts a case's server and builds its provider; `at` names another address to call."""
    open_things: list[VendorServer | Provider] = []

    def start(case: Case, *, at: str = "") -> Vendor:
        server = case.server()
        open_things.append(server)
        for name, value in case.settings(at or server.url).items():
            setattr(settings, name, value)
        settings.GOOGLE_APPLICATION_CREDENTIALS = str(service_account(server.url))
        provider: Provider = import_string(PROVIDERS[case.provider, case.capability])()
        open_things.append(provider)
        return Vendor(case, server, provider)

    yield start
    for thing in reversed(open_things):
        thing.close()


@pytest.fixture
def vendor(request: pytest.FixtureRequest, serve: Callable[..., Vendor]) -> Vendor:
    """The case that the test is parametrised with."""
    return serve(request.param)
