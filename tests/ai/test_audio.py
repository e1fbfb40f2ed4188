"""Reading what browsers record, and nothing else."""

import io
import struct
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ai.audio import SAMPLE_RATE, SpeechEncoder, read_recording
from ai.errors import AudioTooLongError, EmptyAudioError, UnreadableAudioError
from interview_trainer.errors import AppError

RECORDINGS = Path(__file__).parent / "recordings"
LIMIT_S = 60.0
CONTENT_TYPES = {
    "chromium.webm": "audio/webm",
    "chromium.mp4": "audio/mp4",
    "aac.mp4": "audio/mp4",
    "aac-fragmented.mp4": "audio/mp4",
    "opus.ogg": "audio/ogg",
    "lame.mp3": "audio/mpeg",
    "speech.flac": "audio/flac",
    "pcm.wav": "audio/wav",
}
DURATIONS_S = {"chromium.webm": 3.6, "chromium.mp4": 3.52}
# An MP4 that is not in fragments has its index at the end.
READABLE_WHEN_CUT = sorted(set(CONTENT_TYPES) - {"aac.mp4"})


def recording_bytes(name: str) -> bytes:
    return (RECORDINGS / name).read_bytes()


def wav(*, rate: int = SAMPLE_RATE, channels: int = 1, data: bytes = bytes(32_000)) -> bytes:
    layout = struct.pack("<HHIIHH", 1, channels, rate, 2 * rate * channels, 2 * channels, 16)
    parts = (b"fmt ", struct.pack("<I", 16), layout, b"data", struct.pack("<I", len(data)), data)
    body = b"WAVE" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def silence(muxer: str, codec: str, *, seconds: int) -> bytes:
    """Silence as FFmpeg writes it."""
    file = io.BytesIO()
    with av.open(file, "w", format=muxer) as container:
        stream: Any = container.add_stream(codec, rate=48_000, layout="mono")
        for _ in range(seconds):
            frame = av.AudioFrame("s16", "mono", 48_000)
            frame.planes[0].update(bytes(96_000))
            frame.sample_rate = 48_000
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def a_video() -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="matroska") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 16
        container.mux(stream.encode(av.VideoFrame(16, 16, "yuv420p")))
        container.mux(stream.encode(None))
    return file.getvalue()


@pytest.mark.parametrize("name", CONTENT_TYPES)
def test_reads_every_kind_of_recording_by_its_bytes(name):
    recording = read_recording(recording_bytes(name), max_duration_s=LIMIT_S)
    assert recording.content_type == CONTENT_TYPES[name]
    assert recording.data == recording_bytes(name)
    assert recording.duration_s == pytest.approx(DURATIONS_S.get(name, 3.23), abs=0.05)
    assert len(recording.samples) == round(recording.duration_s * SAMPLE_RATE) * 2
    assert max(recording.samples[1::2]) > 0


@pytest.mark.parametrize("name", READABLE_WHEN_CUT)
@pytest.mark.parametrize("kept_percent", [50, 60, 70, 80, 99])
def test_a_recording_that_was_cut_off_yields_what_came_before(name, kept_percent):
    data = recording_bytes(name)
    whole = read_recording(data, max_duration_s=LIMIT_S)
    cut = read_recording(data[: len(data) * kept_percent // 100], max_duration_s=LIMIT_S)
    # An Ogg file is cut in pages of a second.
    assert kept_percent / 100 - 0.35 < cut.duration_s / whole.duration_s < kept_percent / 100 + 0.1


def test_an_mp4_without_its_index_cannot_be_read():
    data = recording_bytes("aac.mp4")
    with pytest.raises(UnreadableAudioError):
        read_recording(data[: len(data) * 6 // 10], max_duration_s=LIMIT_S)


@pytest.mark.parametrize(
    "data",
    [b"", recording_bytes("chromium.webm")[:200], wav(data=b"")],
    ids=["no bytes", "a header alone", "no samples"],
)
def test_a_recording_without_sound_is_empty(data):
    with pytest.raises(EmptyAudioError):
        read_recording(data, max_duration_s=LIMIT_S)


@pytest.mark.parametrize(
    "data",
    [
        b"\0",
        b"<html><body>Hello</body></html>",
        b'{"audioData": []}',
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n",
        b"ffconcat version 1.0\nfile /etc/hostname\n",
        b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nm=audio 5004 RTP/AVP 0\r\n",
        b"1\n00:00:00,000 --> 00:00:01,000\nHello\n",
        b"\x89PNG\r\n\x1a\n" + bytes(64),
        b"RIFF\x24\0\0\0AVI LIST" + bytes(64),
        b"\x1a\x45\xdf\xa3" + bytes(64),
        b"\0\0\0\x18ftypavif" + bytes(64),
        b"ID3" + bytes(64),
        b"\xff\xf1" + bytes(64),
        a_video(),
    ],
)
def test_what_is_not_a_recording_is_refused(data):
    with pytest.raises(UnreadableAudioError):
        read_recording(data, max_duration_s=LIMIT_S)


def test_a_codec_that_no_browser_records_with_is_refused():
    with pytest.raises(UnreadableAudioError):
        read_recording(silence("matroska", "ac3", seconds=1), max_duration_s=LIMIT_S)


@pytest.mark.parametrize(
    "shape",
    [{"rate": 1}, {"rate": 7_999}, {"rate": 400_000}, {"channels": 9}, {"channels": 64}],
)
def test_rates_and_channels_that_no_microphone_has_are_refused(shape):
    with pytest.raises(UnreadableAudioError):
        read_recording(wav(**shape), max_duration_s=LIMIT_S)


def test_the_limit_is_on_what_was_decoded():
    data = wav(data=bytes(2 * SAMPLE_RATE))
    assert read_recording(data, max_duration_s=1).duration_s == 1
    with pytest.raises(AudioTooLongError, match="longer than 0.9 seconds"):
        read_recording(data, max_duration_s=0.9)


def test_decoding_stops_at_the_limit():
    data = silence("flac", "flac", seconds=600)

    def cost_s(max_duration_s: float) -> float:
        start = time.thread_time()
        with pytest.raises(AudioTooLongError):
            read_recording(data, max_duration_s=max_duration_s)
        return time.thread_time() - start

    cost_s(1)
    assert cost_s(1) < cost_s(599) / 10


def test_a_rate_that_changes_midway_is_followed():
    fast = SpeechEncoder(44_100, "mp3")
    joined = recording_bytes("opus.ogg") + silence("ogg", "libopus", seconds=1)
    assert read_recording(joined, max_duration_s=LIMIT_S).duration_s == pytest.approx(4.23, abs=0.1)
    slow = SpeechEncoder(16_000, "mp3")
    joined = b"".join(
        (
            fast.feed(bytes(88_200)),
            fast.finish(),
            slow.feed(bytes(32_000)),
            slow.finish(),
        )
    )
    assert read_recording(joined, max_duration_s=LIMIT_S).duration_s == pytest.approx(2, abs=0.3)


def test_threads_read_at_once():
    names = list(CONTENT_TYPES) * 2

    def read(name: str) -> bytes:
        return read_recording(recording_bytes(name), max_duration_s=LIMIT_S).samples

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(read, names))
    assert together == [read(name) for name in names]


def read_or_refuse(data: bytes) -> None:
    try:
        recording = read_recording(data, max_duration_s=10)
    except AppError as error:
        assert error.status < 500
    else:
        assert 0 < recording.duration_s <= 10


BOUNDED = settings(max_examples=150, derandomize=True, deadline=None)
# Headers are short, and damage to them does most.
PLACES = st.one_of(st.integers(0, 600), st.integers(0, 9_000))
MAGIC = [b"", b"\x1a\x45\xdf\xa3", b"OggS\0\2", b"fLaC", b"RIFF\0\0\0\0WAVE", b"ID3", b"\xff\xfb"]


@BOUNDED
@given(
    name=st.sampled_from(sorted(CONTENT_TYPES)),
    changes=st.lists(st.tuples(PLACES, st.integers(0, 255)), max_size=40),
    kept_bytes=st.one_of(st.none(), PLACES),
)
def test_a_damaged_recording_is_read_or_refused(name, changes, kept_bytes):
    data = bytearray(recording_bytes(name))
    for at, value in changes:
        data[at] = value
    read_or_refuse(bytes(data[:kept_bytes]))


@BOUNDED
@given(magic=st.sampled_from(MAGIC), rest=st.binary(max_size=500))
def test_random_bytes_are_read_or_refused(magic, rest):
    read_or_refuse(magic + rest)
