"""A vendor that speaks OpenAI's chat completions and costs next to nothing: for benchmarks.

    python benchmarks/fake_vendor.py [PORT]

One process, one event loop, no HTTP library: about 0.1 ms of CPU an answer. It prints its address
and reads its plan from `PUT /plan`; `GET /tally` says what it has done. A streamed answer begins
after `delay_ms` and says a word every `gap_ms`; a whole one comes when a streamed one would end.
"""

import asyncio
import json
import re
import sys
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

WORD = " curious"
PROMPT_TOKENS = 120
COMMON = {"id": "chatcmpl-benchmark", "created": 1, "model": "some-model"}
CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
WANTS_STREAM = re.compile(rb'"stream": *true')
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nx-request-id: req-1\r\n"
STREAM_HEAD = HEAD % b"text/event-stream; charset=utf-8" + b"Transfer-Encoding: chunked\r\n\r\n"


@dataclass(frozen=True)
class Plan:
    """`words` of answer; times in milliseconds."""

    delay_ms: float = 0
    words: int = 40
    gap_ms: float = 0

    @property
    def delay_s(self) -> float:
        """When the first word is there."""
        return self.delay_ms / 1000

    @property
    def whole_s(self) -> float:
        """When the last word is there."""
        return self.delay_s + (self.words - 1) * self.gap_ms / 1000


class Answers:
    """The bytes of a plan's answers, made once."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.whole = json_reply(whole_answer(plan))
        role = {"role": "assistant", "content": "", "refusal": None}
        self.first = STREAM_HEAD + event(chunk(role)) + event(chunk({"content": WORD}))
        self.word = event(chunk({"content": WORD}))
        usage = {**chunk_of([]), "usage": usage_of(plan)}
        self.last = event(chunk({}, "stop")) + event(usage) + as_part(b"data: [DONE]\n\n")
        self.last += b"0\r\n\r\n"
        self.all = self.first + self.word * (plan.words - 1) + self.last


def usage_of(plan: Plan) -> dict[str, int]:
    total = PROMPT_TOKENS + plan.words
    return {
        "prompt_tokens": PROMPT_TOKENS,
        "completion_tokens": plan.words,
        "total_tokens": total,
    }


def whole_answer(plan: Plan) -> dict[str, Any]:
    message = {"role": "assistant", "content": WORD * plan.words, "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return {**COMMON, "object": "chat.completion", "choices": [choice], "usage": usage_of(plan)}


def chunk(delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
    return chunk_of([choice])


def chunk_of(choices: list[Any]) -> dict[str, Any]:
    return {**COMMON, "object": "chat.completion.chunk", "choices": choices, "usage": None}


def event(data: object) -> bytes:
    return as_part(b"data: " + json.dumps(data, separators=(",", ":")).encode() + b"\n\n")


def as_part(data: bytes) -> bytes:
    """A chunk of HTTP's."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def json_reply(data: object) -> bytes:
    body = json.dumps(data).encode()
    head = HEAD % b"application/json"
    return head + b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


class Connection(asyncio.Protocol):
    """Answers one request after another."""

    def __init__(self, vendor: "Vendor") -> None:
        self.vendor = vendor
        self.received = b""
        self.timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.vendor.tally["connections"] += 1

    def connection_lost(self, exc: Exception | None) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.vendor.tally["broken off"] += 1

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, separator, body = self.received.partition(b"\r\n\r\n")
        length = CONTENT_LENGTH.search(head)
        if separator and len(body) >= (int(length[1]) if length else 0):
            self.received = b""
            self.answer(head, body)

    def answer(self, head: bytes, body: bytes) -> None:
        if head.startswith(b"PUT /plan"):
            self.vendor.follow(Plan(**json.loads(body)))
            self.transport.write(json_reply({}))
        elif head.startswith(b"GET /tally"):
            self.transport.write(json_reply(self.vendor.tally))
        elif WANTS_STREAM.search(body):
            self.stream()
        else:
            self.after(self.vendor.answers.plan.whole_s, self.send_whole, self.vendor.answers)

    def stream(self) -> None:
        answers = self.vendor.answers
        delay_s = answers.plan.delay_s
        if answers.plan.gap_ms:
            begin_at = self.vendor.loop.time() + delay_s
            self.after(delay_s, self.send_first, answers, begin_at)
        else:
            self.after(delay_s, self.send_all, answers)

    def after(self, delay_s: float, act: Any, *args: Any) -> None:
        if delay_s:
            self.timer = self.vendor.loop.call_later(delay_s, act, *args)
        else:
            act(*args)

    def send_whole(self, answers: Answers) -> None:
        self.end(answers.whole, "whole")

    def send_all(self, answers: Answers) -> None:
        self.end(answers.all, "streamed")

    def send_first(self, answers: Answers, began_at: float) -> None:
        self.transport.write(answers.first)
        self.plan_word(answers, began_at, 1)

    def send_word(self, answers: Answers, began_at: float, number: int) -> None:
        self.transport.write(answers.word)
        self.plan_word(answers, began_at, number + 1)

    def plan_word(self, answers: Answers, began_at: float, number: int) -> None:
        if number == answers.plan.words:
            self.end(answers.last, "streamed")
            return
        at = began_at + number * answers.plan.gap_ms / 1000
        self.timer = self.vendor.loop.call_at(at, self.send_word, answers, began_at, number)

    def end(self, data: bytes, kind: str) -> None:
        self.timer = None
        self.vendor.tally[kind] += 1
        self.transport.write(data)


class Vendor:
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.tally: Counter[str] = Counter()
        self.follow(Plan())

    def follow(self, plan: Plan) -> None:
        self.answers = Answers(plan)
        self.tally.clear()


async def serve(port: int) -> None:
    loop = asyncio.get_running_loop()
    vendor = Vendor(loop)
    server = await loop.create_server(lambda: Connection(vendor), "127.0.0.1", port, backlog=4096)
    print(f"Ready: http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


def as_body(plan: Plan) -> bytes:
    return json.dumps(asdict(plan)).encode()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
