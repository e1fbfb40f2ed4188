"""Which providers the contract is proved on, and how each is set up.

To add a provider: a server in `servers/` and a line here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.ai.providers.servers.base import VendorServer
from tests.ai.providers.servers.elevenlabs import ElevenLabsServer
from tests.ai.providers.servers.google import GoogleServer
from tests.ai.providers.servers.openai import OpenAIServer
from tests.ai.providers.servers.unrealspeech import UnrealSpeechServer

KEY = "secret-key"
SENTENCE = "Tell me about a time when you led a project."


@dataclass(frozen=True)
class Case:
    """One provider and one way to call it.

    `settings` are what switches the vendor on, for a server at a given URL. `streams` says whether
    the vendor answers piece by piece, `setting` names the one that `missing` asks for. `is_whole`
    asks a text model for its answer in one piece.
    """

    provider: str
    capability: str
    server: Callable[[], VendorServer]
    settings: Callable[[str], Mapping[str, Any]]
    setting: str
    model: str = "some-model"
    text: str = SENTENCE
    streams: bool = True
    is_whole: bool = False
    modules: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        way = "-whole" if self.is_whole else {SENTENCE: ""}.get(self.text, f"-{len(self.text)}")
        return f"{self.provider}-{self.capability}{way}"


def openai(url: str) -> Mapping[str, Any]:
    return {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": f"{url}/v1"}


def compatible(url: str) -> Mapping[str, Any]:
    return {"COMPATIBLE_API_KEY": KEY, "COMPATIBLE_BASE_URL": f"{url}/v1"}


def elevenlabs(url: str) -> Mapping[str, Any]:
    return {"ELEVENLABS_API_KEY": KEY, "ELEVENLABS_BASE_URL": url}


def unrealspeech(url: str) -> Mapping[str, Any]:
    return {"UNREALSPEECH_API_KEY": KEY, "UNREALSPEECH_BASE_URL": url}


def google(url: str) -> Mapping[str, Any]:
    return {
        "VERTEX_PROJECT": "project-1",
        "VERTEX_BASE_URL": url,
        "GOOGLE_SPEECH_SYNTHESIS_URL": url,
        "GOOGLE_SPEECH_RECOGNITION_URL": url,
    }


def openai_case(capability: str, model: str) -> Case:
    return Case(
        "openai", capability, OpenAIServer, openai, "OPENAI_API_KEY",
        model=model, streams=capability != "transcription", modules=("openai",),
    )  # fmt: skip


def compatible_case(capability: str, model: str) -> Case:
    return Case(
        "compatible", capability, OpenAIServer, compatible, "COMPATIBLE_BASE_URL",
        model=model, streams=capability != "transcription", modules=("openai",),
    )  # fmt: skip


def elevenlabs_case(capability: str, model: str) -> Case:
    return Case(
        "elevenlabs", capability, ElevenLabsServer, elevenlabs, "ELEVENLABS_API_KEY",
        model=model, streams=capability != "transcription", modules=("elevenlabs",),
    )  # fmt: skip


def google_case(capability: str, model: str) -> Case:
    return Case(
        "vertex", capability, GoogleServer, google, "VERTEX_PROJECT",
        model=model, streams=capability == "text", modules=("google.genai",),
    )  # fmt: skip


def unrealspeech_case(text: str = SENTENCE) -> Case:
    return Case(
        "unrealspeech", "speech", UnrealSpeechServer, unrealspeech, "UNREALSPEECH_API_KEY",
        text=text,
    )  # fmt: skip


TEXT = [
    openai_case("text", "gpt-6-luna"),
    compatible_case("text", "qwen3:8b"),
    google_case("text", "gemini-3.5-flash-lite"),
]
WHOLE_TEXT = [replace(case, is_whole=True, streams=False) for case in TEXT]
SPEECH = [
    openai_case("speech", "gpt-4o-mini-tts"),
    compatible_case("speech", "kokoro"),
    elevenlabs_case("speech", "eleven_multilingual_v2"),
    google_case("speech", "google-tts"),
    unrealspeech_case(),
    unrealspeech_case("a" * 3_000),
    unrealspeech_case("a" * 3_001),
]
TRANSCRIPTION = [
    openai_case("transcription", "whisper-1"),
    compatible_case("transcription", "whisper-large-v3"),
    elevenlabs_case("transcription", "scribe_v2"),
    google_case("transcription", "chirp_2"),
]
VENDORS = [*TEXT, *WHOLE_TEXT, *SPEECH, *TRANSCRIPTION]
STREAMED = [case for case in VENDORS if case.streams]
