"""Saying a text aloud: one valid audio stream from chunks made in parallel."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

from django.conf import settings

from ai.audio import ENCODINGS, AudioFormat, SpeechEncoder
from ai.catalogue import resolve_models
from ai.chunker import split_text
from ai.errors import NothingToSpeakError
from ai.models import Capability
from ai.offers import CatalogueModel
from ai.operations import Operation, PaidStream, Receipt, paid_operation
from ai.pipeline import IsGone, Silent, in_order
from ai.providers.base import SpeechProvider, SpeechRequest
from ai.providers.registry import default_voice
from ai.quotes import Quote, quote_speech
from ai.speech_cache import SpeechWriter, is_there, read_speech, speech_key, speech_place
from users.models import User, UserSettings
from users.services.ledger import SERVICE, Author

# Whom sound that was made is kept for, to be sent again.
KeptFor = Literal["everybody", "the person", "nobody"]


@dataclass(frozen=True, slots=True)
class Sound:
    """The next bytes of the one encoded stream. `text` is what is being said."""

    seq: int
    text: str
    data: bytes


class SpokenText(PaidStream[Sound | None]):
    """Encoded sound, as it is made, and None at every beat of silence.

    A chunk of the text is paid for once all of its sound was handed to whoever iterates.
    """

    content_type: str

    @property
    def receipt_when_complete(self) -> Receipt:
        """What is charged if the whole stream is delivered, which is known before it is."""
        hold, price = self.operation.hold, self.operation.model.price
        charge = min(price.of(self.operation.quote.units), hold.amount)
        balance = hold.account.available + hold.amount - charge
        return Receipt(hold.operation_id, hold.amount, charge, balance)


class MadeSpeech(SpokenText):
    """Sound that a provider makes now."""

    def __init__(
        self,
        text: str,
        audio_format: AudioFormat,
        paid: AbstractContextManager[Operation],
        is_gone: IsGone,
        place: Path | None,
    ) -> None:
        self.content_type = ENCODINGS[audio_format].content_type
        self._text = text
        self._audio_format = audio_format
        self._is_gone = is_gone
        self._place = place
        super().__init__(paid)

    def pieces(self, operation: Operation) -> Silent[Sound]:
        with closing(SpeechWriter(self._place)) as writer:
            for sound in operation.serve(self._speak):
                if sound is not None:
                    writer.write(sound.data)
                yield sound
            if operation.model == operation.quote.resolution.model:
                writer.keep()

    def _speak(self, provider: SpeechProvider, model: CatalogueModel) -> Silent[Sound]:
        chunks = cut_for_speech(text=self._text, model=model)
        requests = (SpeechRequest(model=model.name_at_vendor, text=chunk) for chunk in chunks)
        makes = (partial(provider.synthesize, request) for request in requests)
        encoder = SpeechEncoder(provider.sample_rate, self._audio_format)
        ahead = settings.SPEECH_CHUNKS_AHEAD
        with closing(in_order(makes, ahead=ahead, is_gone=self._is_gone)) as spoken:
            for seq, pieces in enumerate(spoken):
                yield from self._encode(seq, chunks[seq], pieces, encoder)
        if not self.operation.delivered_units:
            raise NothingToSpeakError
        yield Sound(len(chunks), "", encoder.finish())

    def _encode(
        self, seq: int, chunk: str, pieces: Silent[bytes], encoder: SpeechEncoder
    ) -> Silent[Sound]:
        is_spoken = False
        for pcm in pieces:
            if not pcm:
                yield None
                continue
            is_spoken = True
            if data := encoder.feed(pcm):
                yield Sound(seq, chunk, data)
        if is_spoken:
            self.operation.deliver(len(chunk))


class CachedSpeech(SpokenText):
    """Sound that was made before. No provider is asked, and the cached price is charged."""

    def __init__(
        self,
        text: str,
        audio_format: AudioFormat,
        paid: AbstractContextManager[Operation],
        path: Path,
    ) -> None:
        self.content_type = ENCODINGS[audio_format].content_type
        self._text = text
        self._path = path
        super().__init__(paid)

    def pieces(self, operation: Operation) -> Silent[Sound]:
        for data in read_speech(self._path):
            yield Sound(0, self._text, data)
        operation.deliver(len(self._text))


class Speech(Iterator[bytes]):
    """The bytes of a text that is spoken. The first of them are there once this is made."""

    def __init__(self, spoken: SpokenText) -> None:
        self._spoken = spoken
        self.content_type = spoken.content_type
        self._first = [self._take()]

    def __next__(self) -> bytes:
        return self._first.pop() if self._first else self._take()

    def close(self) -> None:
        self._spoken.close()

    @property
    def operation(self) -> Operation:
        return self._spoken.operation

    @property
    def receipt_when_complete(self) -> Receipt:
        return self._spoken.receipt_when_complete

    def _take(self) -> bytes:
        return next(sound.data for sound in self._spoken if sound is not None)


def speak_text(
    *,
    user: User,
    text: str,
    is_gone: IsGone,
    audio_format: AudioFormat = "mp3",
    operation_key: str | None = None,
    author: Author = SERVICE,
) -> Speech:
    """The text as sound, from the cache where it was said to this person before.

    What fails before the first byte is raised here: `InsufficientCreditsError`,
    `ModelUnavailableError`, `NothingToSpeakError` or a `ProviderError`; none charges. What fails
    later is raised by the iterator, and what was delivered until then is charged.
    """
    return Speech(
        begin_speech(
            user=user,
            text=text,
            is_gone=is_gone,
            audio_format=audio_format,
            operation_key=operation_key,
            author=author,
        )
    )


def begin_speech(
    *,
    user: User,
    text: str,
    is_gone: IsGone,
    audio_format: AudioFormat = "mp3",
    operation_key: str | None = None,
    author: Author = SERVICE,
    kept_for: KeptFor = "the person",
) -> SpokenText:
    """As `speak_text`, with what is being said and the beats of silence.

    `kept_for` says who else may be given the sound: everybody, where the words are the service's.

    Here only what fails before a provider is asked, and at once, is raised; all else is raised by
    the iterator.
    """
    pay = partial(paid_operation, user=user, operation_key=operation_key, author=author)
    quote = quote_speech(model=user.settings.tts_model, text=text)
    place = None
    if kept_for != "nobody":
        key = cache_key(text, audio_format, quote.resolution.model)
        place = speech_place(key, person_id=user.pk if kept_for == "the person" else None)
    if place is not None and is_there(place):
        return CachedSpeech(text, audio_format, pay(quote_cached(quote)), place)
    return MadeSpeech(text, audio_format, pay(quote), is_gone, place)


def cache_key(text: str, audio_format: AudioFormat, model: CatalogueModel) -> str:
    voice = default_voice(model.provider)
    return speech_key(model=model.name, voice=voice, audio_format=audio_format, text=text)


def quote_cached(quote: Quote) -> Quote:
    """The quote at the price of what is only read from the cache."""
    resolution = quote.resolution
    cached = replace(resolution.model, price=resolution.model.cached_price)
    return replace(quote, resolutions=(replace(resolution, model=cached),))


def cut_for_speech(*, text: str, model: CatalogueModel) -> list[str]:
    """The chunks that the model is given."""
    return split_text(text, max_characters=model.max_characters)


def preview_chunks(*, user: User | None, text: str) -> list[str]:
    """The text cut as `speak_text` would cut it (by default settings for nobody). Costs nothing."""
    chosen = user.settings if user else UserSettings()
    resolution, *_ = resolve_models(Capability.SPEECH, chosen.tts_model)
    return cut_for_speech(text=text, model=resolution.model)
