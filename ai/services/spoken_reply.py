"""Answering aloud: text and sound in one stream.

Each sentence goes to speech while the text still comes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator
from contextlib import closing
from functools import partial

from django.conf import settings

from ai.audio import AudioFormat, SpeechEncoder
from ai.chunker import split_text
from ai.errors import ModelUnavailableError, ProviderError
from ai.offers import CatalogueModel
from ai.operations import Operation, PaidStream, paid_operation
from ai.pipeline import IsGone, Lane, Making, Silent, default_beat_s, timed_wait
from ai.providers.base import SpeechProvider, SpeechRequest, TextDelta, TextUsage
from ai.quotes import quote_reply_speech
from ai.sentences import SentenceBuffer
from ai.services.speech import Sound
from ai.services.text import AnswerStream
from users.models import User
from users.services.ledger import SERVICE, Author

# While the text comes, finished sound waits at most this long for its turn: the first, the others.
FIRST_BEAT_S = 0.004
BEAT_S = 0.01

SPEECH_FAILURES = (ProviderError, ModelUnavailableError)


Piece = TextDelta | TextUsage | Sound | None


class SpokenReply(PaidStream[Piece]):
    """Deltas and usage as they come, and the sound of each sentence, in order; None is silence.

    There are two paid operations: `answer.operation` for the text, and `operation` for the speech,
    in which each sentence is paid for once all of its sound was handed over. Speech that fails
    leaves the text whole; `speech_failure` then says why.
    """

    answer: AnswerStream
    speech_failure: ProviderError | ModelUnavailableError | None = None

    def __init__(
        self,
        *,
        user: User,
        message: str,
        is_gone: IsGone,
        audio_format: AudioFormat = "mp3",
        operation_key: str | None = None,
        author: Author = SERVICE,
    ) -> None:
        self._is_gone = is_gone
        self._audio_format = audio_format
        self._chunks: list[str] = []
        self._lane = Lane()
        self._has_all_text = self._has_sounded = False
        self._open_answer = partial(
            AnswerStream,
            user=user,
            message=message,
            is_gone=is_gone,
            operation_key=operation_key,
            author=author,
            beat_s=self._beat_s,
        )
        super().__init__(
            paid_operation(
                quote_reply_speech(model=user.settings.tts_model),
                user=user,
                operation_key=speech_operation_key(operation_key),
                author=author,
            )
        )

    def pieces(self, operation: Operation) -> Generator[Piece, None, None]:
        sentences = SentenceBuffer()
        self.answer = self._open_answer()
        with closing(self.answer), closing(operation.serve(self._speak)) as sounds:
            for item in self.answer:
                yield item
                self.answer.confirm()
                if isinstance(item, TextDelta):
                    self._say(sentences.feed(item.text))
                    # The listener waits for the first one only.
                    self._say([] if self._chunks else sentences.take_likely())
                yield from self._ready(sounds)
            self._say(sentences.flush())
            self._has_all_text = True
            yield from self._rest(sounds)

    def _say(self, sentences: list[str]) -> None:
        for sentence in sentences:
            self._chunks += split_text(sentence, max_characters=self.operation.model.max_characters)

    def _ready(self, sounds: Iterator[Sound | None]) -> Iterator[Sound]:
        """The sound that is there by now, up to the next silence."""
        try:
            yield from iter(partial(next, sounds, None), None)
        except SPEECH_FAILURES as exc:
            self.speech_failure = exc

    def _rest(self, sounds: Iterator[Sound | None]) -> Iterator[Sound | None]:
        try:
            yield from sounds
        except SPEECH_FAILURES as exc:
            self.speech_failure = exc

    def _speak(
        self, provider: SpeechProvider, model: CatalogueModel
    ) -> Generator[Sound | None, None, None]:
        encoder = SpeechEncoder(provider.sample_rate, self._audio_format)
        begun: list[Making[bytes]] = []
        said = 0
        try:
            while said < len(self._chunks) or not self._has_all_text:
                self._begin(begun, said, provider, model)
                if said == len(begun):
                    yield None
                    continue
                yield from self._hear(said, begun[said], encoder)
                said += 1
            if self.operation.delivered_units:
                yield Sound(said, "", encoder.finish())
        finally:
            for making in begun[said:]:
                making.abandon()

    def _beat_s(self) -> float:
        return FIRST_BEAT_S if self._chunks and not self._has_sounded else BEAT_S

    def _patience_s(self) -> float:
        """While the text comes, sound is only collected; afterwards it is waited for."""
        return default_beat_s() if self._has_all_text else 0

    def _begin(
        self, begun: list[Making[bytes]], said: int, provider: SpeechProvider, model: CatalogueModel
    ) -> None:
        """Have the next sentences made, a few ahead."""
        for chunk in self._chunks[len(begun) : said + settings.SPEECH_CHUNKS_AHEAD]:
            request = SpeechRequest(model=model.name_at_vendor, text=chunk)
            making = Making(partial(provider.synthesize, request))
            making.start_in_pool(self._lane)
            begun.append(making)

    def _hear(self, seq: int, making: Making[bytes], encoder: SpeechEncoder) -> Silent[Sound]:
        chunk, is_spoken = self._chunks[seq], False
        for pcm in timed_wait(making.items(self._is_gone, beat_s=self._patience_s)):
            if not pcm:
                yield None
                continue
            is_spoken = True
            if sound := encoder.feed(pcm):
                self._has_sounded = True
                yield Sound(seq, chunk, sound)
        if is_spoken:
            self.operation.deliver(len(chunk))


def speech_operation_key(operation_key: str | None) -> str | None:
    """One request, two operations: the second one needs a key of its own."""
    if operation_key is None:
        return None
    return hashlib.sha256(f"{operation_key}: speech".encode()).hexdigest()
