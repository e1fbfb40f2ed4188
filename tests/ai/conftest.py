import re
from collections.abc import Iterator

import pytest

from ai import chunker, sentences
from ai.providers.piper import PiperSpeech
from ai.providers.whisper import WhisperTranscription


@pytest.fixture(scope="session")
def voice() -> Iterator[PiperSpeech]:
    """The built-in voice, loaded once for all tests."""
    provider = PiperSpeech()
    yield provider
    provider.close()


@pytest.fixture(scope="session")
def transcriber() -> WhisperTranscription:
    """The built-in transcription, loaded once for all tests."""
    return WhisperTranscription()


class CountedPattern:
    """Stands for a pattern and adds up the characters that its searches may look at."""

    looked_at = 0

    def __init__(self, pattern):
        self.pattern = pattern

    def search(self, text, start=0, end=None):
        return self._count(self.pattern.search(text, start, *self._bound(end)), text, start, end)

    def finditer(self, text, start=0, end=None):
        CountedPattern.looked_at += (len(text) if end is None else min(end, len(text))) - start
        return self.pattern.finditer(text, start, *self._bound(end))

    def match(self, text, start=0):
        match = self.pattern.match(text, start)
        CountedPattern.looked_at += len(match[0]) if match else 1
        return match

    def fullmatch(self, text):
        CountedPattern.looked_at += len(text)
        return self.pattern.fullmatch(text)

    def _bound(self, end):
        return () if end is None else (end,)

    def _count(self, match, text, start, end):
        stop = match.end() if match else len(text) if end is None else min(end, len(text))
        CountedPattern.looked_at += stop - start
        return match


@pytest.fixture
def counted_patterns(monkeypatch):
    """`looked_at` is how many characters the patterns of sentences and chunks went over."""
    for module in (chunker, sentences):
        for name, value in list(vars(module).items()):
            if isinstance(value, re.Pattern):
                monkeypatch.setattr(module, name, CountedPattern(value))
    return CountedPattern
