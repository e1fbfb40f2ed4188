"""Sound in and out: reading what a browser recorded, and writing what a player plays."""

from dataclasses import dataclass


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
