"""The first sound of a spoken reply, over the service as it runs, and where its time goes.

    .venv/bin/python benchmarks/reply.py

The text vendor says a word every 20 ms; the speech vendor takes 300 ms a chunk. All times are
medians of `ROUNDS`; the vendors and the client read one clock.
"""

import time
from collections.abc import Iterator
from statistics import median
from threading import Event

from stage import Asked, OpenAIServer, Reply, Stage, row, stage

from tests.ai.providers.servers.base import event_stream

ROUNDS = 20
WORD_S = 0.02
PATH = "/api/ai/speak-reply"
FIRST_SENTENCE = ("Thank", " you", " for", " telling", " me", " about", " it", ". ")
REST = (*(" word" for _ in range(60)), ".")
OURS = "ours"


class Writer(OpenAIServer):
    """Notes when it was asked, and when the first sentence had left."""

    def __init__(self) -> None:
        super().__init__()
        self.asked_at = self.sentence_at = 0.0

    def reply(self, asked: Asked) -> Reply:
        self.asked_at = time.perf_counter()
        return Reply(self.parts(), "text/event-stream")

    def parts(self) -> Iterator[bytes]:
        self.words = (*FIRST_SENTENCE, "Why", *REST)
        events = event_stream(self.events(), end="[DONE]").parts
        for number, part in enumerate(events):
            Event().wait(WORD_S)
            yield part
            if number == len(FIRST_SENTENCE):  # The first event has no word.
                self.sentence_at = time.perf_counter()


def first_sound(on: Stage) -> dict[str, float]:
    """Where the time went, in milliseconds."""
    writer, voice = on.writer, on.voice
    voice.asked_at.clear()
    voice.sounded_at.clear()
    began = time.perf_counter()
    call = on.post(PATH, "Candidate: I led the migration.", accept="text/event-stream")
    names = (name for name, _ in call.events())
    assert "audio" in names
    heard = time.perf_counter()
    assert list(names)[-1] == "done"
    call.close()
    marks = [
        began, writer.asked_at, writer.sentence_at, voice.asked_at[0], voice.sounded_at[0], heard,
    ]  # fmt: skip
    parts = [1000 * (end - start) for start, end in zip(marks, marks[1:], strict=False)]
    return dict(zip(LABELS, parts, strict=True))


LABELS = {
    "key, person, two holds, until the text is asked": OURS,
    "the text vendor's first sentence": "vendor",
    "until speech is asked for it": OURS,
    "the speech vendor's first sound": "vendor",
    "until the client has it": OURS,
}


def main(on: Stage) -> None:
    first_sound(on)
    rounds = [first_sound(on) for _ in range(ROUNDS)]
    for label, whose in LABELS.items():
        row(label, median(times[label] for times in rounds), whose)
    totals = [sum(times.values()) for times in rounds]
    ours = [sum(times[label] for label in LABELS if LABELS[label] == OURS) for times in rounds]
    total, own = median(totals), median(ours)
    row("first sound", total, f"ratio to the vendors' {total / (total - own):.2f}")
    row("our part", own, f"worst of {ROUNDS}: {max(ours):.1f} ms")


if __name__ == "__main__":
    with stage(Writer()) as built:
        main(built)
