"""The service as it runs, on a scratch database, with vendors on loopback: for benchmarks."""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "interview_trainer.settings"
os.environ["ENV_FILE"] = os.devnull
os.environ["SECRET_KEY"] = "only-for-this-benchmark-and-long-enough"
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="interview-trainer-benchmark-")
os.environ["DATABASE_URL"] = f"sqlite:///{os.environ['DATA_DIR']}/benchmark.sqlite3"

import django
from django.apps import apps

if not apps.ready:
    django.setup()

from django.conf import settings
from django.core.management import call_command

from tests.ai.providers.servers.base import Asked, Reply
from tests.ai.providers.servers.elevenlabs import ElevenLabsServer
from tests.ai.providers.servers.openai import OpenAIServer
from tests.ai.providers.servers.sound import tone
from tests.live import Call, Service, live_service
from users.models import Scope
from users.services.api_keys import create_api_key
from users.services.ledger import grant_credits
from users.services.people import change_settings, create_user

EMAIL = "ada@example.com"
VENDOR_CHUNK_S = 0.3
CHARACTERS_A_SECOND = 15  # of speech


class Voice(ElevenLabsServer):
    """Takes 300 ms for a chunk, however long. Notes when it was asked and when sound left."""

    def __init__(self) -> None:
        super().__init__()
        self.sound = tone(1.0)
        self.sound_s = 0.5
        self.asked_at: list[float] = []
        self.sounded_at: list[float] = []

    def reply(self, asked: Asked) -> Reply:
        self.asked_at.append(time.perf_counter())
        seconds = int(self.sound_s or len(asked.json["text"]) / CHARACTERS_A_SECOND)
        return Reply(self.parts(max(seconds, 1)), self.sound_type)

    def parts(self, seconds: int) -> Iterator[bytes]:
        Event().wait(VENDOR_CHUNK_S)
        self.sounded_at.append(time.perf_counter())
        for _ in range(seconds):
            yield self.sound


@dataclass
class Stage:
    service: Service
    voice: Voice
    writer: OpenAIServer
    secret: str

    def post(
        self, path: str, message: str, *, accept: str = "*/*", audio_format: str = "mp3"
    ) -> Call:
        headers = {"x-api-key": self.secret, "Accept": accept}
        path = f"{path}?email={EMAIL}&format={audio_format}"
        return Call(self.service.address, path, {"message": message}, headers)


@contextmanager
def stage(writer: OpenAIServer, **variables: str) -> Iterator[Stage]:
    """Sound that was made before is made anew: the cache is off."""
    call_command("migrate", verbosity=0)
    user = create_user(email=EMAIL)
    change_settings(user=user, llm_model="gpt-6-luna", tts_model="eleven_flash_v2_5")
    grant_credits(user=user, amount=100_000, reason="To spend")
    _, secret = create_api_key(name="Benchmark", scopes=Scope.values)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, settings.DATA_DIR)
        voice = stack.enter_context(closing(Voice()))
        stack.callback(writer.close)
        vendors = {
            "OPENAI_API_KEY": "sk-benchmark",
            "OPENAI_BASE_URL": writer.url,
            "ELEVENLABS_API_KEY": "benchmark",
            "ELEVENLABS_BASE_URL": voice.url,
            "SPEECH_CACHE_MAX_BYTES": "0",
        }
        service = stack.enter_context(live_service(settings.DATA_DIR, **vendors, **variables))
        yield Stage(service, voice, writer, secret)


def row(label: str, milliseconds: float, note: str = "") -> None:
    print(f"{label:>44} {milliseconds:>9.1f} ms  {note}")
