"""Any server that speaks OpenAI's API: Ollama, vLLM, llama.cpp, LocalAI, a gateway.

It is called as OpenAI is, but for what those servers do not know.
"""

from django.conf import settings

from ai.providers.calls import missing
from ai.providers.openai import (
    OpenAIProvider,
    OpenAISpeech,
    OpenAIText,
    OpenAITranscription,
    Server,
)


class CompatibleProvider(OpenAIProvider):
    @classmethod
    def missing(cls) -> str:
        return missing(modules=("openai",), COMPATIBLE_BASE_URL=settings.COMPATIBLE_BASE_URL)

    @classmethod
    def server(cls) -> Server:
        return Server(
            name=settings.COMPATIBLE_NAME,
            base_url=settings.COMPATIBLE_BASE_URL,
            api_key=settings.COMPATIBLE_API_KEY,
            timeout_s=settings.COMPATIBLE_TIMEOUT_S,
            max_retries=settings.COMPATIBLE_MAX_RETRIES,
        )


class CompatibleText(CompatibleProvider, OpenAIText):
    limit_parameter = "max_tokens"


class CompatibleSpeech(CompatibleProvider, OpenAISpeech):
    """The server must answer `response_format=pcm` at OpenAI's 24,000 Hz, raw or in a WAV."""


class CompatibleTranscription(CompatibleProvider, OpenAITranscription):
    """Word times come where the model's name has `whisper` in it."""
