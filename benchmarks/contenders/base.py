"""What all who take part have in common."""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from processes import Database, Program, cpu_s, memory_mb, started

SYSTEM = (
    "You are a software-engineering tutor holding a mock interview. "
    "Answer in at most 40 words. Ask one question at a time."
)
MESSAGE = (
    "Interviewer: Tell me about a migration that you led, and what went wrong.\n"
    "Candidate: We moved forty services from one region to another without downtime. I planned it "
    "in waves, with a rehearsal of each. In the third wave replication fell behind, because one "
    "table had no primary key, and we rolled back within ten minutes. Then I added a check."
)
# LiteLLM's workers load for many seconds, and on a busy machine for minutes.
PATIENCE_S = 300
MODEL = "gpt-6-luna"
MOST_TOKENS = 125


@dataclass(frozen=True)
class Ground:
    """What everybody stands on. `cache` outlives the run; `folder` and the database do not."""

    vendor: Program
    vendor_url: str
    database: Database
    redis: Program
    redis_url: str
    folder: Path
    cache: Path
    people: int
    workers: int
    threads: int


class Contender(ABC):
    """`address` is there once it has started."""

    name: str
    uses_stores = True
    address: str
    program: Program

    def __init__(self, ground: Ground) -> None:
        self.ground = ground

    @property
    @abstractmethod
    def description(self) -> str:
        """What it is, in one line."""

    @abstractmethod
    def start(self, stack: ExitStack) -> None:
        """Start it, without waiting for it; `stack` ends it."""

    def wait(self) -> None:
        """Until it serves."""
        self.program.wait_until_up()

    def run(
        self,
        stack: ExitStack,
        command: list[str],
        is_up: Callable[[], bool],
        environment: Mapping[str, str],
    ) -> None:
        folder = self.ground.folder
        self.program = started(
            stack,
            Program(
                self.name, command, folder, is_up, environment=environment, patience_s=PATIENCE_S
            ),
        )

    @abstractmethod
    def request(self, number: int, *, is_streamed: bool) -> bytes:
        """Everything that is sent for this message."""

    def charged(self) -> int | None:
        """How many operations the database says were charged; None where nothing counts them."""
        return None

    def verify(self) -> str:
        """What its books say. Raises where they do not add up."""
        return ""

    @property
    def cpu_s(self) -> float:
        return cpu_s(self.program.pid)

    @property
    def memory_mb(self) -> float:
        return memory_mb(self.program.pid)


def post(path: str, body: object, **headers: str) -> bytes:
    content = json.dumps(body).encode()
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json",
        f"Content-Length: {len(content)}",
        *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def chat(*, is_streamed: bool) -> dict[str, object]:
    """A message as OpenAI's API takes it."""
    body: dict[str, object] = {
        "model": MODEL,
        "messages": [
            {"role": "system", "content": SYSTEM},
            {"role": "user", "content": MESSAGE},
        ],
        "max_completion_tokens": MOST_TOKENS,
    }
    if is_streamed:
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    return body
