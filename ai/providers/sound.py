"""Vendors' sound: checked before any of it goes on, and made into whole samples of PCM."""

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from ai.audio import BYTES_PER_SAMPLE
from ai.providers.calls import UnusableAnswerError

# What is looked at before the first byte goes on. A speech sample of this size without a single
# control byte does not happen; text without one does.
HEAD_BYTES = 256
WAV_HEADER_MAX_BYTES = 8_192
COMPRESSED = (b"ID3", b"OggS", b"fLaC", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")
SOUND_TYPES = ("audio/", "application/octet-stream", "binary/octet-stream")


def whole_samples(
    chunks: Iterator[bytes], *, content_type: str, sample_rate: int
) -> Iterator[bytes]:
    """The PCM in `chunks` (mono signed 16-bit little-endian), raw or in a WAV, as it comes.

    Raises `UnusableAnswerError` before the first byte where it is something else, or nothing.
    """
    check_content_type(content_type)
    head, rest = take(chunks, HEAD_BYTES)
    check_is_pcm(head)
    if head.startswith(b"RIFF"):
        more, rest = take(rest, WAV_HEADER_MAX_BYTES, until=lambda got: b"data" in head + got)
        head = strip_wav_header(head + more, sample_rate)
    odd = b""
    empty = True
    for chunk in chain([head], rest):
        samples = odd + chunk
        cut = len(samples) - len(samples) % BYTES_PER_SAMPLE
        odd = samples[cut:]
        if cut:
            empty = False
            yield samples[:cut]
    if empty:
        raise UnusableAnswerError("The sound is empty")


def check_content_type(content_type: str) -> None:
    if content_type and not content_type.lower().startswith(SOUND_TYPES):
        raise UnusableAnswerError("The answer is not labelled as sound")


def take(
    chunks: Iterator[bytes], size: int, until: Callable[[bytes], bool] = lambda got: False
) -> tuple[bytes, Iterator[bytes]]:
    """At least `size` bytes (or what comes up to `until`, or all there is), and what follows."""
    got = b""
    while len(got) < size and not until(got):
        chunk = next(chunks, None)
        if chunk is None:
            break
        got += chunk
    return got, chunks


def check_is_pcm(head: bytes) -> None:
    if not head:
        raise UnusableAnswerError("The sound is empty")
    if is_text(head):
        raise UnusableAnswerError("The sound is text")
    if head.startswith(COMPRESSED):
        raise UnusableAnswerError("The sound is not PCM")


def is_text(head: bytes) -> bool:
    """Whether no byte is a control character other than white space."""
    return not any(byte < 9 or 13 < byte < 32 for byte in head[:HEAD_BYTES])


def strip_wav_header(wav: bytes, sample_rate: int) -> bytes:
    """What follows the header. Raises `UnusableAnswerError` where the sound is of another kind.

    Sizes in the header are not looked at: a streamed WAV's are made up.
    """
    fmt, data = wav.find(b"fmt "), wav.find(b"data")
    if fmt < 0 or data < fmt:
        raise UnusableAnswerError("The WAV has no usable header")
    channels = int.from_bytes(wav[fmt + 10 : fmt + 12], "little")
    rate = int.from_bytes(wav[fmt + 12 : fmt + 16], "little")
    bits = int.from_bytes(wav[fmt + 22 : fmt + 24], "little")
    if (channels, rate, bits) != (1, sample_rate, 16):
        raise UnusableAnswerError(f"The WAV is {channels} x {bits} bit at {rate} Hz")
    return wav[data + 8 :]


def decode_mp3(chunks: Iterator[bytes], *, content_type: str, sample_rate: int) -> Iterator[bytes]:
    """MP3 decoded as it comes, to mono PCM at `sample_rate`.

    Raises `UnusableAnswerError` where it is not MP3; the errors of `chunks` pass through.
    """
    import av

    check_content_type(content_type)
    head, rest = take(chunks, HEAD_BYTES)
    if not head or is_text(head):
        raise UnusableAnswerError("The sound is empty or text")
    resampler = av.AudioResampler("s16", "mono", sample_rate)
    file: Any = ChunkFile(chain([head], rest))
    empty = True
    try:
        with av.open(file, "r", format="mp3", options=LOW_LATENCY) as container:
            for frame in container.decode(audio=0):
                for piece in resampler.resample(frame):
                    empty = False
                    yield bytes(piece.planes[0])[: piece.samples * BYTES_PER_SAMPLE]
    except av.error.InvalidDataError as error:
        raise UnusableAnswerError("The sound is not MP3") from error
    for piece in resampler.resample(None):
        yield bytes(piece.planes[0])[: piece.samples * BYTES_PER_SAMPLE]
    if empty:
        raise UnusableAnswerError("The sound is empty")


# FFmpeg would else read ahead to learn what the first frame already says. (With `nobuffer` as well
# it would lose what it read: measured.)
LOW_LATENCY = {"probesize": "32", "analyzeduration": "0"}


class ChunkFile:
    """A file to read for FFmpeg, made of what a vendor sends; it cannot seek."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._left = b""

    def read(self, size: int) -> bytes:
        """What has come, up to `size` bytes; waits for the first of them."""
        while not self._left:
            chunk: Any = next(self._chunks, None)
            if chunk is None:
                return b""
            self._left = chunk
        got, self._left = self._left[:size], self._left[size:]
        return got
