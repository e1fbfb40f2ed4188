"""Sound that was made once and is asked for again: interview questions are said over and over.

Files in `DATA_DIR/speech`, named by a hash of all that makes the sound what it is. The oldest go
when the folder outgrows `SPEECH_CACHE_MAX_BYTES`; 0 switches the cache off.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings

READ_BYTES = 16 * 1024
# What is left after tidying up, so that not every new file tidies again.
KEPT_SHARE = 0.9
SUFFIX = ".sound"


def folder() -> Path:
    return Path(settings.DATA_DIR) / "speech"


def speech_key(*, model: str, voice: str, audio_format: str, text: str) -> str:
    """SHA-256 in hex of what decides how the sound is."""
    return hashlib.sha256(json.dumps([model, voice, audio_format, text]).encode()).hexdigest()


def find_speech(key: str) -> Path | None:
    """The file of this key, marked as used now. An empty one is what a lost machine left behind."""
    if not settings.SPEECH_CACHE_MAX_BYTES:
        return None
    path = folder() / f"{key}{SUFFIX}"
    try:
        os.utime(path)
        return path if path.stat().st_size else None
    except OSError:
        return None


def read_speech(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(READ_BYTES):
            yield piece


class SpeechWriter:
    """Collects sound while it is sent. Nobody finds it before `keep`."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._file = tempfile.SpooledTemporaryFile(max_size=1024 * 1024)  # noqa: SIM115 (closed in close)

    def write(self, piece: bytes) -> None:
        self._file.write(piece)

    def keep(self) -> None:
        """Put the whole sound where the next request finds it. A full disk is not an error."""
        if not settings.SPEECH_CACHE_MAX_BYTES:
            return
        with suppress(OSError):
            folder().mkdir(parents=True, exist_ok=True)
            self._publish()
            tidy_up()

    def close(self) -> None:
        self._file.close()

    def _publish(self) -> None:
        self._file.seek(0)
        handle, name = tempfile.mkstemp(dir=folder())
        with os.fdopen(handle, "wb") as published:
            while piece := self._file.read(READ_BYTES):
                published.write(piece)
        Path(name).replace(folder() / f"{self._key}{SUFFIX}")


def tidy_up() -> None:
    """Remove what was not used for longest, until the folder is small enough."""
    files = [
        (entry.stat().st_mtime, entry.stat().st_size, entry.path) for entry in os.scandir(folder())
    ]
    total = sum(size for _, size, _ in files)
    if total <= settings.SPEECH_CACHE_MAX_BYTES:
        return
    for _, size, path in sorted(files):
        if total <= settings.SPEECH_CACHE_MAX_BYTES * KEPT_SHARE:
            return
        Path(path).unlink(missing_ok=True)
        total -= size
