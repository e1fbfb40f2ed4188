"""The built-in interviewer: our own rules (`ai/coach/`). No model, no key, no network."""

from collections.abc import Generator

from ai.coach.bank import load_bank
from ai.coach.followup import word_follow_up
from ai.coach.language import sentences
from ai.coach.reply import reply_to
from ai.providers.base import TextDelta, TextProvider, TextRequest, TextUsage

BYTES_PER_TOKEN = 4


class CoachText(TextProvider):
    """Answers every message, in at most 40 words (under 400 characters, some 100 tokens).

    Where the request holds a `follow_up`, it is put into words instead, as briefly.

    The request's `system` and `max_output_tokens` are for models; the coach's rules are its own.
    """

    def warm(self) -> None:
        load_bank()

    def stream(self, request: TextRequest) -> Generator[TextDelta | TextUsage, None, None]:
        follow_up = request.follow_up
        reply = word_follow_up(follow_up) if follow_up else reply_to(request.message)
        for number, sentence in enumerate(sentences(reply)):
            yield TextDelta(f" {sentence}" if number else sentence)
        yield TextUsage(count_tokens(request.message), count_tokens(reply))


def count_tokens(text: str) -> int:
    """What text is charged as: a token for every started four bytes of UTF-8."""
    return -(-len(text.encode("utf-8", "replace")) // BYTES_PER_TOKEN)
