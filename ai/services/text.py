"""Answering a message as the interviewer."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from ai.catalogue import Resolution
from ai.errors import ProviderError
from ai.operations import Receipt, paid_operation
from ai.providers.base import TextRequest, TextResult
from ai.quotes import count_tokens, quote_text
from users.models import User
from users.services.ledger import SERVICE, Author


@dataclass(frozen=True, slots=True)
class Answer:
    text: str
    resolution: Resolution
    receipt: Receipt


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
    system = settings.SYSTEM_PROMPT
    quote = quote_text(model=user.settings.llm_model, system=system, message=message)
    with paid_operation(quote, user=user, operation_key=operation_key, author=author) as operation:
        result = operation.text_provider.generate(
            TextRequest(
                model=operation.model.name_at_vendor,
                system=system,
                message=message,
                max_output_tokens=settings.TEXT_MAX_OUTPUT_TOKENS,
            )
        )
        if not result.text.strip():
            raise ProviderError("The model answered nothing.")
        operation.deliver(used_tokens(result, system + message))
    return Answer(result.text, quote.resolution, operation.receipt)


def used_tokens(result: TextResult, prompt: str) -> int:
    """What the provider counted; our own count where it did not."""
    if result.usage is not None and result.usage.total_tokens > 0:
        return result.usage.total_tokens
    return count_tokens(prompt) + count_tokens(result.text)
