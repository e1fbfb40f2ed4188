"""What is looked at in an MP4 before FFmpeg is given it (ISO/IEC 14496-12)."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from ai.errors import UnreadableAudioError

# What FFmpeg makes room for before it has read a sample: 24 bytes for each. A phone's AAC has 50 a
# second, PCM one for each moment.
MAX_SAMPLES = 2_000_000
HEADER_BYTES = 8
LARGE_HEADER_BYTES = 16

# The tables that say how many samples there are, wherever they stand, and how far behind its name a
# table has that number. A packed index (`cmov`) could have any table in it.
TABLES = re.compile(rb"stsz|stz2|trun|cmov")
COUNT_AT = {b"stsz": 12, b"stz2": 12, b"trun": 8}


def check_tables(data: bytes) -> None:
    """A few bytes may say that there are millions of samples. Raises `UnreadableAudioError`."""
    samples = 0
    for kind, start, end in boxes(data):
        # Sound may look like a table by chance; an index may send FFmpeg to one hidden in it.
        if kind == b"mdat" and data.find(b"moof", start, min(end, len(data))) < 0:
            continue
        for table in TABLES.finditer(data, start, min(end, len(data))):
            samples += declared_samples(data, table)
    if samples > MAX_SAMPLES:
        raise UnreadableAudioError


def declared_samples(data: bytes, table: re.Match[bytes]) -> int:
    if table[0] == b"cmov":
        return MAX_SAMPLES + 1
    at = table.start() + COUNT_AT[table[0]]
    if data[table.start() - 4 : table.start()] == b"\0\0\0\1":
        at += LARGE_HEADER_BYTES - HEADER_BYTES
    return int.from_bytes(data[at : at + 4], "big")


def boxes(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """The kind of every outer box, where it begins, and where it would end."""
    at = 0
    while at + HEADER_BYTES <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        if size == 1 and at + LARGE_HEADER_BYTES <= len(data):
            (size,) = struct.unpack_from(">Q", data, at + HEADER_BYTES)
        if size < HEADER_BYTES:  # it reaches to the end of the file, or it is no box
            size = len(data) - at
        yield kind, at, at + size
        at += size


def without_cut_index(data: bytes) -> bytes:
    """Without a fragment's index (`moof`) that was cut off, over which FFmpeg gives up."""
    for kind, start, end in boxes(data):
        if kind == b"moof" and end > len(data):
            return data[:start]
    return data
