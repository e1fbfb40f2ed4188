"""Whatever PCM comes in, one valid stream goes out, soon."""

import io
import math
import struct
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import av
import pytest

from ai.audio import ENCODINGS, SpeechEncoder, read_recording

RATES_HZ = [16_000, 22_050, 24_000, 44_100]
KBIT_PER_S = {
    1: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    2: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
}
SAMPLES_PER_FRAME = {1: 1_152, 2: 576}
# LAME hears 1,105 samples ahead, and the last frame is filled up.
MP3_PADDING_FRAMES = 3


def tone(rate: int, seconds: float) -> bytes:
    samples = (
        int(9_000 * math.sin(2 * math.pi * 220 * i / rate)) for i in range(int(rate * seconds))
    )
    return b"".join(struct.pack("<h", sample) for sample in samples)


def encode(pcm: bytes, *, rate: int, audio_format, piece_bytes: int) -> bytes:
    encoder = SpeechEncoder(rate, audio_format)
    pieces = [encoder.feed(pcm[i : i + piece_bytes]) for i in range(0, len(pcm), piece_bytes)]
    return b"".join(pieces) + encoder.finish()


def strict_duration_s(data: bytes) -> float:
    """What a decoder that forgives nothing makes of it."""
    strict = {"err_detect": "crccheck+bitstream+buffer+explode"}
    with av.open(io.BytesIO(data), "r", options=strict) as container:
        frames: list[Any] = list(container.decode(audio=0))
        return float(sum(frame.samples for frame in frames) / frames[0].sample_rate)


def mp3_frames(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Every frame's version, kbit/s and rate; fails on any byte that is not in a frame."""
    at = 0
    while at < len(data):
        sync, bits, _ = struct.unpack_from(">HBB", data, at)
        assert sync & 0xFFE6 == 0xFFE2, f"no frame of layer 3 at byte {at}"
        version = 1 if sync & 0x18 == 0x18 else 2
        kbit_per_s = KBIT_PER_S[version][bits >> 4]
        rate = [44_100, 48_000, 32_000][bits >> 2 & 3] // version
        yield version, kbit_per_s, rate
        at += SAMPLES_PER_FRAME[version] * kbit_per_s * 125 // rate + (bits >> 1 & 1)
    assert at == len(data)


@pytest.mark.parametrize("piece_bytes", [2, 1_000, 88_200, 10**9])
@pytest.mark.parametrize("rate", RATES_HZ)
@pytest.mark.parametrize("audio_format", ENCODINGS)
def test_the_stream_lasts_as_long_as_the_pcm(audio_format, rate, piece_bytes):
    seconds = 0.3 if piece_bytes == 2 else 2.345
    data = encode(
        tone(rate, seconds), rate=rate, audio_format=audio_format, piece_bytes=piece_bytes
    )
    padding_s = MP3_PADDING_FRAMES * 1_152 / rate if audio_format == "mp3" else 0
    assert seconds - 0.001 < strict_duration_s(data) < seconds + padding_s + 0.001
    recording = read_recording(data, max_duration_s=10)
    assert recording.content_type == ENCODINGS[audio_format].content_type


@pytest.mark.parametrize("rate", RATES_HZ)
def test_an_mp3_is_64_kbit_frames_and_nothing_else(rate):
    data = encode(tone(rate, 3), rate=rate, audio_format="mp3", piece_bytes=5_000)
    assert {frame[1:] for frame in mp3_frames(data)} == {(64, rate)}
    for tag in (b"ID3", b"TAG", b"Xing", b"Info"):
        assert tag not in data


@pytest.mark.parametrize(
    ("audio_format", "limit_s"), [("mp3", 0.06), ("opus", 0.15), ("wav", 0.001)]
)
def test_sound_leaves_soon(audio_format, limit_s):
    rate, piece_samples = 22_050, 20
    encoder = SpeechEncoder(rate, audio_format)
    pcm = tone(rate, 1)
    out = b""
    for fed in range(piece_samples, rate, piece_samples):
        out += encoder.feed(pcm[2 * (fed - piece_samples) : 2 * fed])
        if has_sound(out):
            break
    assert fed / rate < limit_s


def has_sound(data: bytes) -> bool:
    """An MP3 frame; an Ogg page after the two of Opus's headers; bytes after a WAV's header."""
    if data.startswith(b"OggS"):
        return data.count(b"OggS") > 2
    return len(data) > 44 if data.startswith(b"RIFF") else len(data) > 0


@pytest.mark.parametrize("audio_format", ENCODINGS)
def test_a_stream_flows_without_gaps(audio_format):
    rate = 22_050
    encoder = SpeechEncoder(rate, audio_format)
    sizes = [len(encoder.feed(tone(rate, 0.2))) for _ in range(10)]
    assert all(size > 0 for size in sizes)
    assert all(later < 3 * earlier for earlier, later in pairwise(sizes[1:]))


@pytest.mark.parametrize("audio_format", ENCODINGS)
def test_no_sound_makes_no_bytes(audio_format):
    encoder = SpeechEncoder(22_050, audio_format)
    assert encoder.feed(b"") + encoder.finish() == b""


def test_a_wav_says_that_its_length_is_not_known():
    data = encode(tone(16_000, 1), rate=16_000, audio_format="wav", piece_bytes=1_000)
    assert data[4:8] == data[40:44] == b"\xff\xff\xff\xff"
    assert data[44:] == tone(16_000, 1)
