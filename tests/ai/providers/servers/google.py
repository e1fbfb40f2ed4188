"""Google Cloud: the token server, Gemini on Vertex AI, Text-to-Speech and Speech-to-Text."""

from base64 import b64encode
from typing import Any

from tests.ai.providers.servers.base import Asked, Reply, VendorServer, event_stream, json_reply
from tests.ai.providers.servers.openai import WORDS
from tests.ai.providers.servers.sound import tone, wav

ACCESS_TOKEN = "access-token-1"


class GoogleServer(VendorServer):
    def __init__(self) -> None:
        super().__init__()
        self.usage: Any = {
            "promptTokenCount": 12,
            "candidatesTokenCount": 7,
            "thoughtsTokenCount": 2,
            "totalTokenCount": 21,
        }
        self.words: tuple[str, ...] = WORDS
        self.sound = wav(tone())
        self.transcript: dict[str, Any] = {
            "results": [
                {
                    "alternatives": [
                        {
                            "transcript": "So, um, I led it.",
                            "words": [
                                {"endOffset": "0.250s", "word": "So,"},
                                {"startOffset": "0.500s", "endOffset": "0.750s", "word": "um,"},
                            ],
                        }
                    ],
                    "languageCode": "en-us",
                }
            ],
            "metadata": {"totalBilledDuration": "2s"},
        }

    def is_spoilt(self, asked: Asked) -> bool:
        return asked.path != "/token"

    def reply(self, asked: Asked) -> Reply:
        if asked.path == "/token":
            token = {"access_token": ACCESS_TOKEN, "expires_in": 3_600, "token_type": "Bearer"}
            return json_reply(token)
        if ":streamGenerateContent" in asked.path:
            return event_stream(self.events())
        if asked.path == "/v1/text:synthesize":
            return json_reply({"audioContent": b64encode(self.sound).decode()})
        return json_reply(self.transcript)

    def events(self) -> list[dict[str, Any]]:
        """Thoughts are marked; counts come with every event and grow."""
        thought = {"text": "The candidate lacks a result.", "thought": True}
        events = [self.event(thought), *(self.event({"text": word}) for word in self.words)]
        events[-1]["candidates"][0]["finishReason"] = "STOP"
        if self.usage is not None:
            events[-1]["usageMetadata"] = self.usage
        return events

    def event(self, part: dict[str, Any]) -> dict[str, Any]:
        return {"candidates": [{"index": 0, "content": {"role": "model", "parts": [part]}}]}
