"""Sound that was made once is not made again."""

import os
from collections.abc import Generator

import pytest

from ai.models import ModelOverride
from ai.speech_cache import folder, folder_of
from tests.ai.stand_ins import PCM, StandInSpeech
from users.services.people import change_settings, erase_user

URL = "/api/ai/generate-audio?email=ada@example.com"


@pytest.fixture
def said(stand_ins, settings, tmp_path, monkeypatch) -> list[str]:
    """What the stand-in was asked to say, with the cache on and empty."""
    settings.SPEECH_CACHE_MAX_BYTES = 1_000_000
    settings.DATA_DIR = tmp_path
    asked: list[str] = []

    def say(text: str) -> Generator[bytes, None, None]:
        asked.append(text)
        yield PCM

    monkeypatch.setattr(StandInSpeech, "say", staticmethod(say))
    return asked


def speak(client, text="Hello.", query=""):
    return client.post(URL + query, {"message": text}, format="json")


def test_the_same_text_is_said_once_and_is_free_again(frontend, said, balance):
    first = b"".join(speak(frontend))
    again = speak(frontend)
    assert b"".join(again) == first
    assert said == ["Hello."]
    assert again.headers["X-Credits-Charged"] == "0"
    assert balance() == (299, 0)


def test_what_one_person_had_said_is_made_anew_for_another(frontend, said, owner, other_user):
    """Or its price would tell what others said."""
    change_settings(user=other_user, tts_model="stand-in-speech")
    b"".join(speak(frontend))
    url = URL.replace(owner.email, other_user.email)
    response = frontend.post(url, {"message": "Hello."}, format="json")
    b"".join(response)
    assert said == ["Hello.", "Hello."]
    assert response.headers["X-Credits-Charged"] == "1"


def test_what_was_said_goes_with_the_person(
    frontend, said, owner, django_capture_on_commit_callbacks
):
    b"".join(speak(frontend))
    assert len(list(folder_of(owner.pk).iterdir())) == 1
    with django_capture_on_commit_callbacks(execute=True):
        erase_user(user=owner)
    assert not folder_of(owner.pk).exists()


def test_staff_may_set_a_price_for_the_cache(frontend, said, balance):
    ModelOverride.objects.filter(name="stand-in-speech").update(cached_credits_per_unit=2)
    b"".join(speak(frontend))
    again = speak(frontend)
    b"".join(again)
    assert again.headers["X-Credits-Charged"] == "2"
    assert balance() == (297, 0)


@pytest.mark.parametrize(("text", "query"), [("Hello!", ""), ("Hello.", "&format=wav")])
def test_another_text_or_format_is_made(frontend, said, text, query):
    b"".join(speak(frontend))
    b"".join(speak(frontend, text, query))
    assert len(said) == 2


def test_sound_that_was_broken_off_is_not_kept(frontend, said, hang_up):
    response = speak(frontend)
    next(iter(response))
    hang_up(response)
    b"".join(speak(frontend))
    assert len(said) == 2


def test_what_was_not_used_for_longest_goes_first(frontend, said, settings):
    for text in ("One.", "Two.", "Three."):
        b"".join(speak(frontend, text))
    files = sorted(folder().rglob("*.sound"), key=lambda path: path.stat().st_mtime_ns)
    for age, path in enumerate(reversed(files)):
        os.utime(path, (10_000 - age, 10_000 - age))
    settings.SPEECH_CACHE_MAX_BYTES = sum(path.stat().st_size for path in files)
    b"".join(speak(frontend, "Four."))
    assert not files[0].exists()
    assert files[2].exists()


def test_a_full_disk_does_not_break_the_answer(frontend, said, settings, tmp_path):
    settings.DATA_DIR = tmp_path / "a-file"
    settings.DATA_DIR.write_text("in the way")
    assert b"".join(speak(frontend))


def test_an_empty_file_is_no_sound(frontend, said):
    sound = b"".join(speak(frontend))
    (cached,) = folder().rglob("*.sound")
    cached.write_bytes(b"")
    assert b"".join(speak(frontend)) == sound
    assert said == ["Hello.", "Hello."]
