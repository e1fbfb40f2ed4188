"""What holds for every vendor's speech, and what each vendor alone is asked."""

from collections.abc import Callable, Iterator

import pytest

from ai.errors import ProviderError, ProviderTimeoutError
from ai.providers.calls import UnusableAnswerError
from ai.providers.sound import decode_mp3, whole_samples
from tests.ai.providers.cases import SPEECH, Case
from tests.ai.providers.conftest import Vendor
from tests.ai.providers.servers.sound import cut, mp3, tone, wav

OPENAI, COMPATIBLE, ELEVENLABS, GOOGLE, UNREAL, UNREAL_FILE, UNREAL_TASK = SPEECH
RAW = [OPENAI, COMPATIBLE, ELEVENLABS]

# The last frame of an MP3 is filled up with silence.
MP3_FRAME_S = 1_152 / 44_100

every_speech = pytest.mark.parametrize("vendor", SPEECH, indirect=True, ids=str)
every_raw = pytest.mark.parametrize("vendor", RAW, indirect=True, ids=str)


@every_speech
class TestEveryVendor:
    def test_yields_whole_samples_of_all_the_sound(self, vendor: Vendor) -> None:
        chunks = list(vendor.items())
        assert all(chunk and len(chunk) % 2 == 0 for chunk in chunks)
        duration_s = len(b"".join(chunks)) / 2 / vendor.provider.sample_rate
        expected_s = 2.0 if vendor.case.provider == "unrealspeech" else 0.5
        assert expected_s <= duration_s < expected_s + MP3_FRAME_S

    def test_speaks_in_the_asked_voice_or_its_own(self, vendor: Vendor) -> None:
        for voice, spoken in (("", vendor.provider.default_voice), ("Zoe-UK", "Zoe-UK")):
            vendor.server.asked.clear()
            vendor.server.polls_left = 1
            list(vendor.items(voice=voice))
            assert any(spoken in asked.path + asked.body.decode() for asked in vendor.server.asked)

    def test_a_body_that_is_not_sound_is_an_error(self, vendor: Vendor) -> None:
        for body in (b'{"error": "quota"}', b"<html>" * 100, b"Service unavailable", b""):
            vendor.server.sound = body
            vendor.server.polls_left = 1
            with pytest.raises(ProviderError):
                next(vendor.items())


@every_raw
class TestRawSound:
    def test_arrives_unchanged(self, vendor: Vendor) -> None:
        assert b"".join(vendor.items()) == tone()

    def test_loses_the_header_of_a_wav(self, vendor: Vendor) -> None:
        vendor.server.sound, vendor.server.sound_type = wav(tone()), "audio/wav"
        assert b"".join(vendor.items()) == tone()

    def test_at_another_rate_is_an_error(self, vendor: Vendor) -> None:
        vendor.server.sound = wav(tone(), 22_050)
        with pytest.raises(ProviderError):
            next(vendor.items())

    def test_that_is_compressed_is_an_error(self, vendor: Vendor) -> None:
        vendor.server.sound = mp3()
        with pytest.raises(ProviderError):
            next(vendor.items())

    def test_labelled_as_something_else_is_an_error(self, vendor: Vendor) -> None:
        vendor.server.sound_type = "application/json"
        with pytest.raises(ProviderError):
            next(vendor.items())

    def test_without_a_label_is_taken(self, vendor: Vendor) -> None:
        vendor.server.sound_type = "application/octet-stream"
        assert b"".join(vendor.items()) == tone()


def test_elevenlabs_speaks_steadily(serve: Callable[..., Vendor]) -> None:
    vendor = serve(ELEVENLABS)
    list(vendor.items(model="eleven_multilingual_v2"))
    settings = vendor.server.asked[-1].json["voice_settings"]
    assert settings == {"stability": 0.95, "similarity_boost": 0.95}
    list(vendor.items(model="eleven_v3"))
    assert "voice_settings" not in vendor.server.asked[-1].json


def test_google_is_asked_in_the_language_of_the_voice(serve: Callable[..., Vendor]) -> None:
    vendor = serve(GOOGLE)
    list(vendor.items())
    assert vendor.server.spoilt_asked[-1].json["voice"] == {
        "name": "en-AU-Neural2-B",
        "languageCode": "en-AU",
    }


@pytest.mark.parametrize(
    "case, paths",
    [
        (UNREAL, ["/stream"]),
        (UNREAL_FILE, ["/speech", "/files/1.mp3"]),
        (
            UNREAL_TASK,
            [
                "/synthesisTasks",
                "/synthesisTasks/task-1",
                "/synthesisTasks/task-1",
                "/files/1.mp3",
            ],
        ),
    ],
    ids=str,
)
def test_unreal_speech_takes_the_way_that_takes_the_text(
    case: Case, paths: list[str], serve: Callable[..., Vendor]
) -> None:
    vendor = serve(case)
    list(vendor.items())
    assert [asked.path for asked in vendor.server.asked] == paths


def test_unreal_speech_s_storage_gets_no_key(serve: Callable[..., Vendor]) -> None:
    vendor = serve(UNREAL_FILE)
    list(vendor.items())
    assert "authorization" in vendor.server.asked[0].headers
    assert "authorization" not in vendor.server.asked[-1].headers


def test_unreal_speech_cannot_send_us_elsewhere(serve: Callable[..., Vendor]) -> None:
    elsewhere = serve(UNREAL).server
    vendor = serve(UNREAL_FILE)
    for url in (f"{elsewhere.url}/files/1.mp3", "file:///etc/passwd", "", None, 5):
        vendor.server.file_url = url
        with pytest.raises(ProviderError):
            next(vendor.items())
    assert elsewhere.asked == []


def test_a_failed_task_is_an_error(serve: Callable[..., Vendor]) -> None:
    vendor = serve(UNREAL_TASK)
    vendor.server.task_status = "failed"
    with pytest.raises(ProviderError):
        next(vendor.items())


@pytest.mark.impatient
def test_a_task_without_end_is_a_time_out(serve: Callable[..., Vendor]) -> None:
    vendor = serve(UNREAL_TASK)
    vendor.server.task_status = "inProgress"
    with pytest.raises(ProviderTimeoutError):
        next(vendor.items())


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100, 255, 256, 257, 100_000])
@pytest.mark.parametrize("make", [bytes, wav], ids=["raw", "wav"])
def test_samples_are_whole_however_they_come(size: int, make: Callable[[bytes], bytes]) -> None:
    chunks = list(
        whole_samples(iter(cut(make(tone(0.05)), size)), content_type="", sample_rate=24_000)
    )
    assert b"".join(chunks) == tone(0.05)
    assert all(len(chunk) % 2 == 0 for chunk in chunks)


def test_half_a_sample_at_the_end_is_left_out() -> None:
    sound = whole_samples(iter([tone(0.05) + b"\x01"]), content_type="", sample_rate=24_000)
    assert b"".join(sound) == tone(0.05)


@pytest.mark.parametrize("rate", [8_000, 22_050, 24_000, 44_100])
def test_mp3_of_any_rate_keeps_its_length(rate: int) -> None:
    sound = decode_mp3(
        iter(cut(mp3(1.0, rate), 333)), content_type="audio/mpeg", sample_rate=24_000
    )
    assert 1.0 <= len(b"".join(sound)) / 48_000 < 1.0 + max(MP3_FRAME_S, 1_152 / rate)


def test_mp3_sounds_before_it_is_all_there() -> None:
    given = 0

    def chunks() -> Iterator[bytes]:
        nonlocal given
        for chunk in cut(mp3(2.0), 200):
            given += len(chunk)
            yield chunk

    assert next(decode_mp3(chunks(), content_type="audio/mpeg", sample_rate=24_000))
    assert given < 2_000


def test_noise_is_not_mp3() -> None:
    noise = bytes(range(256)) * 40
    with pytest.raises(UnusableAnswerError):
        list(decode_mp3(iter([noise]), content_type="audio/mpeg", sample_rate=24_000))
