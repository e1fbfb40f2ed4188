"""The built-in transcription: OpenAI's Whisper tiny.en on the CPU, by faster-whisper.

It writes down English. Other languages are transcribed as if they were English: a rough text is
of more use to the person who spoke than an error, and `Transcript.language` says `en`.

https://github.com/SYSTRAN/faster-whisper
"""

import os
import re
from collections.abc import Iterator
from threading import Lock
from typing import Any

from django.conf import settings

from ai.audio import SAMPLE_RATE
from ai.errors import ProviderError
from ai.providers.base import Transcript, TranscriptionProvider, TranscriptionRequest, Word
from ai.weights import WHISPER_TINY_EN, missing_packages, verified_path

LANGUAGE = "en"
# Whisper writes in the manner of what came before: without this it leaves hesitations out.
FILLERS = "Um, uh, so, like, you know, er, hmm."
MAX_THREADS = 4

# What is less likely than this (mean log-probability of a token) was not said. The first limit is
# Whisper's own. The second is for what compresses well, one phrase over and over: people do repeat
# themselves, but then the model is sure of it.
MIN_LOG_PROBABILITY = -1.0
MIN_LOG_PROBABILITY_OF_REPETITION = -0.5
REPETITION_COMPRESSION_RATIO = 2.4


class WhisperTranscription(TranscriptionProvider):
    """One model in memory, shared by all threads, which it serves one after the other."""

    @classmethod
    def missing(cls) -> str:
        return missing_packages(
            ("faster-whisper", "faster_whisper"),
            (WHISPER_TINY_EN.distribution, WHISPER_TINY_EN.module),
        )

    def __init__(self) -> None:
        self._model: Any = None
        self._loading = Lock()

    def warm(self) -> None:
        list(self._segments(bytes(SAMPLE_RATE)))

    def transcribe(self, request: TranscriptionRequest) -> Transcript:
        """Raises `ProviderError`, or `ModelUnavailableError` where the weights are not right."""
        try:
            segments = [s for s in self._segments(request.recording.samples) if is_credible(s)]
        except (RuntimeError, ValueError) as error:
            raise ProviderError from error
        words = (word for segment in segments for word in segment.words)
        return Transcript(
            text="".join(segment.text for segment in segments).strip(),
            words=tuple(Word(w.word.strip(), float(w.start), float(w.end)) for w in words),
            language=LANGUAGE,
        )

    def _segments(self, samples: bytes) -> Iterator[Any]:
        """Up to 30 s of speech each, cut at pauses; lazy."""
        import numpy as np

        model = self._load()
        from ai.providers.whisper_window import WindowedPipeline

        sound = np.frombuffer(samples, dtype="<i2").astype(np.float32) / 32_768
        # The pipeline holds its place in the sound, so it belongs to one call; the model does not.
        # Unlike the model's own `transcribe` it gives the prompt to every segment, and leaves
        # nothing out where a sentence crosses from one into the next.
        segments, _ = WindowedPipeline(model).transcribe(
            sound,
            language=LANGUAGE,
            initial_prompt=FILLERS,
            word_timestamps=True,
            vad_filter=True,
            batch_size=1,
        )
        yield from segments

    def _load(self) -> Any:
        with self._loading:
            if self._model is None:
                self._model = load_model()
            return self._model


def load_model() -> Any:
    # OpenMP reads it when it is loaded, with the import. Without it, threads that wait for each
    # other spin: on a machine that has other work to do, four times the work and the time.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from faster_whisper import WhisperModel

    return WhisperModel(
        str(verified_path(WHISPER_TINY_EN)),
        device="cpu",
        compute_type="int8",
        cpu_threads=settings.WHISPER_THREADS or min(MAX_THREADS, os.cpu_count() or 1),
        local_files_only=True,
    )


def is_credible(segment: Any) -> bool:
    """Whether someone said this: not a guess at noise, not a loop, not our own prompt."""
    if words_of(FILLERS) == words_of(segment.text):
        return False
    is_repetition = segment.compression_ratio > REPETITION_COMPRESSION_RATIO
    limit = MIN_LOG_PROBABILITY_OF_REPETITION if is_repetition else MIN_LOG_PROBABILITY
    return bool(segment.avg_logprob >= limit)


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())
