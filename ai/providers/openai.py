"""OpenAI: text, speech and transcription.

https://developers.openai.com/api/reference
"""

import re
from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from django.conf import settings
from django.conf.locale import LANG_INFO

from ai.providers.base import (
    Provider,
    SpeechProvider,
    SpeechRequest,
    TextDelta,
    TextProvider,
    TextRequest,
    TextResult,
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
from ai.providers.sound import whole_samples

# Models that think before they answer. What they think counts as output, so they are asked not to,
# or to think as little as they can; and they take no temperature.
THINKING = re.compile(r"(gpt-[5-9]|o\d)")
LEAST_THINKING = (
    (re.compile(r"gpt-5(-mini|-nano)?(-\d|$)"), "minimal"),
    (re.compile(r"o\d"), "low"),
)
# Word times come with this format only, and only Whisper has it.
WORD_TIMES = re.compile(r"whisper")
# Whisper writes in the manner of what came before: without this it leaves hesitations out.
FILLERS = "Um, uh, so, like, you know, er, hmm."
LANGUAGE_CODES = {
    str(info["name"]).lower(): code for code, info in LANG_INFO.items() if "name" in info
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server that speaks OpenAI's API. `name` is for our log."""

    name: str
    base_url: str
    api_key: str
    timeout_s: float
    max_retries: int


class OpenAIProvider(Provider):
    """What OpenAI's three capabilities share: one client, with one pool of connections."""

    @classmethod
    def missing(cls) -> str:
        return missing(modules=("openai",), OPENAI_API_KEY=settings.OPENAI_API_KEY)

    @classmethod
    def server(cls) -> Server:
        return Server(
            name="openai",
            base_url=settings.OPENAI_BASE_URL,
            api_key=settings.OPENAI_API_KEY,
            timeout_s=settings.OPENAI_TIMEOUT_S,
            max_retries=settings.OPENAI_MAX_RETRIES,
        )

    @classmethod
    def patience(cls) -> Patience:
        server = cls.server()
        return patience(total_s=server.timeout_s, max_retries=server.max_retries)

    def __init__(self) -> None:
        self._calls = Caller(self.server().name, self.patience(), failure_of)
        self._client = make_client(self.server(), self.patience())

    def close(self) -> None:
        self._client.close()


class OpenAIText(OpenAIProvider, TextProvider):
    """https://developers.openai.com/api/reference/resources/chat"""

    limit_parameter: ClassVar[str] = "max_completion_tokens"

    def __init__(self) -> None:
        super().__init__()
        # A whole answer comes after a silence: all of the time may pass in it.
        patience = self.patience()
        self._whole = make_client(self.server(), replace(patience, silence_s=patience.total_s))

    def close(self) -> None:
        super().close()
        self._whole.close()

    def stream(self, request: TextRequest) -> Generator[TextDelta | TextUsage, None, None]:
        return self._calls.stream(lambda: self._items(request))

    def _items(self, request: TextRequest) -> Generator[TextDelta | TextUsage, None, None]:
        has_text = is_finished = False
        usage: TextUsage | None = None
        import openai

        streamed = {"stream": True, "stream_options": {"include_usage": True}}
        with self._ask(
            self._client,
            self._parameters(request) | streamed,
            stream=True,
            stream_cls=openai.Stream[object],
        ) as events:
            for event in events:
                usage = usage_of(event) or usage
                for choice in (event.get("choices") or [])[:1]:
                    is_finished = is_finished or choice.get("finish_reason") is not None
                    if text := (choice.get("delta") or {}).get("content"):
                        has_text = True
                        yield TextDelta(text)
        if not is_finished:
            raise UnusableAnswerError("The stream ended before the answer did")
        if not has_text:
            raise UnusableAnswerError("The answer has no text")
        if usage:
            yield usage

    def generate(self, request: TextRequest) -> TextResult:
        """In one piece: a stream's events would be taken apart only to be joined again."""
        return self._calls.call(lambda: self._result(request))

    def _result(self, request: TextRequest) -> TextResult:
        answer = self._ask(self._whole, self._parameters(request))
        choices = answer.get("choices") or [{}]
        text = (choices[0].get("message") or {}).get("content")
        if not text or not isinstance(text, str):
            raise UnusableAnswerError("The answer has no text")
        return TextResult(text, usage_of(answer))

    def _ask(self, client: Any, parameters: dict[str, Any], **options: Any) -> Any:
        """The answer as plain dicts.

        `chat.completions.create` would look through every parameter for what to rename, and make
        models of what is answered: together more than half of the client's time.
        https://github.com/openai/openai-python#undocumented-endpoints
        """
        return client.post("/chat/completions", body=parameters, cast_to=object, **options)

    def _parameters(self, request: TextRequest) -> dict[str, Any]:
        return {
            "model": request.model,
            "messages": [
                {"role": "system", "content": request.system},
                {"role": "user", "content": request.message},
            ],
            self.limit_parameter: request.max_output_tokens,
            **thinking_parameters(request),
            **schema_parameters(request),
        }


class OpenAISpeech(OpenAIProvider, SpeechProvider):
    """https://developers.openai.com/api/reference/resources/audio/subresources/speech"""

    sample_rate = 24_000
    default_voice = "alloy"

    def synthesize(self, request: SpeechRequest) -> Generator[bytes, None, None]:
        return self._calls.stream(lambda: self._samples(request))

    def _samples(self, request: SpeechRequest) -> Generator[bytes, None, None]:
        with self._client.audio.speech.with_streaming_response.create(
            model=request.model,
            voice=request.voice or self.default_voice,
            input=request.text,
            response_format="pcm",
        ) as response:
            yield from whole_samples(
                response.iter_bytes(),
                content_type=response.headers.get("content-type", ""),
                sample_rate=self.sample_rate,
            )


class OpenAITranscription(OpenAIProvider, TranscriptionProvider):
    """https://developers.openai.com/api/reference/resources/audio/subresources/transcriptions"""

    @classmethod
    def patience(cls) -> Patience:
        """The answer comes whole, so all of the time may pass in silence."""
        server = cls.server()
        return patience(
            total_s=server.timeout_s, silence_s=server.timeout_s, max_retries=server.max_retries
        )

    def transcribe(self, request: TranscriptionRequest) -> Transcript:
        return self._calls.call(lambda: self._transcript(request))

    def _transcript(self, request: TranscriptionRequest) -> Transcript:
        answer = self._client.audio.transcriptions.create(**self._parameters(request))
        text = getattr(answer, "text", None)
        if not isinstance(text, str):
            raise UnusableAnswerError("The answer is no transcript")
        if is_echo(text):
            return Transcript("", (), request.language)
        words = getattr(answer, "words", None) or []
        return Transcript(
            text=text.strip(),
            words=tuple(Word(word.word, float(word.start), float(word.end)) for word in words),
            language=request.language or language_of(answer),
        )

    def _parameters(self, request: TranscriptionRequest) -> dict[str, Any]:
        recording = request.recording
        kind = recording.content_type.partition("/")[2]
        parameters: dict[str, Any] = {
            "model": request.model,
            "file": (f"recording.{kind}", recording.data, recording.content_type),
            "prompt": FILLERS,
            "response_format": "json",
        }
        if request.language:
            parameters["language"] = request.language
        if WORD_TIMES.search(request.model):
            parameters["response_format"] = "verbose_json"
            parameters["timestamp_granularities"] = ["word"]
        return parameters


def make_client(server: Server, patience: Patience) -> Any:
    import httpx2
    import openai

    unused: Any = openai.Omit()
    return openai.OpenAI(
        base_url=server.base_url,
        # The client insists on a key, also for servers that want none.
        api_key=server.api_key or "none",
        # What the environment says of OpenAI's organizations is no other server's business.
        default_headers={"OpenAI-Organization": unused, "OpenAI-Project": unused},
        max_retries=0,
        http_client=http_client(httpx2, patience, last_part=b"data: [DONE]\n\n"),
    )


def failure_of(exc: Exception) -> Failure | None:
    import httpx2
    import openai

    if isinstance(exc, openai.APIStatusError):
        failure = status_failure(exc.status_code, exc.response.headers)
        # An empty account is told with the status of a rate limit, but waiting does not fill it.
        if exc.code == "insufficient_quota":
            return status_failure(402, exc.response.headers)
        return failure
    return http_failure(httpx2, exc)


def thinking_parameters(request: TextRequest) -> dict[str, Any]:
    if THINKING.match(request.model):
        efforts = (effort for name, effort in LEAST_THINKING if name.match(request.model))
        return {"reasoning_effort": next(efforts, "none")}
    return {} if request.temperature is None else {"temperature": request.temperature}


def schema_parameters(request: TextRequest) -> dict[str, Any]:
    if request.schema is None:
        return {}
    schema = {"name": "answer", "strict": True, "schema": dict(request.schema)}
    return {"response_format": {"type": "json_schema", "json_schema": schema}}


def usage_of(event: Any) -> TextUsage | None:
    usage = event.get("usage") or {}
    return text_usage(usage.get("prompt_tokens"), usage.get("completion_tokens"))


def is_echo(text: str) -> bool:
    """Whether Whisper heard nothing and repeats what it was given to write on from."""
    return re.findall(r"\w+", text.lower()) == re.findall(r"\w+", FILLERS.lower())


def language_of(answer: Any) -> str:
    """ISO 639-1. Whisper tells the English name, newer models a list of codes, some neither."""
    name = str(getattr(answer, "language", None) or "").lower()
    codes = [language.code for language in getattr(answer, "languages", None) or []]
    return LANGUAGE_CODES.get(name) or (name if len(name) == 2 else next(iter(codes), ""))
