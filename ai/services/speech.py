"""Saying a text aloud: one valid audio stream from chunks made in parallel."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, closing
from functools import partial

from django.conf import settings

from ai.audio import ENCODINGS, AudioFormat, SpeechEncoder
from ai.catalogue import CatalogueModel, Resolution, resolve_model
from ai.chunker import split_text
from ai.errors import NothingToSpeakError
from ai.models import Capability
from ai.operations import Operation, Receipt, paid_operation
from ai.pipeline import in_order
from ai.providers.base import SpeechRequest
from ai.quotes import quote_speech
from users.models import User, UserSettings
from users.services.ledger import SERVICE, Author


class Speech(Iterator[bytes]):
    """Encoded sound, as it is made. Its first bytes exist already; it must be closed.

    A chunk of the text is paid for once all of its sound was handed to whoever iterates.
    """

    operation: Operation

    def __init__(
        self,
        chunks: list[str],
        audio_format: AudioFormat,
        paid: AbstractContextManager[Operation],
        resolution: Resolution,
    ) -> None:
        self.content_type = ENCODINGS[audio_format].content_type
        self.resolution = resolution
        self._stream = self._speak(chunks, audio_format, paid)
        self._first: bytes | None = next(self._stream)

    def __next__(self) -> bytes:
        if self._first is not None:
            first, self._first = self._first, None
            return first
        return next(self._stream)

    def close(self) -> None:
        self._stream.close()

    @property
    def receipt_when_complete(self) -> Receipt:
        """What is charged if the whole stream is delivered, which is known before it is."""
        hold = self.operation.hold
        return Receipt(hold.operation_id, hold.amount, hold.amount, hold.account.available)

    def _speak(
        self,
        chunks: list[str],
        audio_format: AudioFormat,
        paid: AbstractContextManager[Operation],
    ) -> Generator[bytes, None, None]:
        with paid as self.operation:
            provider, model = self.operation.speech_provider, self.operation.model
            encoder = SpeechEncoder(provider.sample_rate, audio_format)
            requests = (SpeechRequest(model=model.name_at_vendor, text=chunk) for chunk in chunks)
            makes = (partial(provider.synthesize, request) for request in requests)
            with closing(in_order(makes, ahead=settings.SPEECH_CHUNKS_AHEAD)) as spoken:
                for chunk, pieces in zip(chunks, spoken, strict=True):
                    yield from self._encode(chunk, pieces, encoder)
            if not self.operation.delivered_units:
                raise NothingToSpeakError
            yield encoder.finish()

    def _encode(
        self, chunk: str, pieces: Iterator[bytes], encoder: SpeechEncoder
    ) -> Iterator[bytes]:
        is_spoken = False
        for pcm in pieces:
            is_spoken = True
            if sound := encoder.feed(pcm):
                yield sound
        if is_spoken:
            self.operation.deliver(len(chunk))


def speak_text(
    *,
    user: User,
    text: str,
    audio_format: AudioFormat = "mp3",
    operation_key: str | None = None,
    author: Author = SERVICE,
) -> Speech:
    """The text as sound.

    What fails before the first byte is raised here: `InsufficientCreditsError`,
    `ModelUnavailableError`, `NothingToSpeakError` or a `ProviderError`; none charges. What fails
    later is raised by the iterator, and what was delivered until then is charged.
    """
    quote = quote_speech(model=user.settings.tts_model, text=text)
    return Speech(
        cut_for_speech(text=text, model=quote.resolution.model),
        audio_format,
        paid_operation(quote, user=user, operation_key=operation_key, author=author),
        quote.resolution,
    )


def cut_for_speech(*, text: str, model: CatalogueModel) -> list[str]:
    """The chunks that the model is given."""
    return split_text(text, max_characters=model.max_characters)


def preview_chunks(*, user: User | None, text: str) -> list[str]:
    """The text cut as `speak_text` would cut it (by default settings for nobody). Costs nothing."""
    chosen = user.settings if user else UserSettings()
    resolution = resolve_model(Capability.SPEECH, chosen.tts_model)
    return cut_for_speech(text=text, model=resolution.model)
