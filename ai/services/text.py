"""Answering a message as the interviewer, whole or as it comes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import partial

from django.conf import settings

from ai.catalogue import Resolution
from ai.errors import ProviderError
from ai.offers import CatalogueModel
from ai.operations import Operation, PaidStream, Receipt, paid_operation
from ai.pipeline import IsGone, Make, Seconds, beside, refuse_the_gone
from ai.providers.base import TextDelta, TextProvider, TextRequest, TextResult, TextUsage
from ai.quotes import Quote, count_tokens, quote_text
from ai.stopping import in_beats
from users.models import User
from users.services.ledger import SERVICE, Author

logger = logging.getLogger(__name__)

# A count that is this many times the most that was expected is the provider's mistake.
ABSURD_USAGE = 10


@dataclass(frozen=True, slots=True)
class Answer:
    text: str
    resolution: Resolution
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the interviewer is told and asked."""

    system: str
    message: str

    def quote(self, *, model: str) -> Quote:
        return quote_text(model=model, system=self.system, message=self.message)

    def request(self, model: CatalogueModel) -> TextRequest:
        return TextRequest(
            model=model.name_at_vendor,
            system=self.system,
            message=self.message,
            max_output_tokens=settings.TEXT_MAX_OUTPUT_TOKENS,
        )


def answer_message(
    *,
    user: User,
    message: str,
    operation_key: str | None = None,
    author: Author = SERVICE,
) -> Answer:
    """The interviewer's answer to the conversation so far.

    Raises `InsufficientCreditsError`, `ModelUnavailableError` or a `ProviderError`; none charges.
    """
    prompt = Prompt(settings.SYSTEM_PROMPT, message)

    def ask(provider: TextProvider, model: CatalogueModel) -> Generator[TextResult, None, None]:
        result = provider.generate(prompt.request(model))
        if not result.text.strip():
            raise ProviderError("The model answered nothing.")
        yield result

    quote = prompt.quote(model=user.settings.llm_model)
    with paid_operation(quote, user=user, operation_key=operation_key, author=author) as operation:
        (result,) = operation.serve(ask)
        operation.deliver(used_tokens(operation, result.usage, prompt, result.text))
    return Answer(well_formed(result.text), operation.resolution, operation.receipt)


def well_formed(text: str) -> str:
    """The text with surrogate pairs joined, and halves that a model was cut off in replaced.

    Such a half cannot be sent as UTF-8, and the answer is paid for.
    """
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def do_nothing() -> None:
    pass


class AnswerStream(PaidStream[TextDelta | TextUsage | None]):
    """The answer as it comes, and its usage where the provider counts.

    The vendor is read in the thread that takes the items, and `on_silence` called there in its
    silence. With `beat_s` it is read in a thread of its own, and items are None at silent beats.

    A client that leaves, and a provider that breaks off, end it early: what was delivered until
    then is charged, with the whole prompt.
    """

    def __init__(
        self,
        *,
        user: User,
        message: str,
        is_gone: IsGone,
        operation_key: str | None = None,
        author: Author = SERVICE,
        beat_s: Seconds | None = None,
        on_silence: Callable[[], None] = do_nothing,
    ) -> None:
        self._beat_s = beat_s
        self._on_silence = on_silence
        self._prompt = Prompt(settings.SYSTEM_PROMPT, message)
        self._is_gone = is_gone
        self._said: list[str] = []
        self._handed_over = ""
        quote = self._prompt.quote(model=user.settings.llm_model)
        super().__init__(
            paid_operation(quote, user=user, operation_key=operation_key, author=author)
        )

    def pieces(self, operation: Operation) -> Generator[TextDelta | TextUsage | None, None, None]:
        usage: TextUsage | None = None
        try:
            for item in operation.serve(self._ask):
                usage = item if isinstance(item, TextUsage) else usage
                self._handed_over = item.text if isinstance(item, TextDelta) else ""
                yield item
                self.confirm()
        finally:
            if self._said:
                text = "".join(self._said)
                operation.deliver(used_tokens(operation, usage, self._prompt, text))

    def confirm(self) -> None:
        """Note that the last item is in the client's hands. Asking for the next one says so too."""
        if self._handed_over:
            self._said.append(self._handed_over)
            self._handed_over = ""

    def _ask(
        self, provider: TextProvider, model: CatalogueModel
    ) -> Generator[TextDelta | TextUsage | None, None, None]:
        is_begun = False
        for item in self._made(partial(provider.stream, self._prompt.request(model))):
            is_begun = is_begun or isinstance(item, TextDelta)
            if is_begun:
                yield item

    def _made(
        self, make: Make[TextDelta | TextUsage]
    ) -> Generator[TextDelta | TextUsage | None, None, None]:
        if self._beat_s is not None:
            yield from beside(make, self._is_gone, beat_s=self._beat_s)
            return
        for item in in_beats(make(), self._beat):
            refuse_the_gone(self._is_gone)
            yield item

    def _beat(self) -> None:
        refuse_the_gone(self._is_gone)
        self._on_silence()


def used_tokens(operation: Operation, usage: TextUsage | None, prompt: Prompt, text: str) -> int:
    """What the provider counted; our own count where it counted nothing or nonsense."""
    ours = count_tokens(prompt.system + prompt.message) + count_tokens(text)
    if usage is None:
        return ours
    counts = (usage.input_tokens, usage.output_tokens)
    if min(counts) < 0 or not 0 < sum(counts) <= operation.quote.units * ABSURD_USAGE:
        logger.warning(
            "absurd_usage", extra={"model": operation.model.name, "usage": counts, "ours": ours}
        )
        return ours
    return usage.total_tokens
