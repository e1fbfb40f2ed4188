"""OpenAI, and servers that speak its API."""

from collections.abc import Iterable
from typing import Any

from tests.ai.providers.servers.base import Asked, Reply, VendorServer, event_stream, json_reply
from tests.ai.providers.servers.sound import cut, tone

# More than ten, so that half of the events is a good part of the answer.
WORDS = ("Tell", " me", " more", " about", " what", " you", " did", " yourself", ".")


class OpenAIServer(VendorServer):
    def __init__(self) -> None:
        super().__init__()
        self.usage: Any = {"prompt_tokens": 12, "completion_tokens": 9, "total_tokens": 21}
        self.words: tuple[str, ...] = WORDS
        self.sound = tone()
        self.sound_type = "audio/pcm"
        self.transcript: dict[str, Any] = {
            "text": " So, um, I led it.",
            "language": "english",
            "duration": 2.0,
            "words": [
                {"word": "So", "start": 0.0, "end": 0.25},
                {"word": "um", "start": 0.5, "end": 0.75},
            ],
        }

    def reply(self, asked: Asked) -> Reply:
        if asked.path.endswith("/chat/completions"):
            if not asked.json.get("stream"):
                return json_reply(whole_answer(self.events()))
            return event_stream(self.events(), end="[DONE]", filler=b": still here\n\n")
        if asked.path.endswith("/audio/speech"):
            # An odd size: samples come in halves.
            return Reply(cut(self.sound, 1_001), self.sound_type, filler=b"\0\0")
        return json_reply(self.transcript)

    def events(self) -> list[dict[str, Any]]:
        deltas = [{"role": "assistant", "content": ""}, *({"content": w} for w in self.words)]
        return self.answer_of(deltas, self.usage)

    def answer_of(self, deltas: Iterable[dict[str, Any]], usage: Any) -> list[dict[str, Any]]:
        events = [self.event([{"index": 0, "delta": delta}]) for delta in deltas]
        events.append(self.event([{"index": 0, "delta": {}, "finish_reason": "stop"}]))
        if usage is not None:
            events.append(self.event([]) | {"usage": usage})
        return events

    def words_of(
        self, words: Iterable[str], tokens: tuple[int, int] | None
    ) -> list[dict[str, Any]]:
        """An answer of these words, and the tokens of the question and of the answer."""
        usage = tokens and {
            "prompt_tokens": tokens[0],
            "completion_tokens": tokens[1],
            "total_tokens": sum(tokens),
        }
        return self.answer_of(({"content": word} for word in words), usage)

    def event(self, choices: list[Any]) -> dict[str, Any]:
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "some-model",
            "choices": choices,
        }


def whole_answer(events: list[dict[str, Any]]) -> dict[str, Any]:
    """What the vendor sends to a client that did not ask for a stream of these events."""
    choices = [choice for event in events for choice in event["choices"]]
    text = "".join(choice["delta"].get("content") or "" for choice in choices)
    message = {"role": "assistant", "content": text}
    return {
        **events[0],
        "object": "chat.completion",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": events[-1].get("usage"),
    }
