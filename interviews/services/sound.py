"""Recordings as browsers can play them from any place.

What a browser records (WebM, fragmented MP4) has no index, so that a browser cannot go to a place
in it. An MP3 of constant bit rate needs none.
"""

from __future__ import annotations

import logging
from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction

from ai.audio import ENCODINGS, SAMPLE_RATE, SpeechEncoder, read_recording
from interview_trainer.errors import AppError
from interviews.models import Interview, Recording

logger = logging.getLogger(__name__)

MP3 = ENCODINGS["mp3"].content_type
# Half a minute of sound at a time.
PIECE_BYTES = 30 * SAMPLE_RATE * 2


def make_recordings_seekable(*, interview: Interview) -> None:
    """Turn the interview's recordings into MP3s that can be played from any place.

    One that cannot be read, or is gone, is left as it is: nothing depends on it.
    """
    for recording in Recording.objects.filter(turn__interview=interview).exclude(content_type=MP3):
        try:
            make_seekable(recording=recording)
        except (AppError, OSError) as exc:
            logger.warning(
                "recording_not_converted",
                extra={"recording": recording.pk, "error": type(exc).__name__},
            )


def make_seekable(*, recording: Recording) -> None:
    """Put an MP3 in the place of the recording's file.

    The times of its words hold: it is made of the very samples that were transcribed. The old file
    goes once the row names the new one. Raises what `read_recording` raises, and `OSError`.
    """
    with recording.file.open("rb") as file:
        data = file.read()
    read = read_recording(data, max_duration_s=settings.AUDIO_MAX_DURATION_S)
    storage, old = recording.file.storage, str(recording.file.name)
    new = storage.save(
        f"{PurePosixPath(old).with_suffix('.mp3')}", ContentFile(as_mp3(read.samples))
    )
    with transaction.atomic():
        rows = Recording.objects.filter(pk=recording.pk, file=old)
        is_kept = rows.update(file=new, content_type=MP3)
        transaction.on_commit(lambda: storage.delete(old if is_kept else new))


def as_mp3(samples: bytes) -> bytes:
    """Mono signed 16-bit PCM at `SAMPLE_RATE` as an MP3."""
    encoder = SpeechEncoder(SAMPLE_RATE, "mp3")
    pieces = [
        encoder.feed(samples[start : start + PIECE_BYTES])
        for start in range(0, len(samples), PIECE_BYTES)
    ]
    return b"".join([*pieces, encoder.finish()])
