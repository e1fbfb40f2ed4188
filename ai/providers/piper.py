"""The built-in voice: Piper, a small neural speech synthesiser that runs on the CPU.

Piper's licence is the GPL. So it is not imported: its own command line runs as a separate program,
which reads a line of text on standard input and writes PCM to standard output. It ends when its
standard input closes, and that happens however this process ends.

https://github.com/OHF-Voice/piper1-gpl/blob/main/docs/CLI.md
"""

import os
import re
import selectors
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, cast

from django.conf import settings

from ai.errors import ProviderBusyError, ProviderError, ProviderTimeoutError
from ai.providers.base import SpeechProvider, SpeechRequest
from ai.weights import PIPER_JOE, missing_packages, verified_path

VOICE = "en_US-joe-medium"
SAMPLE_RATE_HZ = 22_050
BYTES_PER_SAMPLE = 2
SENTENCE_SILENCE_S = 0.2
# Longer than nearly every sentence, and short enough (0.5 s of work) that callers take turns.
LINE_MAX_CHARACTERS = 240

# Up to a sentence's end where there is one, else up to a space, else as many as may be.
LINE = re.compile(
    rf".{{1,{LINE_MAX_CHARACTERS}}}(?:(?<=[.!?…])\s|$)"
    rf"|.{{1,{LINE_MAX_CHARACTERS}}}(?:\s|$)"
    rf"|.{{1,{LINE_MAX_CHARACTERS}}}"
)

# The arrows. Symbols before them (degrees, numero, trade mark) have names that help.
FIRST_PICTURE = "\u2190"

# Raw output has no mark between one line and the next. With `--debug` Piper logs each line as it
# takes it up, when all sound of the line before has been written. So a second line follows each
# line: a private-use character, which has no sound and which `speakable` removes from any text.
MARK = "\ue000"
MARK_LOGGED = f"DEBUG:piper.voice:text={MARK},".encode()


class PiperSpeech(SpeechProvider):
    """One child process, started on first use, serves all threads in the order they ask."""

    sample_rate = SAMPLE_RATE_HZ
    default_voice = VOICE

    @classmethod
    def missing(cls) -> str:
        return missing_packages(("piper-tts", "piper"), (PIPER_JOE.distribution, PIPER_JOE.module))

    def __init__(self) -> None:
        self._engine: Engine | None = None
        # Its one thread owns the child: a queue that is fair, and no lock.
        self._queue = ThreadPoolExecutor(max_workers=1, thread_name_prefix="piper")

    def warm(self) -> None:
        for _ in self._say(""):
            pass

    def synthesize(self, request: SpeechRequest) -> Generator[bytes, None, None]:
        """Sound comes a sentence at a time; nothing to say yields nothing.

        It is made a line (some sentences) at a time, whether or not it is taken, so a slow
        listener keeps nobody waiting. Raises `ProviderBusyError`, `ProviderTimeoutError`,
        `ProviderError` or `ModelUnavailableError`.
        """
        for line in cut_into_lines(speakable(request.text)):
            yield from self._say(line)

    def close(self) -> None:
        """End the child process. The next call starts another."""
        self._queue.submit(self._stop).result()

    def _say(self, line: str) -> Iterator[bytes]:
        pieces: SimpleQueue[bytes] = SimpleQueue()
        spoken = self._queue.submit(self._speak, line, pieces.put)
        spoken.add_done_callback(lambda _: pieces.put(b""))
        while piece := next_piece(pieces, spoken):
            yield piece
        spoken.result()

    def _speak(self, line: str, give: Callable[[bytes], None]) -> None:
        if self._engine is None or not self._engine.is_running:
            self._stop()
            self._engine = Engine(verified_path(PIPER_JOE) / f"{VOICE}.onnx")
        try:
            for piece in self._engine.speak(line, timeout_s=settings.PIPER_TIMEOUT_S):
                give(piece)
        except (ProviderError, ProviderTimeoutError):
            # Not tried again with the same words, which may be what it died of.
            self._stop()
            raise

    def _stop(self) -> None:
        if self._engine is not None:
            self._engine.close()
            self._engine = None


class Engine:
    """Piper's command line as a child process. Used by one thread at a time."""

    def __init__(self, voice: Path) -> None:
        command = [sys.executable, "-P", "-X", "utf8", "-m", "piper", "--model", str(voice)]
        options = ["--output-raw", "--debug", "--sentence-silence", str(SENTENCE_SILENCE_S)]
        self._process = subprocess.Popen(  # noqa: S603 (no argument comes from outside)
            [*command, *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # Neither our settings (they hold secrets) nor Ctrl-C in our terminal are its business.
            env={"PATH": os.defpath},
            start_new_session=True,
        )
        self._in = cast(IO[bytes], self._process.stdin)
        self._out = cast(IO[bytes], self._process.stdout)
        self._log = cast(IO[bytes], self._process.stderr)
        os.set_blocking(self._out.fileno(), False)

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def speak(self, line: str, *, timeout_s: float) -> Iterator[bytes]:
        """One line as PCM, as it comes, with the pause that follows a sentence.

        A silent line gives nothing. Raises `ProviderTimeoutError`, or `ProviderError` where the
        child ended. The child is not in a known state after either.
        """
        deadline = time.monotonic() + timeout_s
        is_spoken = False
        try:
            self._in.write(f"{line}\n{MARK}\n".encode())
            self._in.flush()
            for pcm in whole_samples(self._read_until_mark(deadline)):
                is_spoken = True
                yield pcm
        except OSError as error:
            raise ProviderError("The speech engine ended unexpectedly.") from error
        if is_spoken:
            yield silence(SENTENCE_SILENCE_S)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._in, self._out, self._log):
            # What a dead child never took cannot be flushed.
            with suppress(BrokenPipeError):
                pipe.close()

    def _read_until_mark(self, deadline: float) -> Iterator[bytes]:
        log = b""
        with selectors.DefaultSelector() as selector:
            for pipe in (self._out, self._log):
                selector.register(pipe, selectors.EVENT_READ)
            while MARK_LOGGED not in log:
                ready = selector.select(max(0.0, deadline - time.monotonic()))
                if not ready:
                    raise ProviderTimeoutError
                for key, _ in ready:
                    if key.fileobj is self._out:
                        yield read_some(key.fd)
                    else:
                        log += read_some(key.fd)
        with suppress(BlockingIOError):
            while True:
                yield read_some(self._out.fileno())


def next_piece(pieces: SimpleQueue[bytes], spoken: Future[None]) -> bytes:
    """The next sound of a line, empty at its end."""
    try:
        return pieces.get(timeout=settings.PIPER_TIMEOUT_S)
    except Empty as error:
        if spoken.cancel():
            raise ProviderBusyError from error
        # It has its turn now, and `Engine.speak` bounds that.
        return pieces.get()


def whole_samples(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes. A pipe may be read in the middle of a sample, which waits for its rest."""
    rest = b""
    for piece in pieces:
        pcm = rest + piece
        end = len(pcm) // BYTES_PER_SAMPLE * BYTES_PER_SAMPLE
        rest = pcm[end:]
        if end:
            yield pcm[:end]


def read_some(fd: int) -> bytes:
    """What a pipe holds. Raises `BrokenPipeError` where its writer has ended."""
    data = os.read(fd, 65_536)
    if not data:
        raise BrokenPipeError
    return data


def silence(seconds: float) -> bytes:
    return bytes(BYTES_PER_SAMPLE * int(seconds * SAMPLE_RATE_HZ))


def speakable(text: str) -> str:
    """The text on one line without what is not for the ear.

    Emoji and other pictures would be read out by name, control characters end the child, and
    brackets would let a text give Piper raw phonemes (`[[...]]`).
    """
    kept = "".join(for_the_ear(character) for character in text)
    return " ".join(kept.replace("[", "(").replace("]", ")").split())


def for_the_ear(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf":
        return ""  # Invisible inside a word: a soft hyphen, a joiner.
    is_picture = category in {"So", "Sk"} and character >= FIRST_PICTURE
    return " " if is_picture or category in {"Cc", "Cn", "Co", "Cs"} else character


def cut_into_lines(text: str) -> list[str]:
    return [line.strip() for line in LINE.findall(text)]
