"""The vendor, in a process of its own: fails as planned, and counts what it delivered.

    python -m tests.never_wrong.vendor SEED FILE

Prints its address. On SIGTERM it writes its counts to FILE.
"""

from __future__ import annotations

import json
import re
import signal
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from threading import Event

from tests.ai.providers.servers.base import Asked, Fault, Reply, Status, event_stream
from tests.ai.providers.servers.openai import OpenAIServer
from tests.ai.providers.servers.sound import tone
from tests.never_wrong.plans import Plan, plan_of

NUMBER = re.compile(rb"\bn(\d+)\b")
DATA = b"data" + (32_000).to_bytes(4, "little")


@dataclass
class Delivered:
    """The most that one call for an operation delivered, of text; and all of its speech."""

    words: int = 0
    is_whole: bool = False
    has_usage: bool = False
    spoken_characters: int = 0
    transcripts: int = 0


class CountingServer(OpenAIServer):
    def __init__(self, seed: int) -> None:
        super().__init__()
        self.seed = seed
        self.sound = tone(0.05)
        self.calls: Counter[tuple[int, str]] = Counter()
        self.delivered: defaultdict[int, Delivered] = defaultdict(Delivered)

    def take_fault(self, asked: Asked) -> Fault | Status | None:
        """Of the operation's calls at this address, the first ones fail as planned."""
        plan = self.plan_of(asked)
        if plan is None:
            return None
        with self._lock:
            call = self.calls[plan.number, asked.path]
            self.calls[plan.number, asked.path] += 1
        return plan.faults[call] if call < len(plan.faults) else None

    def plan_of(self, asked: Asked) -> Plan | None:
        at = asked.body.find(DATA)
        if at >= 0:
            start = at + len(DATA)
            number = int.from_bytes(asked.body[start : start + 4], "little")
            return plan_of(self.seed, number)
        found = NUMBER.search(asked.body)
        return plan_of(self.seed, int(found[1])) if found else None

    def reply(self, asked: Asked) -> Reply:
        plan = self.plan_of(asked)
        if not asked.path.endswith("/chat/completions"):
            return super().reply(asked)
        assert plan is not None
        events = self.words_of(plan.words, plan.usage)
        whole = event_stream(events, end="[DONE]", filler=b": still here\n\n")
        return replace(whole, parts=slowly(whole.parts, plan.pause_s))

    def note_end(self, asked: Asked, parts: list[bytes], *, is_whole: bool) -> None:
        plan = self.plan_of(asked)
        number = plan.number if plan else -1
        with self._lock:
            count(self.delivered[number], asked, b"".join(parts), is_whole=is_whole)


def slowly(parts: Iterable[bytes], pause_s: float) -> Iterator[bytes]:
    for part in parts:
        yield part
        Event().wait(pause_s)


def count(told: Delivered, asked: Asked, sent: bytes, *, is_whole: bool) -> None:
    if asked.path.endswith("/chat/completions"):
        told.words = max(told.words, sent.count(b'"content"'))
        told.has_usage = told.has_usage or b'"usage"' in sent
        told.is_whole = told.is_whole or (is_whole and sent.endswith(b"[DONE]\n\n"))
    elif asked.path.endswith("/audio/speech"):
        told.spoken_characters += len(asked.json["input"]) * bool(sent)
    elif is_whole:
        told.transcripts += 1


def main(seed: int, file: Path) -> None:
    server = CountingServer(seed)
    is_over = Event()
    signal.signal(signal.SIGTERM, lambda number, frame: is_over.set())
    sys.stdout.write(f"{server.url}\n")
    sys.stdout.flush()
    while not is_over.wait(0.2):
        pass
    server.close()
    file.write_text(json.dumps({number: asdict(it) for number, it in server.delivered.items()}))


def counts(file: Path) -> Iterator[tuple[int, Delivered]]:
    for number, told in json.loads(file.read_text()).items():
        yield int(number), Delivered(**told)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
