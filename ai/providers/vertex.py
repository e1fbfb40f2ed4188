"""Google Cloud: Gemini on Vertex AI for text, Cloud Text-to-Speech, Cloud Speech-to-Text.

Text goes through google-genai, Google's client for Gemini on Vertex (google-cloud-aiplatform, the
former one, takes twice the disk of everything here). Speech has no light client, so its REST
interface is called.

https://cloud.google.com/vertex-ai/generative-ai/docs
"""

import re
import time
from base64 import b64decode, b64encode
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import local
from typing import Any

from django.conf import settings

from ai.audio import BYTES_PER_SAMPLE, SAMPLE_RATE
from ai.errors import ProviderTimeoutError
from ai.providers.base import (
    Provider,
    SpeechProvider,
    SpeechRequest,
    TextDelta,
    TextProvider,
    TextRequest,
    TextUsage,
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
    text_usage,
)
from ai.providers.google_login import Login
from ai.providers.rest import Rest
from ai.providers.rest import failure_of as rest_failure_of
from ai.providers.sound import whole_samples

TEMPERATURE, TOP_P, TOP_K = 1.0, 0.8, 10
# How little a model can think; what it thinks counts as output.
# https://cloud.google.com/vertex-ai/generative-ai/docs/thinking
LEAST_THINKING: tuple[tuple[str, dict[str, Any]], ...] = (
    (r"gemini-2\.5-flash", {"thinking_budget": 0}),
    (r"gemini-(3(\.[156])?-flash|3\.[156]-flash-lite)", {"thinking_level": "MINIMAL"}),
    (r"gemini-([3-9]|\d\d)", {"thinking_level": "LOW"}),
)
# `recognize` takes up to a minute: https://cloud.google.com/speech-to-text/quotas
PIECE_S = 55
PIECE_OVERLOOK_S = 10


class GoogleProvider(Provider):
    @classmethod
    def missing(cls) -> str:
        path = settings.GOOGLE_APPLICATION_CREDENTIALS
        if path and not Path(path).is_file():
            return "GOOGLE_APPLICATION_CREDENTIALS names no file."
        return missing(
            modules=("google.genai", "google.auth"), VERTEX_PROJECT=settings.VERTEX_PROJECT
        )

    @classmethod
    def patience(cls) -> Patience:
        return patience(total_s=settings.VERTEX_TIMEOUT_S, max_retries=settings.VERTEX_MAX_RETRIES)

    def __init__(self) -> None:
        self._calls = Caller("google", self.patience(), failure_of)
        self._login = Login()


class VertexText(GoogleProvider, TextProvider):
    """https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference"""

    def __init__(self) -> None:
        super().__init__()
        self._responses = Responses()
        self._http = make_http(self.patience(), self._responses)
        self._client = make_client(self._login, self._http)

    def close(self) -> None:
        self._http.close()

    def stream(self, request: TextRequest) -> Generator[TextDelta | TextUsage, None, None]:
        return self._calls.stream(lambda: self._items(request))

    def _items(self, request: TextRequest) -> Generator[TextDelta | TextUsage, None, None]:
        # The client asks the credentials for a token, and would wait two minutes for one.
        self._login.token()
        has_text = is_finished = False
        usage: TextUsage | None = None
        with self._responses.closed_at_the_end():
            for event in self._client.models.generate_content_stream(
                model=request.model, contents=request.message, config=text_config(request)
            ):
                usage = usage_of(event) or usage
                for candidate in (event.candidates or [])[:1]:
                    is_finished = is_finished or candidate.finish_reason is not None
                    text = text_of(candidate)
                    if text:
                        has_text = True
                        yield TextDelta(text)
        if not is_finished:
            raise UnusableAnswerError("The stream ended before the answer did")
        if not has_text:
            raise UnusableAnswerError("The answer has no text")
        if usage:
            yield usage


class GoogleSpeech(GoogleProvider, SpeechProvider):
    """The answer comes whole.

    https://cloud.google.com/text-to-speech/docs/reference/rest/v1/text/synthesize
    """

    sample_rate = 24_000
    default_voice = "en-AU-Neural2-B"

    def __init__(self) -> None:
        super().__init__()
        self._rest = Rest(self.patience())

    def close(self) -> None:
        self._rest.close()

    def synthesize(self, request: SpeechRequest) -> Generator[bytes, None, None]:
        return self._calls.stream(lambda: self._samples(request))

    def _samples(self, request: SpeechRequest) -> Generator[bytes, None, None]:
        answer = self._rest.json(
            "POST",
            f"{settings.GOOGLE_SPEECH_SYNTHESIS_URL.rstrip('/')}/v1/text:synthesize",
            headers=self._login.headers(),
            body=self._body(request),
        )
        wav = b64decode(answer.get("audioContent") or "")
        yield from whole_samples(iter([wav]), content_type="", sample_rate=self.sample_rate)

    def _body(self, request: SpeechRequest) -> dict[str, Any]:
        voice = request.voice or self.default_voice
        return {
            "input": {"text": request.text},
            "voice": {"name": voice, "languageCode": "-".join(voice.split("-")[:2])},
            "audioConfig": {"audioEncoding": "LINEAR16", "sampleRateHertz": self.sample_rate},
        }


class GoogleTranscription(GoogleProvider, TranscriptionProvider):
    """A longer recording is cut where it is quietest, and its pieces are recognised in turn.

    https://cloud.google.com/speech-to-text/v2/docs/reference/rest/v2/projects.locations.recognizers/recognize
    """

    @classmethod
    def patience(cls) -> Patience:
        """The answer comes whole, so all of the time may pass in silence."""
        total_s = settings.VERTEX_TIMEOUT_S
        return patience(total_s=total_s, silence_s=total_s, max_retries=settings.VERTEX_MAX_RETRIES)

    def __init__(self) -> None:
        super().__init__()
        self._rest = Rest(self.patience())

    def close(self) -> None:
        self._rest.close()

    def transcribe(self, request: TranscriptionRequest) -> Transcript:
        ends_at = time.monotonic() + settings.VERTEX_TIMEOUT_S
        heard: list[Transcript] = []
        for start_s, samples in pieces(request.recording.samples):
            if time.monotonic() > ends_at:
                raise ProviderTimeoutError
            heard.append(self._transcribe_piece(request, start_s, samples))
        languages = [piece.language for piece in heard if piece.language]
        return Transcript(
            text=" ".join(piece.text for piece in heard if piece.text),
            words=tuple(word for piece in heard for word in piece.words),
            language=request.language or next(iter(languages), ""),
        )

    def _transcribe_piece(
        self, request: TranscriptionRequest, start_s: float, samples: bytes
    ) -> Transcript:
        return self._calls.call(
            lambda: transcript_of(
                self._rest.json(
                    "POST",
                    recognizer_url(),
                    headers=self._login.headers(),
                    body=recognition_body(request, samples),
                ),
                start_s,
            )
        )


class Responses:
    """The responses of a stream, which its client keeps to itself and leaves open when closed."""

    def __init__(self) -> None:
        self._here = local()

    def add(self, response: Any) -> None:
        """Called in the thread that asked, while it waits for the stream's first item."""
        self._here.opened.append(response)

    @contextmanager
    def closed_at_the_end(self) -> Iterator[None]:
        """What is added from here on is closed, in whatever thread the end is come to."""
        opened: list[Any] = []
        self._here.opened = opened
        try:
            yield
        finally:
            for response in opened:
                response.close()


def make_http(patience: Patience, responses: Responses) -> Any:
    import httpx2

    return http_client(httpx2, patience, on_response=responses.add)


def make_client(login: Login, http: Any) -> Any:
    from google import genai
    from google.genai import types

    return genai.Client(
        vertexai=True,
        project=settings.VERTEX_PROJECT,
        location=settings.VERTEX_LOCATION,
        credentials=login.credentials,
        http_options=types.HttpOptions(
            base_url=settings.VERTEX_BASE_URL or None, httpx_client=http
        ),
    )


def failure_of(exc: Exception) -> Failure | None:
    import httpx2
    from google.genai.errors import APIError

    if isinstance(exc, APIError):
        headers = getattr(exc.response, "headers", None)
        return status_failure(exc.code or 500, headers or {})
    cause = exc.__cause__
    if isinstance(cause, Exception) and type(exc).__module__ == "google.auth.exceptions":
        exc = cause
    return rest_failure_of(exc) or http_failure(httpx2, exc)


def text_config(request: TextRequest) -> Any:
    from google.genai import types

    schema = None if request.schema is None else dict(request.schema)
    return types.GenerateContentConfig(
        system_instruction=request.system,
        max_output_tokens=request.max_output_tokens,
        temperature=TEMPERATURE if request.temperature is None else request.temperature,
        top_p=TOP_P,
        top_k=TOP_K,
        thinking_config=types.ThinkingConfig(**least_thinking(request.model)),
        response_mime_type="application/json" if schema else None,
        response_json_schema=schema,
        automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
    )


def least_thinking(model: str) -> dict[str, Any]:
    return next((config for name, config in LEAST_THINKING if re.match(name, model)), {})


def text_of(candidate: Any) -> str:
    """What the candidate says, without what it thinks."""
    parts = (candidate.content and candidate.content.parts) or []
    return "".join(part.text for part in parts if part.text and not part.thought)


def usage_of(event: Any) -> TextUsage | None:
    counted = event.usage_metadata
    if counted is None or counted.prompt_token_count is None:
        return None
    output = (counted.candidates_token_count or 0) + (counted.thoughts_token_count or 0)
    return text_usage(counted.prompt_token_count, output)


def recognizer_url() -> str:
    location = settings.GOOGLE_SPEECH_LOCATION
    host = "speech" if location == "global" else f"{location}-speech"
    base_url = settings.GOOGLE_SPEECH_RECOGNITION_URL or f"https://{host}.googleapis.com"
    recognizer = f"projects/{settings.VERTEX_PROJECT}/locations/{location}/recognizers/_"
    return f"{base_url.rstrip('/')}/v2/{recognizer}:recognize"


def recognition_body(request: TranscriptionRequest, samples: bytes) -> dict[str, Any]:
    return {
        "config": {
            "model": request.model,
            "languageCodes": [regional(request.language)],
            "features": {"enableWordTimeOffsets": True, "enableAutomaticPunctuation": True},
            "explicitDecodingConfig": {
                "encoding": "LINEAR16",
                "sampleRateHertz": SAMPLE_RATE,
                "audioChannelCount": 1,
            },
        },
        "content": b64encode(samples).decode(),
    }


def regional(language: str) -> str:
    """The settings' BCP-47 code where it is of this language: the vendor wants a region too."""
    usual: str = settings.GOOGLE_SPEECH_LANGUAGE
    return usual if usual.startswith(language) else language


def transcript_of(answer: dict[str, Any], start_s: float) -> Transcript:
    """`start_s` is where the piece begins in the recording."""
    # Silence is answered without results.
    if not answer.keys() & {"results", "metadata"}:
        raise UnusableAnswerError("The answer is no transcript")
    results = answer.get("results", [])
    best = [result["alternatives"][0] for result in results if result.get("alternatives")]
    return Transcript(
        text=" ".join(alternative.get("transcript", "").strip() for alternative in best).strip(),
        words=tuple(
            word_of(word, start_s) for alternative in best for word in alternative.get("words", [])
        ),
        language=next((result.get("languageCode", "")[:2] for result in results), ""),
    )


def word_of(word: dict[str, str], start_s: float) -> Word:
    """Times are told as `1.500s`; a word at the very beginning has none."""
    start, end = (float(word.get(name, "0s").rstrip("s")) for name in ("startOffset", "endOffset"))
    return Word(word["word"], start_s + start, start_s + end)


def pieces(samples: bytes) -> Iterator[tuple[float, bytes]]:
    """The sound in pieces that `recognize` takes, each with its start in seconds."""
    bytes_per_s = SAMPLE_RATE * BYTES_PER_SAMPLE
    start = 0
    while len(samples) - start > PIECE_S * bytes_per_s:
        end = start + quietest(samples[start : start + PIECE_S * bytes_per_s])
        yield start / bytes_per_s, samples[start:end]
        start = end
    yield start / bytes_per_s, samples[start:]


def quietest(samples: bytes) -> int:
    """The middle of the quietest tenth of a second near the end, in bytes from the beginning."""
    window = SAMPLE_RATE // 10 * BYTES_PER_SAMPLE
    starts = range(len(samples) - PIECE_OVERLOOK_S * 10 * window, len(samples), window)
    return min(starts, key=lambda at: loudness(samples[at : at + window])) + window // 2


def loudness(samples: bytes) -> int:
    """The sum of the samples' absolute values."""
    return sum(map(abs, memoryview(samples).cast("h").tolist()))
