"""Sound that was made once and is asked for again: interview questions are said over and over.

Files in `DATA_DIR/speech`, named by a hash of all that makes the sound what it is: the service's
own sentences for everybody, what a person has asked to be said in a folder of that person's. So
nobody can tell from a price what others said, and it goes with the person. The oldest go when the
folder outgrows `SPEECH_CACHE_MAX_BYTES`; 0 switches the cache off.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from stat import S_ISREG

from django.conf import settings

READ_BYTES = 16 * 1024
# What is left after tidying up, so that not every new file tidies again.
KEPT_SHARE = 0.9
SUFFIX = ".sound"


def folder() -> Path:
    return Path(settings.DATA_DIR) / "speech"


def folder_of(person_id: int) -> Path:
    return folder() / str(person_id)


def speech_place(key: str, *, person_id: int | None) -> Path:
    """Where the sound of this key is, or would be kept: for everybody where nobody is named."""
    place = folder() if person_id is None else folder_of(person_id)
    return place / f"{key}{SUFFIX}"


def speech_key(*, model: str, voice: str, audio_format: str, text: str) -> str:
    """SHA-256 in hex of what decides how the sound is."""
    return hashlib.sha256(json.dumps([model, voice, audio_format, text]).encode()).hexdigest()


def is_there(place: Path) -> bool:
    """Marks the sound as used now. An empty file is what a lost machine left behind."""
    if not settings.SPEECH_CACHE_MAX_BYTES:
        return False
    try:
        os.utime(place)
        return place.stat().st_size > 0
    except OSError:
        return False


def read_speech(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(READ_BYTES):
            yield piece


class SpeechWriter:
    """Collects sound while it is sent. Nobody finds it before `keep`."""

    def __init__(self, place: Path | None) -> None:
        self._place = place
        self._file = tempfile.SpooledTemporaryFile(max_size=1024 * 1024)  # noqa: SIM115 (closed in close)

    def write(self, piece: bytes) -> None:
        self._file.write(piece)

    def keep(self) -> None:
        """Put the whole sound where the next request finds it. A full disk is not an error."""
        if self._place is None or not settings.SPEECH_CACHE_MAX_BYTES:
            return
        with suppress(OSError):
            self._place.parent.mkdir(parents=True, exist_ok=True)
            self._publish(self._place)
            tidy_up()

    def close(self) -> None:
        self._file.close()

    def _publish(self, place: Path) -> None:
        self._file.seek(0)
        handle, name = tempfile.mkstemp(dir=place.parent)
        with os.fdopen(handle, "wb") as published:
            while piece := self._file.read(READ_BYTES):
                published.write(piece)
        Path(name).replace(place)


def tidy_up() -> None:
    """Remove what was not used for longest, until the folder is small enough."""
    files = [
        (stat.st_mtime, stat.st_size, path)
        for path in folder().rglob("*")
        if S_ISREG((stat := path.stat()).st_mode)
    ]
    total = sum(size for _, size, _ in files)
    if total <= settings.SPEECH_CACHE_MAX_BYTES:
        return
    for _, size, path in sorted(files):
        if total <= settings.SPEECH_CACHE_MAX_BYTES * KEPT_SHARE:
            return
        path.unlink(missing_ok=True)
        total -= size


def forget_person(person_id: int) -> None:
    """Delete what was said for a person."""
    shutil.rmtree(folder_of(person_id), ignore_errors=True)
