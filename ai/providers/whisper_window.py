"""Whisper on a window that is as long as the speech, which halves the work for a short answer.

The model was trained on windows of 30 s. In a shorter one it now and then stops in the middle or
says all twice. Both can be seen, and then the speech is heard again in a whole window.
"""

import math
from typing import Any

from faster_whisper import BatchedInferencePipeline

FRAMES_PER_S = 100
# With less silence than this after the speech, the model repeats itself more often.
SILENCE_AFTER_S = 5

# The end of a speech that no word covers: what is without words was taken out before.
MAX_UNHEARD_S = 2.0
# Prose stays below 1.8.
MAX_COMPRESSION_RATIO = 2.0


class WindowedPipeline(BatchedInferencePipeline):  # type: ignore[misc]
    """For one call, and with a batch size of 1. `forward` gets features of 30 s, padded."""

    last_speech_timestamp: float

    def forward(
        self, features: Any, tokenizer: Any, chunks_metadata: list[dict[str, Any]], options: Any
    ) -> Any:
        (chunk,) = chunks_metadata
        window = math.ceil(chunk["duration"] + SILENCE_AFTER_S) * FRAMES_PER_S
        spoken_before = self.last_speech_timestamp
        heard = super().forward(features[..., :window], tokenizer, chunks_metadata, options)
        if window >= features.shape[-1] or is_plausible(heard, chunk["duration"]):
            return heard
        self.last_speech_timestamp = spoken_before
        return super().forward(features, tokenizer, chunks_metadata, options)


def is_plausible(heard: list[list[dict[str, Any]]], duration_s: float) -> bool:
    """Whether no segment says one thing over and over, and the words reach the speech's end."""
    (segments,) = heard
    ratio = max(segment["compression_ratio"] for segment in segments)
    return ratio <= MAX_COMPRESSION_RATIO and unheard_s(segments, duration_s) <= MAX_UNHEARD_S


def unheard_s(segments: list[dict[str, Any]], duration_s: float) -> float:
    """How much speech follows the last word."""
    words = [word for segment in segments for word in segment["words"]]
    if not words:
        return duration_s
    return duration_s - float(words[-1]["end"] - segments[0]["seek"] / FRAMES_PER_S)
