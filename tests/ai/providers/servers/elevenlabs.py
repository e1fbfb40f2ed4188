"""ElevenLabs."""

from typing import Any

from tests.ai.providers.servers.base import Asked, Reply, VendorServer, json_reply
from tests.ai.providers.servers.sound import cut, tone


class ElevenLabsServer(VendorServer):
    def __init__(self) -> None:
        super().__init__()
        self.sound = tone()
        self.sound_type = "audio/pcm"
        self.transcript: dict[str, Any] = {
            "language_code": "eng",
            "language_probability": 0.98,
            "text": "So, um, I led it.",
            "words": [
                {"text": "So,", "start": 0.0, "end": 0.25, "type": "word", "logprob": -0.1},
                {"text": " ", "start": 0.25, "end": 0.5, "type": "spacing", "logprob": -0.1},
                {"text": "um,", "start": 0.5, "end": 0.75, "type": "word", "logprob": -0.1},
            ],
        }

    def reply(self, asked: Asked) -> Reply:
        if asked.path.startswith("/v1/text-to-speech/"):
            return Reply(cut(self.sound, 1_001), self.sound_type, filler=b"\0\0")
        return json_reply(self.transcript)
