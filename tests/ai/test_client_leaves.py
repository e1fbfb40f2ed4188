"""A client that leaves a streamed answer stops the vendor's call within a second.

And one that stays hears something in the vendor's silence.
"""

from collections.abc import Iterator

import pytest

from tests.ai.providers.servers.base import Asked, Fault, Reply, Status, event_stream
from tests.ai.providers.servers.openai import OpenAIServer
from tests.live import Call, Service, live_service, wait_until
from users.models import Hold, Scope
from users.services.api_keys import create_api_key
from users.services.people import change_settings

pytestmark = pytest.mark.django_db(transaction=True)

WITHIN_S = 1.0
REQUEST_THREADS = 2
MESSAGE = "/api/ai/message?email=ada@example.com"
AUDIO = "/api/ai/generate-audio?email=ada@example.com"
SPEAK = "/api/ai/speak-reply?email=ada@example.com"
TEXT = {"message": "Hello there."}


class EndlessServer(OpenAIServer):
    """Says one word after the other until the client hangs up, where it `is_endless`."""

    is_endless = False

    def reply(self, asked: Asked) -> Reply:
        if self.is_endless and asked.path.endswith("/chat/completions"):
            return Reply(self.words_for_ever(), "text/event-stream")
        return super().reply(asked)

    def words_for_ever(self) -> Iterator[bytes]:
        word = event_stream([self.event([{"index": 0, "delta": {"content": "word "}}])])
        while not self._closing.wait(0.01):
            yield from word.parts


@pytest.fixture
def vendor() -> Iterator[EndlessServer]:
    server = EndlessServer()
    yield server
    server.close()


@pytest.fixture
def service(owner, vendor, tmp_path) -> Iterator[Service]:
    change_settings(user=owner, llm_model="gpt-6-luna", tts_model="gpt-4o-mini-tts")
    with live_service(
        tmp_path, OPENAI_API_KEY="sk-test", OPENAI_BASE_URL=vendor.url, THREADS=str(REQUEST_THREADS)
    ) as service:
        yield service


@pytest.fixture
def post(service):
    _, secret = create_api_key(name="Frontend", scopes=Scope.values)
    calls: list[Call] = []

    def make(path: str) -> Call:
        accept = "*/*" if path == AUDIO else "text/event-stream"
        call = Call(service.address, path, TEXT, {"x-api-key": secret, "Accept": accept})
        calls.append(call)
        return call

    yield make
    for call in calls:
        call.close()


def settled_charge() -> int:
    """Once nothing is held any more."""
    wait_until(lambda: not Hold.objects.filter(state="open").exists())
    return sum(Hold.objects.values_list("charged", flat=True))


def test_while_words_come(post, vendor):
    vendor.is_endless = True
    call = post(MESSAGE)
    names = (name for name, _ in call.events())
    assert [next(names) for _ in range(4)] == ["meta", "delta", "delta", "delta"]
    call.close()
    assert vendor.hung_up.wait(WITHIN_S)
    assert settled_charge() == 1


@pytest.mark.parametrize("path", [MESSAGE, AUDIO, SPEAK])
@pytest.mark.parametrize("leave", [Call.close, Call.reset])
def test_while_the_vendor_is_silent_before_its_first_byte(post, vendor, path, leave):
    vendor.fail(Fault.SLOW_FIRST_BYTE)
    call = post(path)
    wait_until(lambda: vendor.asked)
    leave(call)
    assert vendor.hung_up.wait(WITHIN_S)
    assert settled_charge() == 0
    assert len(vendor.asked) == 1


@pytest.mark.parametrize(("path", "charge"), [(MESSAGE, 1), (AUDIO, 0)])
def test_while_the_vendor_is_silent_midway(post, vendor, path, charge):
    vendor.fail(Fault.SLOW_MIDDLE)
    call = post(path)
    assert call.response.read(1)
    call.close()
    assert vendor.hung_up.wait(WITHIN_S)
    assert settled_charge() == charge


@pytest.mark.parametrize("path", [MESSAGE, AUDIO, SPEAK])
def test_while_the_vendor_sends_byte_by_byte(post, vendor, path):
    vendor.fail(Fault.TRICKLE)
    call = post(path)
    wait_until(lambda: vendor.asked)
    call.close()
    assert vendor.hung_up.wait(WITHIN_S)
    settled_charge()


@pytest.mark.parametrize("path", [MESSAGE, SPEAK])
def test_silence_is_filled_with_comments(post, vendor, path):
    vendor.fail(Fault.SLOW_MIDDLE)
    call = post(path)
    assert b": silence\n" in iter(call.response.readline, b"")
    call.close()
    assert settled_charge() == 1


def test_while_the_next_try_is_waited_for(post, vendor, service):
    vendor.fail(Status(503, {"Retry-After": "3"}))
    threads_before = service.thread_count
    call = post(MESSAGE)
    wait_until(lambda: vendor.asked)
    call.close()
    assert settled_charge() == 0
    wait_until(lambda: service.thread_count <= threads_before)
    assert len(vendor.asked) == 1


def test_a_client_that_is_refused_costs_nothing(post, vendor):
    vendor.fail(Fault.SLOW_FIRST_BYTE, times=2)
    before = [post(MESSAGE), post(MESSAGE)]
    wait_until(lambda: len(vendor.asked) == 2)
    refused = post(MESSAGE)
    assert refused.response.status == 503
    for call in before:
        call.close()
    assert settled_charge() == 0
    after = post(MESSAGE)
    assert [name for name, _ in after.events()][-1] == "done"
    assert len(vendor.asked) == 3
