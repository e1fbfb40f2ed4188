"""Unreal Speech, version 8: speech.

All three ways to its sound are asked for MP3: two of them have nothing else, and the rate of the
third's raw PCM is not documented, while an MP3 states its own.

https://docs.unrealspeech.com/reference
"""

import time
from collections.abc import Generator, Iterator
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings

from ai import stopping
from ai.errors import ProviderTimeoutError
from ai.providers.base import SpeechProvider, SpeechRequest
from ai.providers.calls import Caller, UnusableAnswerError, missing, patience
from ai.providers.rest import Answer, Rest, failure_of
from ai.providers.sound import decode_mp3

# Characters that two of the ways take; the third takes 500,000.
STREAM_MAX = 1_000
SPEECH_MAX = 3_000
BITRATE = "64k"


class UnrealSpeech(SpeechProvider):
    sample_rate = 24_000
    default_voice = "Sierra"

    @classmethod
    def missing(cls) -> str:
        return missing(UNREALSPEECH_API_KEY=settings.UNREALSPEECH_API_KEY)

    def __init__(self) -> None:
        patient = patience(
            total_s=settings.UNREALSPEECH_TIMEOUT_S,
            max_retries=settings.UNREALSPEECH_MAX_RETRIES,
        )
        self._calls = Caller("unrealspeech", patient, failure_of)
        self._rest = Rest(patient)

    def close(self) -> None:
        self._rest.close()

    def synthesize(self, request: SpeechRequest) -> Generator[bytes, None, None]:
        if len(request.text) <= STREAM_MAX:
            return self._calls.stream(lambda: self._streamed(request))
        return self._stored(request)

    def _streamed(self, request: SpeechRequest) -> Generator[bytes, None, None]:
        body = self._body(request) | {"Codec": "libmp3lame"}
        with self._rest.open("POST", url_of("stream"), headers=key(), body=body) as answer:
            yield from self._decode(answer)

    def _stored(self, request: SpeechRequest) -> Generator[bytes, None, None]:
        """Sound that is made first and then fetched. Each step is tried again by itself."""
        if len(request.text) <= SPEECH_MAX:
            url = self._calls.call(lambda: file_url(self._post("speech", request)))
        else:
            task = self._calls.call(lambda: task_url(self._post("synthesisTasks", request)))
            url = self._await_file(task)
        yield from self._calls.stream(lambda: self._fetched(url))

    def _fetched(self, url: str) -> Generator[bytes, None, None]:
        """From the vendor's storage, which gets no key."""
        with self._rest.open("GET", url) as answer:
            yield from self._decode(answer)

    def _await_file(self, task: str) -> str:
        ends_at = time.monotonic() + settings.UNREALSPEECH_TIMEOUT_S
        while time.monotonic() < ends_at:
            url = self._calls.call(
                lambda: finished_url(self._rest.json("GET", task, headers=key()))
            )
            if url:
                return url
            if stopping.is_unwanted(within_s=settings.UNREALSPEECH_POLL_S):
                break
        raise ProviderTimeoutError

    def _post(self, path: str, request: SpeechRequest) -> dict[str, Any]:
        return self._rest.json("POST", url_of(path), headers=key(), body=self._body(request))

    def _body(self, request: SpeechRequest) -> dict[str, Any]:
        voice = request.voice or self.default_voice
        return {"Text": request.text, "VoiceId": voice, "Bitrate": BITRATE}

    def _decode(self, answer: Answer) -> Iterator[bytes]:
        return decode_mp3(
            answer.chunks(), content_type=answer.content_type, sample_rate=self.sample_rate
        )


def key() -> dict[str, str]:
    return {"Authorization": f"Bearer {settings.UNREALSPEECH_API_KEY}"}


def url_of(*parts: str) -> str:
    home = settings.UNREALSPEECH_BASE_URL.rstrip("/")
    return "/".join([home, *(quote(part, safe="") for part in parts)])


def task_of(answer: dict[str, Any]) -> dict[str, Any]:
    task = answer.get("SynthesisTask", answer)
    return task if isinstance(task, dict) else {}


def task_url(answer: dict[str, Any]) -> str:
    task_id = task_of(answer).get("TaskId")
    if not isinstance(task_id, str) or not task_id:
        raise UnusableAnswerError("The answer names no task")
    return url_of("synthesisTasks", task_id)


def finished_url(answer: dict[str, Any]) -> str:
    """Where the task's sound lies, or an empty string where it is still being made."""
    task = task_of(answer)
    status = str(task.get("TaskStatus")).lower()
    if status == "failed":
        raise UnusableAnswerError("The task failed")
    return file_url(task) if status == "completed" else ""


def file_url(answer: dict[str, Any]) -> str:
    """Only over TLS, or from where the vendor itself is: an answer must not point us elsewhere."""
    url = str(answer.get("OutputUri") or "")
    home, there = urlsplit(settings.UNREALSPEECH_BASE_URL), urlsplit(url)
    if there.scheme != "https" and (there.scheme, there.netloc) != (home.scheme, home.netloc):
        raise UnusableAnswerError("The sound is at no usable address")
    return url
