"""What was said, and nothing that was not."""

import array
import math
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest

from ai.audio import SAMPLE_RATE, Recording, SpeechEncoder, read_recording
from ai.providers import whisper_window
from ai.providers.base import SpeechRequest, Transcript, TranscriptionRequest
from ai.providers.whisper import FILLERS, WhisperTranscription, is_credible
from ai.providers.whisper_window import (
    MAX_UNHEARD_S,
    is_plausible,
    is_said_twice,
    ways_to_hear,
)

from .test_audio import RECORDINGS

INTERVIEW = (
    "In my last project I was responsible for the payment service of an online shop. One evening"
    " the database began to refuse connections, and orders were failing. I looked at the logs,"
    " found that a new release opened too many connections, and rolled it back. After that I added"
    " a limit and an alarm, so that it never happened again."
)
HESITANT = (
    "Um, so, I was, uh, the lead of the team, you know, and, um, we had to, er, move to the cloud."
)
SENTENCE = "I rolled the release back, and then I wrote a test."


def words(text: str) -> list[str]:
    return re.findall(r"[\w']+", text.lower())


def word_error_rate(said: str, heard: str) -> float:
    """Words added, left out or changed, by words said."""
    reference, hypothesis = words(said), words(heard)
    row = list(range(len(hypothesis) + 1))
    for i, word in enumerate(reference, 1):
        above, row = row, [i]
        for j, other in enumerate(hypothesis, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (word != other)))
    return row[-1] / len(reference)


def recording_of(samples: bytes) -> Recording:
    return Recording(b"", "audio/wav", samples, len(samples) / 2 / SAMPLE_RATE)


def transcribe(provider: WhisperTranscription, recording: Recording, language="") -> Transcript:
    request = TranscriptionRequest(model="whisper", recording=recording, language=language)
    return provider.transcribe(request)


def sound(level: Callable[[int], float], *, duration_s: int = 5) -> Recording:
    samples = (int(level(i)) for i in range(duration_s * SAMPLE_RATE))
    return recording_of(array.array("h", samples).tobytes())


def sine(hz: float, i: int) -> float:
    return math.sin(2 * math.pi * hz * i / SAMPLE_RATE)


def voiceless(name: str) -> Recording:
    chance = random.Random(name)
    levels: dict[str, Callable[[int], float]] = {
        "silence": lambda i: 0,
        "white noise": lambda i: chance.gauss(0, 5_000),
        "faint noise": lambda i: chance.gauss(0, 60),
        "breath": lambda i: chance.gauss(0, 3_000) * abs(sine(0.5, i)),
        "mains hum": lambda i: 6_000 * sine(50, i) + 2_000 * sine(100, i) + 900 * sine(150, i),
        "tone": lambda i: 9_000 * sine(440, i),
        "beeps": lambda i: 9_000 * sine(1_000, i) * (i // 4_000 % 2),
        "clicks": lambda i: 20_000 * (chance.random() < 0.0005),
        "a buzz like a voice": lambda i: sum(4_000 * sine(120 * k, i) / k for k in range(1, 12)),
    }
    return sound(levels[name])


@pytest.fixture(scope="session")
def speak(voice) -> Callable[[str], Recording]:
    """Text as the built-in voice says it, sent as MP3 and read back."""

    def make(text: str) -> Recording:
        encoder = SpeechEncoder(voice.sample_rate, "mp3")
        pieces = voice.synthesize(SpeechRequest(model="piper", text=text))
        mp3 = b"".join(encoder.feed(pcm) for pcm in pieces) + encoder.finish()
        return read_recording(mp3, max_duration_s=120)

    return make


@pytest.fixture(scope="session")
def interview(speak: Callable[[str], Recording]) -> Recording:
    return speak(INTERVIEW)


def test_what_was_spoken_comes_back_as_text(interview, transcriber):
    assert len(INTERVIEW.split()) == 60
    transcript = transcribe(transcriber, interview)
    assert word_error_rate(INTERVIEW, transcript.text) < 0.1
    assert transcript.language == "en"


def test_speech_longer_than_one_window_is_written_down_whole(interview, transcriber):
    twice = recording_of(interview.samples * 2)
    assert twice.duration_s > 30
    transcript = transcribe(transcriber, twice)
    assert word_error_rate(f"{INTERVIEW} {INTERVIEW}", transcript.text) < 0.1
    assert twice.duration_s - 3 < transcript.words[-1].end_s <= twice.duration_s


def test_fillers_are_kept(speak, transcriber):
    heard = words(transcribe(transcriber, speak(HESITANT)).text)
    assert sum(word in {"um", "uh", "er"} for word in heard) >= 3


@pytest.mark.parametrize("path", sorted(RECORDINGS.glob("*.[!m]*")), ids=lambda path: path.name)
def test_every_kind_of_recording_is_understood(transcriber, path):
    recording = read_recording(path.read_bytes(), max_duration_s=60)
    heard = words(transcribe(transcriber, recording).text)
    assert {"rolled", "release", "back", "wrote", "test"} <= set(heard)


def test_words_have_times_in_order(transcriber):
    recording = read_recording((RECORDINGS / "opus.ogg").read_bytes(), max_duration_s=60)
    pause = bytes(2 * 10 * SAMPLE_RATE)
    transcript = transcribe(transcriber, recording_of(pause + recording.samples + pause))
    assert [word for said in transcript.words for word in words(said.text)] == words(
        transcript.text
    )
    times = [time for word in transcript.words for time in (word.start_s, word.end_s)]
    assert times == sorted(times)
    assert 9.5 < times[0] < 11
    assert 12 < times[-1] < 13.5


@pytest.mark.parametrize(
    "name",
    [
        *("silence", "white noise", "faint noise", "breath", "mains hum", "tone", "beeps"),
        *("clicks", "a buzz like a voice"),
    ],
)
def test_nothing_is_invented_where_nobody_speaks(transcriber, name):
    assert transcribe(transcriber, voiceless(name)) == Transcript("", (), "en")


@pytest.mark.parametrize("samples", [1, 2, 160, 1_600])
def test_a_moment_of_sound_is_no_error(transcriber, samples):
    assert transcribe(transcriber, recording_of(b"\x10\x20" * samples)).text == ""


def test_another_language_is_written_down_as_english(transcriber):
    recording = read_recording((RECORDINGS / "opus.ogg").read_bytes(), max_duration_s=60)
    transcript = transcribe(transcriber, recording, language="de")
    assert transcript == transcribe(transcriber, recording, language="en")
    assert transcript.language == "en"


def test_threads_share_the_model_and_get_each_their_own_words(transcriber):
    names = ["opus.ogg", "chromium.webm", "lame.mp3"]
    recordings = [
        read_recording((RECORDINGS / name).read_bytes(), max_duration_s=60) for name in names
    ]
    recordings.append(voiceless("tone"))
    with ThreadPoolExecutor(len(recordings)) as pool:
        together = list(pool.map(lambda recording: transcribe(transcriber, recording), recordings))
    assert together == [transcribe(transcriber, recording) for recording in recordings]


@pytest.mark.parametrize(
    ("text", "log_probability", "compression_ratio", "credible"),
    [
        ("I wrote a test.", -0.3, 1.0, True),
        ("Uh,", -1.2, 0.4, False),
        ("I rolled it back. " * 12, -0.1, 8.2, True),
        ("And I did not know. " * 12, -0.7, 2.9, False),
        (f" {FILLERS}", -0.2, 1.0, False),
        ("Um, so, you know, we shipped it.", -0.2, 1.0, True),
    ],
)
def test_a_guess_a_loop_and_our_own_prompt_are_not_credible(
    text, log_probability, compression_ratio, credible
):
    segment = SimpleNamespace(
        text=text, avg_logprob=log_probability, compression_ratio=compression_ratio
    )
    assert is_credible(segment) is credible


def heard(*words: tuple[float, float], compression_ratio: float = 1.3, offset_s: int = 0):
    """What a window gave: one segment, with when each word begins and ends in the window."""
    said = [
        {"word": f" word{number}", "start": offset_s + start, "end": offset_s + end}
        for number, (start, end) in enumerate(words)
    ]
    return [{"seek": offset_s * 100, "words": said, "compression_ratio": compression_ratio}]


STEADY = [(second, second + 0.4) for second in range(14)]


@pytest.mark.parametrize(
    ("text", "is_twice"),
    [
        ("Which part was that? which part was that", True),
        ("Which part was that?", False),
        ("Which part was that? Which part was this?", False),
        ("No, no.", False),
        ("", False),
    ],
)
def test_speech_that_is_written_down_twice_is_told(text, is_twice):
    assert is_said_twice(text.split()) is is_twice


def test_a_window_that_left_something_out_or_says_all_twice_is_not_trusted():
    assert is_plausible(heard(*STEADY), 15)
    assert is_plausible(heard(*STEADY, offset_s=30), 15)
    assert is_plausible(heard(), MAX_UNHEARD_S)
    assert is_plausible(heard(*STEADY[:5], (5, 6.3), *STEADY[7:]), 15)
    assert not is_plausible(heard(*STEADY[:5]), 15)
    assert not is_plausible(heard(*STEADY[3:]), 15)
    assert not is_plausible(heard(*STEADY[:5], *STEADY[8:]), 15)
    assert not is_plausible(heard(*STEADY[:5], (5, 7.9), *STEADY[8:]), 15)
    assert not is_plausible(heard(), 15)
    assert not is_plausible(heard(*STEADY, compression_ratio=2.4), 15)


@pytest.mark.parametrize(("frames", "windows"), [(1_000, [1_500, 3_000]), (2_980, [3_000])])
def test_speech_is_heard_in_one_window_then_in_a_whole_one_then_in_two_cut_at_a_pause(
    frames, windows
):
    speech = np.ones((1, 80, frames))
    speech[..., 600:640] = 0
    *whole, (first, second) = ways_to_hear(speech)
    assert whole == [[(0, frames, window)] for window in windows]
    if frames == 1_000:
        assert 600 < first[1] < 640
    assert (first[0], second[:2]) == (0, (first[1], frames))
    assert all(window - (end - start) >= 500 for start, end, window in (first, second))


def test_what_is_heard_in_two_windows_is_whole_and_in_time(interview, transcriber, monkeypatch):
    monkeypatch.setattr(whisper_window, "is_plausible", lambda heard, duration_s: False)
    transcript = transcribe(transcriber, interview)
    assert word_error_rate(INTERVIEW, transcript.text) < 0.1
    times = [time for word in transcript.words for time in (word.start_s, word.end_s)]
    assert times == sorted(times)
    assert interview.duration_s - 1.5 < times[-1] <= interview.duration_s


def test_threads_that_wait_for_each_other_leave_the_processor_to_others():
    program = (
        "import django; django.setup()\n"
        "from ai.providers.whisper import WhisperTranscription\n"
        "WhisperTranscription().warm()\n"
    )
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "interview_trainer.settings",
        "OMP_DISPLAY_ENV": "verbose",
    }
    environment.pop("OMP_WAIT_POLICY", None)
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert "GOMP_SPINCOUNT = '0'" in done.stderr
