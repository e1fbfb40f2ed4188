"""The built-in voice, as a child process that may die at any time."""

import array
import fcntl
import os
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from ai.errors import ProviderBusyError, ProviderError, ProviderTimeoutError
from ai.providers.base import SpeechRequest
from ai.providers.piper import (
    LINE_MAX_CHARACTERS,
    PiperSpeech,
    cut_into_lines,
    speakable,
    whole_samples,
)

QUESTION = "Tell me about a system that you built, and what you would do differently today."


def speak(provider: PiperSpeech, text: str) -> bytes:
    return b"".join(provider.synthesize(SpeechRequest(model="piper", text=text)))


def seconds(pcm: bytes) -> float:
    return len(pcm) / 2 / PiperSpeech.sample_rate


def loudness(pcm: bytes) -> int:
    return max(map(abs, array.array("h", pcm)))


def child_pid(provider: PiperSpeech) -> int:
    """The child's process id, once it has loaded its voice."""
    provider.warm()
    assert provider._engine is not None
    return provider._engine._process.pid


def wait_for_unread_line(provider: PiperSpeech) -> None:
    """Until a line lies in the pipe to the child (which is stopped and does not take it)."""
    assert provider._engine is not None
    deadline = time.monotonic() + 10
    unread = 0
    while not unread and time.monotonic() < deadline:
        answer = fcntl.ioctl(provider._engine._in, termios.FIONREAD, bytes(4))
        (unread,) = struct.unpack("i", answer)
    assert unread


@pytest.fixture
def own_voice():
    """A provider with a child of its own, to do harm to."""
    with closing(PiperSpeech()) as provider:
        yield provider


def test_speaks_whole_samples_of_audible_speech(voice):
    pcm = speak(voice, QUESTION)
    assert len(pcm) % 2 == 0
    assert 3 < seconds(pcm) < 8
    assert loudness(pcm) > 10_000


def test_longer_text_is_longer_speech(voice):
    assert seconds(speak(voice, QUESTION * 2)) > 1.5 * seconds(speak(voice, QUESTION))


@pytest.mark.parametrize(
    "text", ["", " \n\t", "...!?", "—", "😀👍🏽🇫🇷", "❤️‍🔥", "\ue000", "\x00", "\ud800", "[[]]", "♪"]
)
def test_text_without_words_is_silence(voice, text):
    assert speak(voice, text) == b""


def test_odd_text_is_spoken_without_error(voice):
    for text in (
        "a\x00b",
        "one\rtwo\nthree",
        "C++ & <b>30°</b> [[x]] 你好",
        "-m --help",
        "x" * 500,
    ):
        assert seconds(speak(voice, text)) > 0.3


def test_only_what_is_for_the_ear_is_spoken():
    assert speakable("Well\u00addone 👍🏽\nGreat\x00[[job]]!\ue000") == "Welldone Great ((job))!"
    assert speakable("It was 30°, №7 of 9™") == "It was 30°, №7 of 9™"


def test_long_text_is_cut_at_sentences_then_spaces_then_anywhere():
    sentence = "It was late and we had no plan. "
    lines = cut_into_lines(sentence * 40)
    assert all(len(line) <= LINE_MAX_CHARACTERS and line.endswith("plan.") for line in lines)
    assert cut_into_lines("word " * 200)[0].endswith("word")
    assert "".join(cut_into_lines("x" * 1_000)) == "x" * 1_000
    for text in (sentence * 40, "word " * 200, f"Version 3.5 {'y' * 900} end."):
        assert " ".join(cut_into_lines(text)).replace(" ", "") == text.replace(" ", "")


def test_a_long_text_comes_in_pieces(voice):
    with closing(voice.synthesize(SpeechRequest(model="piper", text=QUESTION * 20))) as pieces:
        assert seconds(next(pieces)) < 20


def test_a_sentence_is_heard_while_the_next_one_is_made(own_voice):
    line = f"Thank you. {QUESTION} {QUESTION}"
    assert cut_into_lines(line) == [line]
    child = child_pid(own_voice)
    pieces = own_voice.synthesize(SpeechRequest(model="piper", text=line))
    assert 0.3 < seconds(next(pieces)) < 2
    os.kill(child, signal.SIGKILL)
    with pytest.raises(ProviderError):
        list(pieces)


def test_a_sample_is_never_cut():
    pieces = [b"a", b"bcd", b"e", b"", b"f"]
    assert list(whole_samples(iter(pieces))) == [b"abcd", b"ef"]


def test_closing_the_iterator_leaves_the_voice_usable(voice):
    pieces = voice.synthesize(SpeechRequest(model="piper", text=QUESTION * 20))
    next(pieces)
    pieces.close()
    assert 3 < seconds(speak(voice, QUESTION)) < 8


def test_threads_get_each_their_own_words(voice):
    texts = {"Yes.": (0.2, 2), QUESTION: (3, 8), QUESTION * 3: (9, 24), "🙂": (0, 0)}
    with ThreadPoolExecutor(4) as pool:
        spoken = list(pool.map(lambda text: seconds(speak(voice, text)), texts))
    for length, (shortest, longest) in zip(spoken, texts.values(), strict=True):
        assert shortest <= length <= longest


def test_the_engine_stays_in_a_process_of_its_own(voice):
    environment = Path(f"/proc/{child_pid(voice)}/environ").read_bytes()
    assert "piper" not in sys.modules
    assert b"SECRET_KEY" not in environment


def test_a_voice_that_died_between_calls_is_started_again(own_voice):
    first = child_pid(own_voice)
    os.kill(first, signal.SIGKILL)
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
    assert seconds(speak(own_voice, QUESTION)) > 3
    assert child_pid(own_voice) != first


def test_a_voice_that_dies_while_it_speaks_fails_that_call_alone(own_voice):
    first = child_pid(own_voice)
    os.kill(first, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as pool:
        spoken = pool.submit(speak, own_voice, QUESTION)
        wait_for_unread_line(own_voice)
        os.kill(first, signal.SIGKILL)
        with pytest.raises(ProviderError):
            spoken.result()
    assert seconds(speak(own_voice, QUESTION)) > 3


def test_a_voice_that_hangs_times_out_and_is_replaced(own_voice, settings):
    first = child_pid(own_voice)
    os.kill(first, signal.SIGSTOP)
    settings.PIPER_TIMEOUT_S = 0.2
    with pytest.raises(ProviderTimeoutError):
        speak(own_voice, QUESTION)
    settings.PIPER_TIMEOUT_S = 60
    assert seconds(speak(own_voice, QUESTION)) > 3
    assert child_pid(own_voice) != first


def test_who_waits_too_long_for_a_turn_is_told_that_the_voice_is_busy(own_voice, settings):
    first = child_pid(own_voice)
    os.kill(first, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as pool:
        spoken = pool.submit(speak, own_voice, QUESTION)
        wait_for_unread_line(own_voice)
        settings.PIPER_TIMEOUT_S = 0.2
        with pytest.raises(ProviderBusyError):
            speak(own_voice, "Yes.")
        os.kill(first, signal.SIGCONT)
        assert seconds(spoken.result()) > 3


def test_the_voice_ends_when_our_process_is_killed():
    program = (
        "import django, sys; django.setup()\n"
        "from ai.providers.piper import PiperSpeech\n"
        "voice = PiperSpeech(); voice.warm()\n"
        "print(voice._engine._process.pid, flush=True); sys.stdin.read()\n"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "interview_trainer.settings"}
    with subprocess.Popen(
        [sys.executable, "-c", program],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as parent:
        assert parent.stdout is not None
        voice = os.pidfd_open(int(parent.stdout.readline()))
        try:
            parent.kill()
            ended, _, _ = select.select([voice], [], [], 20)
            assert ended
        finally:
            os.close(voice)
