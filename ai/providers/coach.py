"""The built-in interviewer: our own rules (`ai/coach/`). No model, no key, no network."""

from collections.abc import Generator

from ai.coach.bank import load_bank
from ai.coach.language import sentences
from ai.coach.reply import reply_to
from ai.providers.base import TextDelta, TextProvider, TextRequest, TextUsage

BYTES_PER_TOKEN = 4


class CoachText(TextProvider):
    """Answers every message, in at most 40 words (under 400 characters, some 100 tokens).

    The request's `system` and `max_output_tokens` are for models; the coach's rules are its own.
    """

    def warm(self) -> None:
        load_bank()

    def stream(self, request: TextRequest) -> Generator[TextDelta | TextUsage, None, None]:
        reply = reply_to(request.message)
        for number, sentence in enumerate(sentences(reply)):
            yield TextDelta(f" {sentence}" if number else sentence)
        yield TextUsage(count_tokens(request.message), count_tokens(reply))


def count_tokens(text: str) -> int:
    """What text is charged as: a token for every started four bytes of UTF-8."""
    return -(-len(text.encode("utf-8", "replace")) // BYTES_PER_TOKEN)
