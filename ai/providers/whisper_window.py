"""Whisper on a window that is as long as the speech, and with an eye on what it left out.

The model was trained on windows of 30 s. A window that ends sooner saves half of the work for a
short answer. In any window, and in a short one a little more often, the model now and then stops
in the middle, leaves something out or says all twice. All of it can be seen, and then the speech
is heard again, otherwise.
"""

import math
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from faster_whisper import BatchedInferencePipeline
from faster_whisper.audio import pad_or_trim

FRAMES_PER_S = 100
WHOLE_WINDOW = 30 * FRAMES_PER_S
# With less silence than this after the speech, the model repeats itself more often.
SILENCE_AFTER_S = 5

# The longest part of a speech in which no word begins or ends. What is without words was taken out
# before, so words that are left out leave a gap, or a word that is as long as they were. Where
# nothing is missing 1.3 s is the most that is seen, a word with the rest of a silence after it;
# where something is, 2.3 s is the least.
MAX_UNHEARD_S = 2.0
# Prose stays below 1.8.
MAX_COMPRESSION_RATIO = 2.0
FEWEST_WORDS_TWICE = 3
# Over so many frames a pause between words is told from one inside of them.
PAUSE = 30

Segments = list[dict[str, Any]]


class WindowedPipeline(BatchedInferencePipeline):  # type: ignore[misc]
    """For one call, and with a batch size of 1."""

    last_speech_timestamp: float

    def forward(
        self, features: Any, tokenizer: Any, chunks_metadata: list[dict[str, Any]], options: Any
    ) -> list[Segments]:
        (chunk,) = chunks_metadata
        speech = features[..., : math.ceil(chunk["duration"] * FRAMES_PER_S)]
        spoken_before = self.last_speech_timestamp
        heard: Segments = []
        for parts in ways_to_hear(speech):
            self.last_speech_timestamp = spoken_before
            heard = []
            for start, end, window in parts:
                part = {
                    **chunk,
                    "offset": chunk["offset"] + start / FRAMES_PER_S,
                    "duration": min(end / FRAMES_PER_S, chunk["duration"]) - start / FRAMES_PER_S,
                }
                sound = pad_or_trim(speech[..., start:end], window)
                heard += super().forward(sound, tokenizer, [part], options)[0]
            if is_plausible(heard, chunk["duration"]):
                break
        return [heard]


def ways_to_hear(speech: Any) -> Iterator[list[tuple[int, int, int]]]:
    """Each as parts: first frame, end, and frames of the window."""
    frames = speech.shape[-1]
    fitted = fitting_window(frames)
    yield [(0, frames, fitted)]
    if fitted < WHOLE_WINDOW:
        yield [(0, frames, WHOLE_WINDOW)]
    cut = quietest_frame(speech)
    yield [(0, cut, fitting_window(cut)), (cut, frames, fitting_window(frames - cut))]


def fitting_window(frames: int) -> int:
    """Whole seconds, as frames."""
    seconds = math.ceil(frames / FRAMES_PER_S + SILENCE_AFTER_S)
    return min(seconds * FRAMES_PER_S, WHOLE_WINDOW)


def quietest_frame(speech: Any) -> int:
    """The middle of the quietest moment, apart from the first and the last quarter."""
    loudness = np.convolve(speech.mean(axis=(0, 1)), np.ones(PAUSE), mode="same")
    frames = len(loudness)
    start, end = frames // 4, frames - frames // 4
    return start + int(np.argmin(loudness[start:end]))


def is_plausible(heard: Segments, duration_s: float) -> bool:
    """Whether nothing is said over and over, or all of it twice, and the words cover the speech."""
    ratio = max(segment["compression_ratio"] for segment in heard)
    return (
        ratio <= MAX_COMPRESSION_RATIO
        and not is_said_twice([word["word"] for segment in heard for word in segment["words"]])
        and unheard_s(heard, duration_s) <= MAX_UNHEARD_S
    )


def is_said_twice(words: list[str]) -> bool:
    """Whether the second half says what the first one does: too short a text to be compressed."""
    plain = [re.sub(r"\W", "", word).lower() for word in words]
    half, odd = divmod(len(plain), 2)
    return not odd and half >= FEWEST_WORDS_TWICE and plain[:half] == plain[half:]


def unheard_s(heard: Segments, duration_s: float) -> float:
    """The longest part of the speech in which no word begins or ends."""
    begin: float = heard[0]["seek"] / FRAMES_PER_S
    words = [word for segment in heard for word in segment["words"]]
    times = [float(time) for word in words for time in (word["start"], word["end"])]
    return max(end - start for start, end in pairwise([begin, *times, begin + duration_s]))
