"""The parts of the practice room that are worth trying alone, in the browser that runs them."""

import base64
import math
import struct
from typing import Any

import pytest
from playwright.sync_api import Page

RATE_HZ = 22_050
TONE = [round(12_000 * math.sin(2 * math.pi * 440 * n / RATE_HZ)) for n in range(RATE_HZ // 10)]


def wav(samples: list[int], rate: int = RATE_HZ) -> bytes:
    """As the service streams it: with a chunk that nobody needs, and a length that is not known."""
    unknown = 0xFFFFFFFF
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, 2 * rate, 2, 16)
    other = struct.pack("<4sI4s", b"LIST", 4, b"INFO")
    head = struct.pack("<4sI4s", b"RIFF", unknown, b"WAVE")
    data = struct.pack(f"<4sI{len(samples)}h", b"data", unknown, *samples)
    return head + form + other + data


@pytest.fixture
def run(page: Page):
    """Runs a function of a module of the room with arguments."""
    page.goto("/sign-in/")

    def in_page(script: str, argument: Any) -> Any:
        return page.evaluate(script, argument)

    return in_page


READ_WAV = """async ([pieces, rate]) => {
  const { bytesOf, WavReader } = await import("/static/js/practice/pcm.js");
  const reader = new WavReader(rate);
  return pieces.flatMap((piece) => [...reader.read(bytesOf(piece))]);
}"""


def pieces_of(data: bytes, size: int) -> list[str]:
    return [base64.b64encode(data[at : at + size]).decode() for at in range(0, len(data), size)]


@pytest.mark.parametrize("size", [1, 7, 45, 1001, 10**6])
def test_sound_is_the_same_however_it_is_cut(run, size):
    samples = run(READ_WAV, [pieces_of(wav(TONE), size), RATE_HZ])
    expected = [sample / 32768 for sample in TONE]
    assert samples == pytest.approx(expected[: len(samples)], abs=1e-6)
    assert len(samples) >= len(expected) - 1


def test_sound_at_another_rate_has_no_steps(run):
    samples = run(READ_WAV, [pieces_of(wav(TONE), 333), 48_000])
    assert len(samples) == pytest.approx(len(TONE) * 48_000 / RATE_HZ, abs=3)
    steepest = 2 * math.pi * 440 / 48_000 * 12_000 / 32768
    steps = [abs(after - before) for before, after in zip(samples, samples[1:], strict=False)]
    assert max(steps) < steepest * 1.1


READ_EVENTS = """async (pieces) => {
  const { readEvents } = await import("/static/js/practice/events.js");
  const body = new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(Uint8Array.from(piece));
      controller.close();
    },
  });
  return Array.fromAsync(readEvents(body));
}"""


@pytest.mark.parametrize("size", [1, 5, 1000])
def test_events_are_the_same_however_they_are_cut(run, size):
    sent = (
        ": silence\n\n"
        'event: turn\ndata: {"text": "Señora Ñandú"}\n\n'
        ": silence\n\n"
        "event: done\ndata: {}\n\n"
        "event: cut\ndata: {"
    ).encode()
    pieces = [list(sent[at : at + size]) for at in range(0, len(sent), size)]
    assert run(READ_EVENTS, pieces) == [
        {"name": "turn", "data": {"text": "Señora Ñandú"}},
        {"name": "done", "data": {}},
    ]


KEEP = """async ([turnId, words]) => {
  const { Kept } = await import("/static/js/practice/kept.js");
  const kept = new Kept();
  await kept.put({ turnId, interview: "one", type: "audio/webm", startedAt: Date.now() });
  for (const word of words) await kept.addPiece(turnId, new Blob([word]));
}"""
FIND = """async (interview) => {
  const { Kept } = await import("/static/js/practice/kept.js");
  const kept = new Kept();
  await kept.prune();
  const found = await kept.of(interview);
  return Promise.all(found.map(async (answer) => (await kept.sound(answer)).text()));
}"""


def test_a_kept_answer_is_there_whole_and_in_order_after_a_reload(page: Page):
    page.goto("/sign-in/")
    words = [f"{number} " for number in range(12)]
    page.evaluate(KEEP, ["first", words])
    page.evaluate(KEEP, ["second", ["other"]])
    page.reload()
    assert page.evaluate(FIND, "one") == ["".join(words), "other"]
    assert page.evaluate(FIND, "two") == []


def test_what_nobody_comes_back_for_is_forgotten(page: Page):
    page.goto("/sign-in/")
    page.evaluate(KEEP.replace("Date.now()", "Date.now() - 31 * 24 * 3600 * 1000"), ["old", ["a"]])
    assert page.evaluate(FIND, "one") == []


def test_lengths_are_read_as_gentle_words(run):
    hints = run(
        """async (lengths) => {
          const { lengthHint } = await import("/static/js/practice/view.js");
          return lengths.map((s) => lengthHint(s, { from_s: 45, to_s: 150, at_most_s: 885 }));
        }""",
        [10, 60, 200, 860],
    )
    assert hints == [
        "Most answers take 1 to 2 minutes.",
        "A good length. Finish when ready.",
        "A full answer. Come to your point.",
        "It ends by itself in under a minute.",
    ]
