"""Turning a recording into words."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from dataclasses import dataclass

from django.conf import settings

from ai.audio import Recording, read_recording
from ai.catalogue import Resolution
from ai.offers import CatalogueModel
from ai.operations import Receipt, paid_operation
from ai.pipeline import called_beside, first_item, returned_by
from ai.providers.base import Transcript, TranscriptionProvider, TranscriptionRequest
from ai.quotes import quote_transcription
from users.models import User
from users.services.ledger import SERVICE, Author

# Stores what was heard, and by which model.
Keep = Callable[[Transcript, Resolution], None]


def keep_nothing(transcript: Transcript, resolution: Resolution) -> None:
    """For who only wants the answer."""


@dataclass(frozen=True, slots=True)
class Transcription:
    transcript: Transcript
    duration_s: float
    resolution: Resolution
    receipt: Receipt


def transcribe_audio(
    *,
    user: User,
    audio: bytes,
    operation_key: str | None = None,
    author: Author = SERVICE,
) -> Transcription:
    """What was said in an uploaded recording. A silent one is transcribed (and paid) as well.

    Raises `EmptyAudioError`, `UnreadableAudioError`, `AudioTooLongError` before anything is held,
    and what `paid_operation` and the providers raise.
    """
    recording = read_recording(audio, max_duration_s=settings.AUDIO_MAX_DURATION_S)
    return returned_by(
        transcribe_recording(
            user=user, recording=recording, operation_key=operation_key, author=author
        )
    )


def transcribe_recording(
    *,
    user: User,
    recording: Recording,
    keep: Keep = keep_nothing,
    operation_key: str | None = None,
    author: Author = SERVICE,
) -> Generator[None, None, Transcription]:
    """What was said in a recording that was read already. Yields at every beat of silence.

    `keep` stores the words before they are charged, so that a crash in between costs nobody but
    the operator; what it raises leaves the operation uncharged. Raises what `paid_operation` and
    the providers raise.
    """

    def ask(
        provider: TranscriptionProvider, model: CatalogueModel
    ) -> Generator[Transcript | None, None, None]:
        request = TranscriptionRequest(model=model.name_at_vendor, recording=recording)
        yield from called_beside(lambda: provider.transcribe(request))

    quote = quote_transcription(model=user.settings.stt_model, duration_s=recording.duration_s)
    with paid_operation(quote, user=user, operation_key=operation_key, author=author) as operation:
        transcript = yield from first_item(operation.serve(ask))
        keep(transcript, operation.resolution)
        operation.deliver(math.ceil(recording.duration_s))
    return Transcription(transcript, recording.duration_s, operation.resolution, operation.receipt)
