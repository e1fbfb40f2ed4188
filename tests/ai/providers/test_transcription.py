"""What holds for every vendor's transcription, and what each vendor alone is asked."""

from array import array
from collections.abc import Callable

import pytest

from ai.audio import SAMPLE_RATE
from ai.errors import ProviderError
from ai.providers.base import Transcript, Word
from ai.providers.openai import FILLERS
from ai.providers.vertex import pieces
from tests.ai.providers.cases import TRANSCRIPTION
from tests.ai.providers.conftest import Vendor, recording
from tests.ai.providers.servers.base import Fault

OPENAI, COMPATIBLE, ELEVENLABS, GOOGLE = TRANSCRIPTION
every_transcription = pytest.mark.parametrize("vendor", TRANSCRIPTION, indirect=True, ids=str)


def transcribe(vendor: Vendor, **changes: object) -> Transcript:
    (transcript,) = vendor.items(**changes)
    assert isinstance(transcript, Transcript)
    return transcript


@every_transcription
class TestEveryVendor:
    def test_tells_text_language_and_words_with_their_seconds(self, vendor: Vendor) -> None:
        transcript = transcribe(vendor)
        assert transcript.text == "So, um, I led it."
        assert transcript.language == "en"
        assert [(word.start_s, word.end_s) for word in transcript.words] == [
            (0.0, 0.25),
            (0.5, 0.75),
        ]
        assert [word.text.strip(",") for word in transcript.words] == ["So", "um"]

    def test_the_language_that_was_asked_for_is_told(self, vendor: Vendor) -> None:
        assert transcribe(vendor, language="de").language == "de"
        assert b"de" in vendor.server.spoilt_asked[-1].body

    def test_the_recording_reaches_the_vendor(self, vendor: Vendor) -> None:
        transcribe(vendor)
        body = vendor.server.spoilt_asked[-1].body
        assert recording().data in body or b"AABfBZUKew" in body

    def test_words_without_times_are_an_error(self, vendor: Vendor) -> None:
        for words in (
            vendor.server.transcript.get("words"),
            vendor.server.transcript.get("results", [{"alternatives": [{}]}])[0]
            .get("alternatives", [{}])[0]
            .get("words"),
        ):
            for word in words or []:
                word.update(start=None, startOffset="soon")
        with pytest.raises(ProviderError):
            transcribe(vendor)

    def test_half_an_answer_is_an_error(self, vendor: Vendor) -> None:
        vendor.server.fail(Fault.TRUNCATED_EVENT)
        with pytest.raises(ProviderError):
            transcribe(vendor)

    def test_silence_has_no_words(self, vendor: Vendor) -> None:
        vendor.server.transcript = {
            "text": "",
            "language": "english",
            "language_code": "eng",
            "language_probability": 1.0,
            "words": [],
            "metadata": {"totalBilledDuration": "1s"},
        }
        transcript = transcribe(vendor)
        assert transcript.text == ""
        assert transcript.words == ()


def test_openai_s_newer_models_are_asked_without_word_times(serve: Callable[..., Vendor]) -> None:
    vendor = serve(OPENAI)
    vendor.server.transcript = {"text": "So, um.", "languages": [{"code": "en"}]}
    transcript = transcribe(vendor, model="gpt-transcribe")
    assert transcript == Transcript("So, um.", (), "en")
    body = vendor.server.asked[-1].body
    assert b"verbose_json" not in body
    assert b"timestamp_granularities" not in body


def test_openai_hears_no_words_where_it_repeats_our_prompt(serve: Callable[..., Vendor]) -> None:
    vendor = serve(OPENAI)
    vendor.server.transcript = {**vendor.server.transcript, "text": FILLERS}
    assert transcribe(vendor) == Transcript("", (), "")


def test_elevenlabs_counts_only_words_as_words(serve: Callable[..., Vendor]) -> None:
    vendor = serve(ELEVENLABS)
    assert transcribe(vendor).words == (Word("So,", 0.0, 0.25), Word("um,", 0.5, 0.75))


def test_google_gets_a_long_recording_in_pieces(serve: Callable[..., Vendor]) -> None:
    vendor = serve(GOOGLE)
    transcript = transcribe(vendor, recording=recording(60))
    starts = [word.start_s for word in transcript.words]
    assert len(vendor.server.spoilt_asked) == 2
    assert transcript.text == "So, um, I led it. So, um, I led it."
    assert starts[:2] == [0.0, 0.5]
    assert 45 <= starts[2] <= 55


def test_google_s_region_is_the_settings(serve: Callable[..., Vendor], settings) -> None:
    settings.GOOGLE_SPEECH_LANGUAGE = "en-GB"
    vendor = serve(GOOGLE)
    for language, sent in (("", "en-GB"), ("en", "en-GB"), ("de", "de")):
        transcribe(vendor, language=language)
        assert vendor.server.spoilt_asked[-1].json["config"]["languageCodes"] == [sent]


def test_pieces_join_to_the_recording_and_are_cut_in_the_pause() -> None:
    loud = array("h", [9_000, -9_000] * SAMPLE_RATE)
    pause = array("h", [0] * SAMPLE_RATE)
    samples = (loud * 25 + pause + loud * 20).tobytes()
    cuts = list(pieces(samples))
    assert b"".join(piece for _, piece in cuts) == samples
    assert all(len(piece) <= 55 * SAMPLE_RATE * 2 for _, piece in cuts)
    assert 50 < cuts[1][0] < 51
