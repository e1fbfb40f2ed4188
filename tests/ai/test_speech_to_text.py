"""`POST /api/ai/speech-to-text`."""

import io
import wave

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from ai.errors import ProviderError
from ai.providers.base import Transcript, Word
from tests.ai.stand_ins import StandInTranscription

URL = "/api/ai/speech-to-text?email=ada@example.com"
TRANSCRIPT = Transcript("um hello", (Word("um", 0.0, 0.2), Word("hello", 0.3, 0.8)), "en")


def wav(duration_s: float) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(b"\x00\x00" * int(16_000 * duration_s))
    return out.getvalue()


@pytest.fixture
def script(stand_ins, monkeypatch):
    def write(*steps) -> None:
        monkeypatch.setattr(StandInTranscription, "script", list(steps))

    write(TRANSCRIPT)
    return write


def test_a_recording_as_numbers_is_read_whatever_its_name(frontend, script, balance):
    answer = frontend.post(URL, {"audioData": list(wav(31))}, format="json").json()
    assert set(answer) == {"text", "words", "language", "duration_s", "model", "receipt"}
    assert answer["text"] == "um hello"
    assert answer["words"][0] == {"text": "um", "start_s": 0.0, "end_s": 0.2}
    assert answer["duration_s"] == 31
    assert answer["receipt"]["charged"] == 2
    assert balance() == (298, 0)


@pytest.mark.parametrize("content_type", ["audio/webm", "video/mp4", "application/octet-stream"])
def test_a_raw_recording_is_read(frontend, script, content_type):
    response = frontend.generic("POST", URL, wav(1), content_type=content_type)
    assert response.json()["text"] == "um hello"


def test_a_file_is_read(frontend, script):
    file = SimpleUploadedFile("audio.wav", wav(1), "audio/wav")
    assert frontend.post(URL, {"audio": file}, format="multipart").json()["text"] == "um hello"


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"audioData": None},
        {"audioData": "abc"},
        {"audioData": [256]},
        {"audioData": [-1]},
        {"audioData": [1.5]},
        {"audioData": ["1"]},
        {"audioData": {"0": 1}},
        {"audio": "abc"},
    ],
)
def test_what_is_no_list_of_bytes_is_refused(frontend, script, balance, body):
    assert frontend.post(URL, body, format="json").status_code == 400
    assert balance() == (300, 0)


@pytest.mark.parametrize(
    ("recording", "status", "code"),
    [
        (b"", 400, "empty_audio"),
        (wav(0), 400, "empty_audio"),
        (b"this is no audio", 415, "unreadable_audio"),
        (b"\x1a\x45\xdf\xa3" + b"\x00" * 64, 415, "unreadable_audio"),
        (b"#EXTM3U\nfile:///etc/passwd", 415, "unreadable_audio"),
    ],
)
def test_what_is_no_recording_is_refused_and_free(
    frontend, script, balance, recording, status, code
):
    response = frontend.post(URL, {"audioData": list(recording)}, format="json")
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert balance() == (300, 0)


def test_a_recording_that_is_too_long_is_refused_and_free(frontend, script, balance, settings):
    settings.AUDIO_MAX_DURATION_S = 2
    response = frontend.generic("POST", URL, wav(3), content_type="audio/wav")
    assert (response.status_code, response.json()["code"]) == (413, "audio_too_long")
    assert balance() == (300, 0)


@pytest.mark.parametrize("as_json", [True, False])
def test_a_recording_that_is_too_large_is_not_read(frontend, script, settings, as_json):
    settings.AUDIO_MAX_BYTES = 1_000
    if as_json:
        response = frontend.post(URL, {"audioData": [0] * 4_000}, format="json")
    else:
        response = frontend.generic("POST", URL, b"\x00" * 1_001, content_type="audio/wav")
    assert response.status_code in (400, 413)
    assert response.status_code == 413 or response.json()["errors"][0]["field"] == "audioData"


def test_a_file_that_is_too_large_is_refused(frontend, script, settings):
    settings.AUDIO_MAX_BYTES = 1_000
    file = SimpleUploadedFile("audio.wav", wav(1), "audio/wav")
    assert frontend.post(URL, {"audio": file}, format="multipart").status_code == 413


def test_a_type_that_is_no_audio_is_refused(frontend, script):
    response = frontend.generic("POST", URL, wav(1), content_type="text/html")
    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")


def test_a_failure_of_the_provider_is_not_charged(frontend, script, balance):
    script(ProviderError())
    response = frontend.generic("POST", URL, wav(1), content_type="audio/wav")
    assert response.status_code == 502
    assert balance() == (300, 0)


def test_without_credits_nothing_is_transcribed(frontend, script, penniless):
    response = frontend.generic("POST", URL, wav(1), content_type="audio/wav")
    assert response.status_code == 402


def test_nobody_is_refused(anonymous, owner):
    assert anonymous.generic("POST", URL, wav(1), content_type="audio/wav").status_code == 401


def test_another_person_is_refused(person_client, owner, other_user):
    response = person_client(other_user).post(URL, {"audioData": [1]}, format="json")
    assert response.status_code == 403


def test_a_form_that_is_too_large_is_not_written_to_disk(frontend, script, settings, monkeypatch):
    written: list[int] = []
    monkeypatch.setattr(
        TemporaryFileUploadHandler, "new_file", lambda *args, **kwargs: written.append(1)
    )
    settings.AUDIO_MAX_BYTES = 1_000
    file = SimpleUploadedFile("audio.wav", b"\x00" * 3_000_000, "audio/wav")
    response = frontend.post(URL, {"audio": file}, format="multipart")
    assert (response.status_code, written) == (413, [])
