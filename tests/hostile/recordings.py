"""Recordings that were made to do harm, or were harmed themselves. Each is made when asked for.

Containers are written here by hand: no library writes what is wrong on purpose.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

SOUND = Path(__file__).parents[1] / "ai" / "recordings"
SECOND_OF_SILENCE = bytes(32_000)
MANY = 60_000_000


def sound(name: str) -> bytes:
    return (SOUND / name).read_bytes()


def box(kind: bytes, *parts: bytes) -> bytes:
    """A box of an MP4."""
    body = b"".join(parts)
    return struct.pack(">I4s", len(body) + 8, kind) + body


def versioned(kind: bytes, *parts: bytes) -> bytes:
    return box(kind, bytes(4), *parts)


def numbers(*values: int) -> bytes:
    return struct.pack(f">{len(values)}I", *values)


def mp4(samples: int, *, table: bytes | None = None, more: tuple[bytes, ...] = ()) -> bytes:
    """PCM whose tables speak of so many samples, in a file that has sixty-four bytes of sound."""
    start = box(b"ftyp", b"isom", bytes(4), b"isommp42")
    pcm = struct.pack(">HHHHI", 1, 16, 0, 0, 48_000 << 16)
    entry = box(b"sowt", bytes(6), b"\0\1", bytes(8), pcm)
    tables = box(
        b"stbl",
        versioned(b"stsd", numbers(1), entry),
        versioned(b"stts", numbers(1, samples, 1024)),
        versioned(b"stsc", numbers(1, 1, samples, 1)),
        versioned(b"stsz", numbers(1, samples)) if table is None else table,
        versioned(b"stco", numbers(1, len(start) + 8)),
    )
    source = box(b"dinf", versioned(b"dref", numbers(1), versioned(b"url ")))
    media = box(
        b"mdia",
        versioned(b"mdhd", numbers(0, 0, 48_000, 48_000, 0x55C4_0000)),
        versioned(b"hdlr", bytes(4), b"soun", bytes(13)),
        box(b"minf", versioned(b"smhd", bytes(4)), source, tables),
    )
    track = box(b"trak", versioned(b"tkhd", numbers(0, 0, 1, 0, 48_000), bytes(60)), media)
    movie = box(b"moov", versioned(b"mvhd", numbers(0, 0, 48_000, 48_000), bytes(80)), track, *more)
    return start + box(b"mdat", bytes(64)) + movie


def mp4_with_large_header() -> bytes:
    """The size of the table stands after its name, in eight bytes."""
    table = struct.pack(">I4sQ", 1, b"stsz", 28) + bytes(4) + numbers(1, MANY)
    return mp4(32, table=table)


def mp4_fragment(samples: int) -> bytes:
    defaults = box(b"mvex", versioned(b"trex", numbers(1, 1, 1024, 1, 0)))
    run = versioned(b"trun", numbers(samples))
    track = box(b"traf", versioned(b"tfhd", numbers(1)), run)
    index = box(b"moof", versioned(b"mfhd", numbers(1)), track)
    return mp4(1, more=(defaults,)) + index + box(b"mdat", bytes(64))


def mp4_packed_index() -> bytes:
    whole = mp4(MANY)
    at = whole.index(b"moov") - 4
    packed = box(b"cmvd", numbers(len(whole) - at), zlib.compress(whole[at:]))
    return whole[:at] + box(b"moov", box(b"cmov", box(b"dcom", b"zlib"), packed))


def deep_mp4() -> bytes:
    nested = b"".join(
        struct.pack(">I4s", 8 * (100_000 - depth), b"moov") for depth in range(100_000)
    )
    return box(b"ftyp", b"isom", bytes(4)) + nested


def element(identifier: str, *parts: bytes) -> bytes:
    """An element of a WebM."""
    body = b"".join(parts)
    return bytes.fromhex(identifier) + (1 << 56 | len(body)).to_bytes(8, "big") + body


def webm(*blocks: bytes, codec: bytes = b"A_PCM/INT/LIT", is_packed: bool = False) -> bytes:
    packed = element("6d80", element("6240", element("5034", element("4254", b"\0"))))
    shape = (
        element("b5", struct.pack(">d", 16_000)),
        element("9f", b"\1"),
        element("6264", b"\x10"),
    )
    track = (
        element("d7", b"\1"),
        element("83", b"\2"),
        element("86", codec),
        element("e1", *shape),
        packed if is_packed else b"",
    )
    sound = element("1f43b675", element("e7", b"\0"), *(block_of(data) for data in blocks))
    segment = element("18538067", element("1654ae6b", element("ae", *track)), sound)
    return element("1a45dfa3", element("4282", b"webm")) + segment


def block_of(data: bytes) -> bytes:
    return element("a3", b"\x81\0\0\x80", data)


def packed_silence(megabytes: int) -> bytes:
    return zlib.compress(bytes(megabytes * 1_000_000), 9)


def flac_of_tiny_frames(frames: int) -> bytes:
    """Each of sixteen samples at 32 kHz, all of one value."""
    about = struct.pack(">HH6xQ16x", 16, 16, 32_000 << 44 | 15 << 36)
    header = bytes([0xFF, 0xF8, 0b0110_1000, 0b0000_1000, 0, 15])
    header += bytes([checksum(header, 8, 0x07)])
    body = header + b"\0\0\0"
    frame = body + checksum(body, 16, 0x8005).to_bytes(2, "big")
    return b"fLaC\x80" + len(about).to_bytes(3, "big") + about + frame * frames


def checksum(data: bytes, bits: int, polynomial: int) -> int:
    value, top = 0, 1 << bits - 1
    for byte in data:
        value ^= byte << bits - 8
        for _ in range(8):
            value = (value << 1 ^ polynomial if value & top else value << 1) & (1 << bits) - 1
    return value


def wav(data: bytes = SECOND_OF_SILENCE, *, size: int | None = None, before: bytes = b"") -> bytes:
    """Sixteen bits at 16 kHz; `size` is what the headers say of the length."""
    shape = struct.pack("<HHIIHH", 1, 1, 16_000, 32_000, 2, 16)
    size = len(data) if size is None else size
    chunks = b"WAVE" + before + chunk(b"fmt ", shape) + b"data" + struct.pack("<I", size) + data
    return b"RIFF" + struct.pack("<I", min(size + 36 + len(before), 0xFFFF_FFFF)) + chunks


def chunk(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data


def tag_bomb(megabytes: int) -> bytes:
    """An ID3v2.4 tag whose one frame is packed, as the standard allows."""
    packed = packed_silence(megabytes)
    # The kind of frame is called so: a text of the maker's own.
    frame = b"TXXX" + seven_bits(len(packed) + 4) + b"\0\x09" + seven_bits(megabytes * 10**6)
    return b"ID3\x04\0\0" + seven_bits(len(frame + packed)) + frame + packed


def seven_bits(number: int) -> bytes:
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def ogg_heads(count: int) -> bytes:
    head = b"OpusHead\1\1\0\0\x80\xbb\0\0\0\0\0"
    pages = (struct.pack("<QIII", 0, serial, 0, 0) for serial in range(count))
    return b"".join(b"OggS\0\2" + page + b"\1" + bytes([len(head)]) + head for page in pages)


# By name. What of them can be read is read; whatever they are, they cost little.
RECORDINGS: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "a null byte": lambda: b"\0",
    "null bytes": lambda: bytes(100_000),
    "text": lambda: "Ünïcode, no sound.".encode(),
    "a page": lambda: b"<html><script>alert(1)</script></html>",
    "a playlist": lambda: b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
    "a zip": lambda: b"PK\3\4" + bytes(200),
    "a PDF that is a WAV": lambda: b"%PDF-1.7\n" + wav(),
    "a WAV that is a page": lambda: wav(b"<html><script>alert(1)</script></html>" * 100),
    "a WAV that is a zip": lambda: wav() + b"PK\5\6" + bytes(18),
    "a WAV of other shape": lambda: wav().replace(b"fmt ", b"fmt\0"),
    "a WAV without end": lambda: wav(size=0xFFFF_FFFF),
    "a WAV of odd length": lambda: wav(b"\1" * 31_999),
    "a WAV with a packed tag": lambda: wav(before=chunk(b"ID3 ", tag_bomb(200))),
    "an MP3 with a packed tag": lambda: tag_bomb(200) + sound("lame.mp3"),
    "an MP3 of tags": lambda: b"ID3\x04\0\0\0\0\0\0" * 1_000 + sound("lame.mp3"),
    "an MP3 with half a tag": lambda: b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + sound("lame.mp3"),
    "half a frame of MP3": lambda: b"\xff\xfb\x90",
    "an MP4 of many samples": lambda: mp4(MANY),
    "an MP4 of many samples in a large box": mp4_with_large_header,
    "an MP4 of many samples in a fragment": lambda: mp4_fragment(MANY),
    "an MP4 of many samples behind its sound": lambda: mp4(1) + box(b"mdat", mp4_fragment(MANY)),
    "an MP4 of many samples, packed": mp4_packed_index,
    "an MP4 of many fragments": lambda: mp4_fragment(1) + mp4_fragment(1)[-110:] * 5_000,
    "an MP4 that is deep": deep_mp4,
    "an MP4 of no size": lambda: b"\0\0\0\0ftypisom" + bytes(64),
    "an MP4 of one byte": lambda: b"\0\0\0\1ftyp" + b"\xff" * 8,
    "a WebM of packed silence": lambda: webm(*[packed_silence(9)] * 3, is_packed=True),
    "a WebM of packed nothing": lambda: webm(
        *[packed_silence(9)] * 600, codec=b"A_OPUS", is_packed=True
    ),
    "a WebM of tiny blocks": lambda: webm(*[b"\0\0"] * 500_000),
    "a WebM of an unknown size": lambda: b"\x1a\x45\xdf\xa3\xff" + b"\xff" * 1_000,
    "a WebM of voids": lambda: webm(SECOND_OF_SILENCE)[:40] + b"\xec\x80" * 1_000_000,
    "a FLAC of tiny frames": lambda: flac_of_tiny_frames(700_000),
    "a FLAC of nothing": lambda: b"fLaC" + b"\x80\xff\xff\xff",
    "an Ogg of many streams": lambda: ogg_heads(100_000) + sound("opus.ogg"),
    "an Ogg of nothing": lambda: b"OggS" + b"\xff" * 300,
    **{
        f"{name} cut to {kept}": lambda name=name, kept=kept: sound(name)[:kept]  # type: ignore[misc]
        for name in ("chromium.webm", "chromium.mp4", "aac.mp4", "opus.ogg", "lame.mp3", "pcm.wav")
        for kept in (12, 100, 700, 4_000)
    },
    **{
        f"{name} as if it were another": lambda name=name: b"OggS" + sound(name)[4:]  # type: ignore[misc]
        for name in ("chromium.webm", "chromium.mp4", "lame.mp3", "pcm.wav")
    },
}
