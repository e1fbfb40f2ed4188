"""Sound that the servers on loopback send."""

import math
from array import array
from functools import cache
from io import BytesIO

SAMPLE_RATE = 24_000


@cache
def tone(duration_s: float = 0.5, sample_rate: int = SAMPLE_RATE) -> bytes:
    """A sine of 440 Hz: mono signed 16-bit little-endian PCM."""
    count = int(duration_s * sample_rate)
    wave = (8_000 * math.sin(2 * math.pi * 440 * at / sample_rate) for at in range(count))
    return array("h", (int(value) for value in wave)).tobytes()


def wav(pcm: bytes, sample_rate: int = SAMPLE_RATE) -> bytes:
    """As a streaming vendor sends it: sizes made up, and a chunk that is not sound."""
    numbers = [
        (16, 4), (1, 2), (1, 2), (sample_rate, 4), (sample_rate * 2, 4), (2, 2), (16, 2),
    ]  # fmt: skip
    fmt = b"".join(value.to_bytes(size, "little") for value, size in numbers)
    info = b"LIST" + (4).to_bytes(4, "little") + b"INFO"
    return b"RIFF\xff\xff\xff\xffWAVEfmt " + fmt + info + b"data\xff\xff\xff\xff" + pcm


@cache
def mp3(duration_s: float = 0.5, sample_rate: int = SAMPLE_RATE) -> bytes:
    """The tone as MP3, with the tags and headers that FFmpeg's own command line writes."""
    import av

    file = BytesIO()
    with av.open(file, "w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", rate=sample_rate, layout="mono")
        pcm = tone(duration_s, sample_rate)
        frame = av.AudioFrame("s16", "mono", len(pcm) // 2)
        frame.planes[0].update(pcm)
        frame.sample_rate = sample_rate
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]
