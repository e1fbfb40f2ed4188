"""ElevenLabs: speech and transcription.

https://elevenlabs.io/docs/api-reference
"""

from collections.abc import Generator
from typing import Any

from django.conf import settings

from ai.providers.base import (
    Provider,
    SpeechProvider,
    SpeechRequest,
    Transcript,
    TranscriptionProvider,
    TranscriptionRequest,
    Word,
)
from ai.providers.calls import (
    Caller,
    Failure,
    Patience,
    UnusableAnswerError,
    http_client,
    http_failure,
    missing,
    patience,
    status_failure,
)
from ai.providers.sound import whole_samples

STABILITY = SIMILARITY = 0.95
# The models answer with ISO 639-3; this is 639-1 for the languages that most people speak to them.
SHORT_CODES = {
    "ara": "ar", "cmn": "zh", "deu": "de", "eng": "en", "fra": "fr", "hin": "hi",
    "ind": "id", "ita": "it", "jpn": "ja", "kor": "ko", "nld": "nl", "pol": "pl",
    "por": "pt", "rus": "ru", "spa": "es", "swe": "sv", "tur": "tr", "ukr": "uk",
    "vie": "vi", "zho": "zh",
}  # fmt: skip


class ElevenLabsProvider(Provider):
    @classmethod
    def missing(cls) -> str:
        return missing(modules=("elevenlabs",), ELEVENLABS_API_KEY=settings.ELEVENLABS_API_KEY)

    @classmethod
    def patience(cls) -> Patience:
        return patience(
            total_s=settings.ELEVENLABS_TIMEOUT_S, max_retries=settings.ELEVENLABS_MAX_RETRIES
        )

    def __init__(self) -> None:
        self._calls = Caller("elevenlabs", self.patience(), failure_of)
        self._http = make_http(self.patience())
        self._client = make_client(self._http)

    def close(self) -> None:
        self._http.close()


class ElevenLabsSpeech(ElevenLabsProvider, SpeechProvider):
    """https://elevenlabs.io/docs/api-reference/text-to-speech/stream"""

    sample_rate = 24_000
    default_voice = "ErXwobaYiN019PkySvjV"

    def synthesize(self, request: SpeechRequest) -> Generator[bytes, None, None]:
        return self._calls.stream(lambda: self._samples(request))

    def _samples(self, request: SpeechRequest) -> Generator[bytes, None, None]:
        with self._client.text_to_speech.with_raw_response.stream(
            request.voice or self.default_voice,
            text=request.text,
            model_id=request.model,
            output_format=f"pcm_{self.sample_rate}",
            **voice_parameters(request),
        ) as response:
            yield from whole_samples(
                response.data,
                content_type=response.headers.get("content-type", ""),
                sample_rate=self.sample_rate,
            )


class ElevenLabsTranscription(ElevenLabsProvider, TranscriptionProvider):
    """Fillers are kept (`no_verbatim` is off unless asked for).

    https://elevenlabs.io/docs/api-reference/speech-to-text/convert
    """

    @classmethod
    def patience(cls) -> Patience:
        """The answer comes whole, so all of the time may pass in silence."""
        total_s = settings.ELEVENLABS_TIMEOUT_S
        return patience(
            total_s=total_s, silence_s=total_s, max_retries=settings.ELEVENLABS_MAX_RETRIES
        )

    def transcribe(self, request: TranscriptionRequest) -> Transcript:
        return self._calls.call(lambda: self._transcript(request))

    def _transcript(self, request: TranscriptionRequest) -> Transcript:
        recording = request.recording
        answer: Any = self._client.speech_to_text.convert(
            model_id=request.model,
            file=("recording", recording.data, recording.content_type),
            timestamps_granularity="word",
            tag_audio_events=False,
            request_options={"max_retries": 0},
            **({"language_code": request.language} if request.language else {}),
        )
        text = getattr(answer, "text", None)
        if not isinstance(text, str):
            raise UnusableAnswerError("The answer is no transcript")
        spoken = [word for word in answer.words or [] if word.type == "word"]
        return Transcript(
            text=text.strip(),
            words=tuple(Word(word.text, float(word.start), float(word.end)) for word in spoken),
            language=request.language or short_code(str(answer.language_code or "")),
        )


def make_http(patience: Patience) -> Any:
    import httpx

    return http_client(httpx, patience)


def make_client(http: Any) -> Any:
    from elevenlabs.client import ElevenLabs

    return ElevenLabs(
        base_url=settings.ELEVENLABS_BASE_URL,
        api_key=settings.ELEVENLABS_API_KEY,
        httpx_client=http,
    )


def failure_of(exc: Exception) -> Failure | None:
    import httpx
    from elevenlabs.core.api_error import ApiError

    if isinstance(exc, ApiError) and exc.status_code and exc.status_code >= 300:
        return status_failure(exc.status_code, exc.headers or {})
    return http_failure(httpx, exc)


def voice_parameters(request: SpeechRequest) -> dict[str, Any]:
    """The second generation's settings; later models take other values and reject these."""
    if "_v2" not in request.model:
        return {}
    return {"voice_settings": {"stability": STABILITY, "similarity_boost": SIMILARITY}}


def short_code(code: str) -> str:
    """ISO 639-1, or an empty string where it is not known."""
    return code if len(code) == 2 else SHORT_CODES.get(code, "")
