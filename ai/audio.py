"""Sound in and out: reading what a browser recorded, and writing what a player plays.

PyAV (FFmpeg as a library) does both. It is imported on first use: it takes 0.2 s.
"""

import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from typing import Any, Literal, NoReturn

from ai.errors import AudioTooLongError, EmptyAudioError, UnreadableAudioError
from ai.mp4 import check_tables, without_cut_index

SAMPLE_RATE = 16_000
BYTES_PER_SAMPLE = 2

# What uploads may ask of FFmpeg. Nothing here can open another file or address, and the decoders
# are those that browsers and phones record with.
FORMATS = {
    "audio/webm": "matroska",
    "audio/mp4": "mov",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "audio/flac": "flac",
}
DECODERS = {
    *("opus", "vorbis", "aac", "alac", "flac", "mp3", "mp3float", "pcm_u8", "pcm_s16le"),
    *("pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_s16be", "pcm_alaw", "pcm_mulaw"),
}
MAX_STREAMS = 8
MAX_CHANNELS = 8
SOURCE_RATES_HZ = range(8_000, 192_001)
# After this many packets without sound the rest is given up: about 5 s of a browser's Opus.
MAX_BROKEN_PACKETS = 250
# Decoding may take so much of a processor, and so much more for each second of sound: about eight
# times what a quarter of an hour takes. Packed packets, or millions of tiny ones, take more.
MAX_CPU_S = 2.0
MAX_CPU_PER_S = 0.02
ID3_HEADER_BYTES = 10
TAG = re.compile(rb"ID3(?=[\x02-\x04])")

AudioFormat = Literal["mp3", "opus", "wav"]


@dataclass(frozen=True, slots=True)
class Encoding:
    """How FFmpeg makes one audio format. `sample_rate` in Hz; `None` keeps the speech's own."""

    content_type: str
    muxer: str
    codec: str
    bits_per_s: int
    sample_rate: int | None
    muxer_options: dict[str, str]
    codec_options: dict[str, str]


ENCODINGS: dict[AudioFormat, Encoding] = {
    # Without the header that states a length and without tags, the first frame is the first byte;
    # without the bit reservoir every frame stands alone and leaves 25 ms earlier.
    "mp3": Encoding(
        content_type="audio/mpeg",
        muxer="mp3",
        codec="libmp3lame",
        bits_per_s=64_000,
        sample_rate=None,
        muxer_options={"write_xing": "0", "id3v2_version": "0"},
        codec_options={"reservoir": "0"},
    ),
    "opus": Encoding(
        content_type="audio/ogg",
        muxer="ogg",
        codec="libopus",
        bits_per_s=32_000,
        sample_rate=24_000,
        muxer_options={"page_duration": "60000"},  # Microseconds.
        codec_options={"application": "voip"},
    ),
    "wav": Encoding(
        content_type="audio/wav",
        muxer="wav",
        codec="pcm_s16le",
        bits_per_s=0,
        sample_rate=None,
        muxer_options={"fflags": "bitexact"},
        codec_options={},
    ),
}


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording that was read whole, so that its length is known before anything is paid.

    `data` is the upload as it came; `content_type` is what its bytes are, whatever it was called;
    `samples` is the same sound as mono signed 16-bit little-endian PCM at `SAMPLE_RATE`.
    """

    data: bytes
    content_type: str
    samples: bytes
    duration_s: float


def read_recording(data: bytes, *, max_duration_s: float) -> Recording:
    """Decode an upload: WebM, MP4, Ogg, MP3, WAV or FLAC, told apart by their bytes.

    A recording that was cut off yields what came before the cut. Decoding stops at
    `max_duration_s`, so that a small file cannot unfold into a huge one.

    Raises `EmptyAudioError`, `UnreadableAudioError` or `AudioTooLongError`.
    """
    if not data:
        raise EmptyAudioError
    content_type = sniff_content_type(data)
    max_bytes = int(max_duration_s * SAMPLE_RATE) * BYTES_PER_SAMPLE
    samples = bytearray()
    for piece in decode(data, FORMATS[content_type]):
        samples += piece
        if len(samples) > max_bytes:
            raise AudioTooLongError(f"The recording is longer than {max_duration_s:g} seconds.")
    if not samples:
        raise EmptyAudioError
    duration_s = len(samples) / BYTES_PER_SAMPLE / SAMPLE_RATE
    return Recording(data, content_type, bytes(samples), duration_s)


def sniff_content_type(data: bytes) -> str:
    """What the bytes are, by their first ones. Raises `UnreadableAudioError`."""
    if data.startswith(b"\x1a\x45\xdf\xa3"):
        return "audio/webm"
    if data.startswith(b"OggS"):
        return "audio/ogg"
    if data.startswith(b"fLaC"):
        return "audio/flac"
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "audio/wav"
    if data[4:8] == b"ftyp":
        return "audio/mp4"
    if data.startswith(b"ID3") or is_mp3_frame(data):
        return "audio/mpeg"
    raise UnreadableAudioError


def is_mp3_frame(data: bytes) -> bool:
    """Eleven set bits, then a layer that is not 0 (which would be AAC)."""
    return len(data) > 1 and data[0] == 0xFF and data[1] >= 0xE0 and bool(data[1] & 0b110)


def decode(data: bytes, demuxer: str) -> Iterator[bytes]:
    """The sound of the first audio stream as mono 16-bit PCM at `SAMPLE_RATE`, piece by piece.

    Raises `UnreadableAudioError`.
    """
    import av

    upload = Upload(made_safe(data, demuxer))
    try:
        with open_upload(upload, demuxer) as container:
            check_streams(container)
            yield from resample(decode_frames(container, upload))
    # PyAV answers some of what it cannot make sense of with errors of its own.
    except (av.error.FFmpegError, ValueError, OverflowError) as error:
        raise UnreadableAudioError from error


class Upload(BytesIO):
    """What FFmpeg reads from, until it has worked too long for the sound that came of it.

    `sound_s` is that sound. Raises `UnreadableAudioError`, once: FFmpeg asks again.
    """

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.sound_s = 0.0
        self._started = time.thread_time()
        self._is_given_up = False

    def read(self, size: int | None = -1, /) -> bytes:
        if self._is_given_up:
            return b""
        worked_s = time.thread_time() - self._started
        if worked_s > MAX_CPU_S + MAX_CPU_PER_S * self.sound_s:
            self._is_given_up = True
            raise UnreadableAudioError
        return super().read(size)


def open_upload(upload: Upload, demuxer: str) -> Any:
    import av

    return av.open(
        upload,
        format=demuxer,
        # While opening a file FFmpeg decodes some of it to find out what it is.
        options={"codec_whitelist": ",".join(DECODERS), "max_streams": str(MAX_STREAMS)},
        metadata_errors="ignore",
        io_open=refuse_to_open,
    )


def refuse_to_open(url: str, flags: int, options: dict[str, str]) -> NoReturn:
    """FFmpeg asks this when a file names another one."""
    raise PermissionError("A recording may not open another file.")


def made_safe(data: bytes, demuxer: str) -> bytes:
    """Without what FFmpeg would unfold or stumble over while it opens the file."""
    if demuxer == "mov":
        check_tables(data)
        return without_cut_index(data)
    if demuxer == "wav":
        return TAG.sub(b"\0\0\0", data)
    return without_tags(data) if demuxer == "mp3" else data


def without_tags(data: bytes) -> bytes:
    """Without ID3v2, whose frames may be packed: a small one can unfold into any size."""
    while data.startswith(b"ID3") and len(data) > ID3_HEADER_BYTES:
        size = 0
        for seven_bits in data[6:ID3_HEADER_BYTES]:
            size = size << 7 | seven_bits & 0x7F
        data = data[ID3_HEADER_BYTES + size :]
    return data


def check_streams(container: Any) -> None:
    """The decoder that would run must be a listed one. A damaged header may name none at all."""
    audio = container.streams.audio
    decoder = audio[0].codec_context if audio else None
    if decoder is None or decoder.name not in DECODERS:
        raise UnreadableAudioError


def decode_frames(container: Any, upload: Upload) -> Iterator[Any]:
    """Every frame that can be decoded; what is damaged is left out."""
    broken = 0
    for packet in readable_packets(container):
        frames = decode_packet(packet)
        yield from frames
        upload.sound_s += sum(frame.samples / frame.sample_rate for frame in frames)
        broken += not frames
        if broken > MAX_BROKEN_PACKETS:
            return


def readable_packets(container: Any) -> Iterator[Any]:
    """The packets up to where the file is cut off or can no longer be followed."""
    import av

    try:
        yield from container.demux(container.streams.audio[0])
    except av.error.FFmpegError:
        return


def decode_packet(packet: Any) -> list[Any]:
    import av

    try:
        frames: list[Any] = packet.decode()
    except av.error.FFmpegError:
        return []
    return frames


def resample(frames: Iterable[Any]) -> Iterator[bytes]:
    """A damaged or joined file may change its rate or channels midway: each gets a resampler."""
    import av

    resampler: Any = None
    source = None
    for frame in frames:
        check_frame(frame)
        shape = (frame.format.name, frame.layout.name, frame.sample_rate)
        if shape != source:
            yield from pcm_of(resampler.resample(None) if resampler else [])
            resampler, source = av.AudioResampler("s16", "mono", SAMPLE_RATE), shape
        # Timestamps are the file's word only, and a damaged file's may go backwards.
        frame.pts = None
        yield from pcm_of(resampler.resample(frame))
    if resampler:
        yield from pcm_of(resampler.resample(None))


def check_frame(frame: Any) -> None:
    if frame.sample_rate not in SOURCE_RATES_HZ or frame.layout.nb_channels > MAX_CHANNELS:
        raise UnreadableAudioError


def pcm_of(frames: Iterable[Any]) -> Iterator[bytes]:
    for frame in frames:
        # A plane may be longer than its samples.
        yield bytes(frame.planes[0])[: frame.samples * BYTES_PER_SAMPLE]


class SpeechEncoder:
    """Makes one valid stream of however many pieces of PCM it is fed.

    MP3 is constant 64 kbit/s mono (the first bytes come after 54 ms of sound at 22,050 Hz); `opus`
    is in Ogg; a WAV's header says that its length is not known. One encoder belongs to one
    response: it is not for two threads at once.
    """

    def __init__(self, sample_rate: int, audio_format: AudioFormat) -> None:
        """`sample_rate` in Hz is that of the PCM to come."""
        import av

        encoding = ENCODINGS[audio_format]
        self._sample_rate = sample_rate
        self._samples_fed = 0
        self._out = Outbox()
        self._container = av.open(
            self._out,
            "w",
            format=encoding.muxer,
            options={"flush_packets": "1", **encoding.muxer_options},
        )
        stream: Any = self._container.add_stream(
            encoding.codec,
            rate=encoding.sample_rate or sample_rate,
            layout="mono",
            options=encoding.codec_options,
        )
        stream.bit_rate = encoding.bits_per_s
        self._stream = stream

    def feed(self, pcm: bytes) -> bytes:
        """Whole samples of mono signed 16-bit little-endian PCM in; what is ready comes out."""
        if pcm:
            self._container.mux(self._stream.encode(self._frame(pcm)))
        return self._out.take()

    def finish(self) -> bytes:
        """The rest of the stream. Nothing may be fed after it."""
        if self._samples_fed:
            self._container.mux(self._stream.encode(None))
        self._container.close()
        return self._out.take()

    def _frame(self, pcm: bytes) -> Any:
        import av

        frame = av.AudioFrame("s16", "mono", len(pcm) // BYTES_PER_SAMPLE)
        frame.planes[0].update(pcm)
        frame.sample_rate = self._sample_rate
        frame.time_base = Fraction(1, self._sample_rate)
        frame.pts = self._samples_fed
        self._samples_fed += frame.samples
        return frame


class Outbox:
    """A file for FFmpeg to write to, which cannot seek; `take` empties it."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: bytes) -> int:
        self._written += data
        return len(data)

    def take(self) -> bytes:
        taken = bytes(self._written)
        self._written.clear()
        return taken
