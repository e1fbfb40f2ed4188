"""Speech from a vendor that takes 300 ms a chunk, over the service as it runs.

    .venv/bin/python benchmarks/speech.py

Prints, for 12 chunks, the time to the last byte against the ideal (as many chunks at once as
`SPEECH_CHUNKS_AHEAD` says) and against one after another; the time to the first sound against the
vendor's own; and for an hour of speech the memory that the service takes, and how far ahead of a
client that stops reading it goes. Times are medians of `ROUNDS`.
"""

import math
import time
from statistics import median
from threading import Event

from django.conf import settings
from stage import VENDOR_CHUNK_S, Call, OpenAIServer, Stage, row, stage

from ai.chunker import split_text
from tests.live import wait_until

ROUNDS = 5
CHUNKS = 12
MODEL_MAX_CHARACTERS = 40_000
AN_HOUR_CHARACTERS = 60 * 60 * 15
PATH = "/api/ai/generate-audio"


def text_of(*, chunks: int = 0, characters: int = 0) -> str:
    """At least so much text, in sentences that differ."""
    text, number = "", 0
    while len(text) < characters or len(split(text)) < chunks:
        number += 1
        text += f"Sentence {number} is about as long as those that people say aloud. "
        if not characters and len(split(text)) > chunks:
            raise AssertionError("The text has too many chunks.")
    return text


def split(text: str) -> list[str]:
    return split_text(text, max_characters=MODEL_MAX_CHARACTERS)


def time_call(call: Call, began: float) -> tuple[float, float]:
    """Milliseconds to the first and to the last byte."""
    call.response.read(1)
    first = time.perf_counter() - began
    call.response.read()
    last = time.perf_counter() - began
    call.close()
    return first * 1000, last * 1000


def time_speech(on: Stage, text: str) -> tuple[float, float]:
    began = time.perf_counter()
    call = on.post(PATH, text)
    assert call.response.status == 200, call.response.read()
    return time_call(call, began)


def time_vendor(on: Stage, text: str) -> tuple[float, float]:
    address = on.voice.url.removeprefix("http://")
    began = time.perf_counter()
    return time_call(Call(address, "/v1/text-to-speech/v/stream", {"text": text}, {}), began)


def measure_times(on: Stage) -> None:
    text = text_of(chunks=CHUNKS)
    time_speech(on, text)
    ours = [time_speech(on, text) for _ in range(ROUNDS)]
    vendor = median(first for first, _ in (time_vendor(on, text) for _ in range(ROUNDS)))
    first, last = (median(times) for times in zip(*ours, strict=True))
    waves = math.ceil(CHUNKS / settings.SPEECH_CHUNKS_AHEAD)
    ideal, serial = waves * vendor, CHUNKS * vendor
    print(f"{CHUNKS} chunks, {settings.SPEECH_CHUNKS_AHEAD} at once, {len(text):,} characters")
    row("last byte", last)
    row(f"ideal: {waves} waves", ideal, f"ratio {last / ideal:.2f}")
    row("one after another", serial, f"ratio {last / serial:.2f}")
    row("first sound", first)
    row("the vendor's own first sound", vendor, f"ours on top: {first - vendor:.1f} ms")


def measure_memory(on: Stage) -> None:
    on.voice.sound_s = 0  # as long as the text takes to say
    text = text_of(characters=AN_HOUR_CHARACTERS)
    chunks = len(split(text))
    before = on.service.memory_bytes
    call = on.post(PATH, text, audio_format="wav")
    most = received = 0
    while piece := call.response.read(1024 * 1024):
        received += len(piece)
        most = max(most, on.service.memory_bytes)
    call.close()
    print(f"An hour: {chunks} chunks, {received / 1e6:,.0f} MB of sound")
    print(f"{'memory before':>44} {before / 1e6:>9.1f} MB")
    print(f"{'most':>44} {most / 1e6:>9.1f} MB  {(most - before) / 1e6:+.1f} MB")
    measure_back_pressure(on, text, chunks)


def measure_back_pressure(on: Stage, text: str, chunks: int) -> None:
    asked_before = len(on.voice.asked_at)
    call = on.post(PATH, text, audio_format="wav")
    call.response.read(1)
    wait_until(lambda: time.perf_counter() - on.voice.asked_at[-1] > 10 * VENDOR_CHUNK_S)
    asked = len(on.voice.asked_at) - asked_before
    print(f"{'asked for a client that stopped reading':>44} {asked:>9} of {chunks} chunks")
    call.close()
    Event().wait(1)


if __name__ == "__main__":
    with stage(OpenAIServer(), SPEECH_MAX_CHARACTERS="100000") as built:
        measure_times(built)
        measure_memory(built)
