"""What every provider looks like: one small base class per capability.

A provider lives in one file per vendor (`ai/providers/<vendor>.py`), is built once per process by
the registry and is shared by threads. Vendor types stop at that file: it takes the frozen
dataclasses below and answers with them. Every vendor error is raised, `from` the original, as one
of `ProviderError`, `ProviderTimeoutError` or `ProviderBusyError` (`ai/errors.py`). Vendors' SDKs
are imported when the provider is built, not at start-up. Credits are none of a provider's
business: `ai/operations.py` is the only code that may get one.
"""

from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from ai.audio import Recording
from ai.coach.followup import FollowUp


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRequest:
    """`model` is the vendor's name. `message` is the whole conversation so far, as one string.

    `temperature` is the provider's own where it is `None`; models that take none ignore it.
    `schema` is a JSON Schema (every object with `required` and `additionalProperties: false`) that
    the answer, which is then one JSON document, keeps to. The built-in coach ignores both.
    `follow_up` is what the built-in coach puts into words instead of answering the message; all
    others ignore it, for them the prompt says the same.
    """

    model: str
    system: str
    message: str
    max_output_tokens: int
    temperature: float | None = None
    schema: Mapping[str, object] | None = None
    follow_up: FollowUp | None = None


@dataclass(frozen=True, slots=True)
class TextDelta:
    """The next piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class TextUsage:
    """Tokens as the provider counted them."""

    input_tokens: int
    output_tokens: int

    @property
    def total_tokens(self) -> int:
        return self.input_tokens + self.output_tokens


@dataclass(frozen=True, slots=True)
class TextResult:
    text: str
    usage: TextUsage | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechRequest:
    """`text` is one chunk, no longer than the model's `max_characters`."""

    model: str
    text: str
    voice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptionRequest:
    """`language` is ISO 639-1, or empty to let the model find out."""

    model: str
    recording: Recording
    language: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """One spoken word. Times are seconds from the start of the recording."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said; `text` is empty where nothing was."""

    text: str
    words: tuple[Word, ...]
    language: str


class Provider:
    """What the three capabilities share."""

    @classmethod
    def missing(cls) -> str:
        """What keeps this provider from running here and how to mend it, or an empty string.

        Cheap: reads settings and looks for installed packages, imports and connects to nothing.
        """
        return ""

    def warm(self) -> None:
        """Load what the first call would load. May take seconds; safe to call twice."""

    def close(self) -> None:
        """Let go of connections and child processes. No call may follow."""


class TextProvider(Provider, ABC):
    @abstractmethod
    def stream(self, request: TextRequest) -> Generator[TextDelta | TextUsage, None, None]:
        """The answer as it comes, then (where the vendor counts) its usage as the last item.

        Closing the iterator stops the vendor's call.
        """

    def generate(self, request: TextRequest) -> TextResult:
        """The whole answer. Raises what `stream` raises."""
        pieces: list[str] = []
        usage: TextUsage | None = None
        for item in self.stream(request):
            if isinstance(item, TextUsage):
                usage = item
            else:
                pieces.append(item.text)
        return TextResult("".join(pieces), usage)


class SpeechProvider(Provider, ABC):
    """`sample_rate` is what `synthesize` yields, in Hz."""

    sample_rate: ClassVar[int]
    default_voice: ClassVar[str] = ""

    @abstractmethod
    def synthesize(self, request: SpeechRequest) -> Generator[bytes, None, None]:
        """The chunk spoken, as it comes: mono signed 16-bit little-endian PCM, whole samples.

        Closing the iterator stops the vendor's call.
        """


class TranscriptionProvider(Provider, ABC):
    @abstractmethod
    def transcribe(self, request: TranscriptionRequest) -> Transcript:
        """What was said in the recording, fillers kept, nothing invented from silence."""
