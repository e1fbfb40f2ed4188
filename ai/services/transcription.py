"""Turning a recording into words."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass

from django.conf import settings

from ai.audio import read_recording
from ai.catalogue import Resolution
from ai.offers import CatalogueModel
from ai.operations import Receipt, paid_operation
from ai.providers.base import Transcript, TranscriptionProvider, TranscriptionRequest
from ai.quotes import quote_transcription
from users.models import User
from users.services.ledger import SERVICE, Author


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

    def ask(
        provider: TranscriptionProvider, model: CatalogueModel
    ) -> Generator[Transcript, None, None]:
        yield provider.transcribe(
            TranscriptionRequest(model=model.name_at_vendor, recording=recording)
        )

    quote = quote_transcription(model=user.settings.stt_model, duration_s=recording.duration_s)
    with paid_operation(quote, user=user, operation_key=operation_key, author=author) as operation:
        (transcript,) = operation.serve(ask)
        operation.deliver(math.ceil(recording.duration_s))
    return Transcription(transcript, recording.duration_s, operation.resolution, operation.receipt)
