"""Asking a language model for one JSON document."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from ai.catalogue import Resolution
from ai.errors import ModelUnavailableError, ProviderError
from ai.models import Capability
from ai.offers import BUILT_IN, CatalogueModel
from ai.operations import Operation, Receipt, paid_operation
from ai.pipeline import called_beside, first_item, returned_by
from ai.providers.base import TextProvider, TextRequest, TextResult
from ai.quotes import Quote, quote_text
from ai.services.text import Prompt, used_tokens
from users.models import User
from users.services.ledger import SERVICE, Author

T = TypeVar("T")

MAX_OUTPUT_TOKENS = 1_500
# A model that gives what cannot be used is told so and asked again this often.
ASKED_AGAIN = 1


class UnusableAnswerError(ProviderError):
    """The model answered, and what it said cannot be used."""

    title = "The model's answer could not be used"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a model is told and asked. `schema` is a JSON Schema as `TextRequest` takes it.

    Words of others stand in `message` as data (see `fenced`), never in `system`.
    """

    system: str
    message: str
    schema: Mapping[str, object]
    max_output_tokens: int = MAX_OUTPUT_TOKENS
    temperature: float = 0.0

    def request(self, model: CatalogueModel, complaint: str) -> TextRequest:
        return TextRequest(
            model=model.name_at_vendor,
            system=self.system,
            message=f"{self.message}\n\n{complaint}".strip(),
            max_output_tokens=self.max_output_tokens,
            temperature=self.temperature,
            schema=self.schema,
        )


@dataclass(frozen=True, slots=True)
class Structured(Generic[T]):
    """`values` are the samples, each as `read` returned it."""

    values: tuple[T, ...]
    resolution: Resolution
    receipt: Receipt


def has_language_model(*, user: User) -> bool:
    """Whether the person's text model, or a fallback of it, is a language model.

    Not where no text model can run here at all.
    """
    try:
        return bool(_language_models(_quote(user, "", "", 0)))
    except ModelUnavailableError:
        return False


def quote_task(*, user: User, task: Task, samples: int = 1) -> Quote:
    """The most that `ask_structured` would cost. Raises `ModelUnavailableError`."""
    schema = json.dumps(task.schema)
    quote = _quote(user, task.system + schema, task.message, task.max_output_tokens)
    models = _language_models(quote)
    if not models:
        raise ModelUnavailableError("No language model is set up here.")
    return replace(quote, resolutions=models, units=quote.units * samples * (1 + ASKED_AGAIN))


def ask_structured(
    *,
    user: User,
    task: Task,
    read: Callable[[Any], T],
    keep: Callable[[tuple[T, ...], Resolution], None],
    samples: int = 1,
    author: Author = SERVICE,
) -> Structured[T]:
    """The task done `samples` times, each read from the model's JSON by `read`.

    `read` takes the parsed document and raises `ValueError` (its text is told to the model, which
    is asked again once) for what cannot be used. `keep` stores the samples before they are charged,
    so that a crash in between costs nobody but the operator. Nothing usable, nothing charged. The
    built-in coach is never asked.

    Raises `ModelUnavailableError`, `InsufficientCreditsError`, `UnusableAnswerError` or another
    `ProviderError`.
    """
    return returned_by(
        structured_in_beats(
            user=user, task=task, read=read, keep=keep, samples=samples, author=author
        )
    )


def structured_in_beats(
    *,
    user: User,
    task: Task,
    read: Callable[[Any], T],
    keep: Callable[[tuple[T, ...], Resolution], None],
    samples: int = 1,
    author: Author = SERVICE,
) -> Generator[None, None, Structured[T]]:
    """As `ask_structured`, and yields at every beat of the model's silence."""
    quote = quote_task(user=user, task=task, samples=samples)
    with paid_operation(quote, user=user, author=author) as operation:
        asking = _Asking(operation, task, read)
        values: list[T] = []
        for _ in range(samples):
            values.append((yield from asking.sample()))
        keep(tuple(values), operation.resolution)
        operation.deliver(asking.tokens)
    return Structured(tuple(values), operation.resolution, operation.receipt)


class _Asking(Generic[T]):
    """The calls of one operation, and the tokens that they took."""

    def __init__(self, operation: Operation, task: Task, read: Callable[[Any], T]) -> None:
        self._operation = operation
        self._task = task
        self._read = read
        self.tokens = 0

    def sample(self) -> Generator[None, None, T]:
        complaint = ""
        failure: Exception | None = None
        for _ in range(1 + ASKED_AGAIN):
            answer = yield from self._ask(complaint)
            try:
                return self._read(json.loads(answer))
            except (ValueError, RecursionError) as exc:  # the latter of JSON that is nested deeply
                failure = exc
                complaint = f"Your last answer could not be used: {exc} Answer again."
        raise UnusableAnswerError from failure

    def _ask(self, complaint: str) -> Generator[None, None, str]:
        def ask(
            provider: TextProvider, model: CatalogueModel
        ) -> Generator[TextResult | None, None, None]:
            request = self._task.request(model, complaint)
            yield from called_beside(lambda: provider.generate(request))

        result = yield from first_item(self._operation.serve(ask))
        prompt = Prompt(self._task.system, self._task.message)
        self.tokens += used_tokens(self._operation, result.usage, prompt, result.text)
        return result.text


def fenced(text: str, *, name: str) -> str:
    """Someone else's words as data: one JSON string under a name, so that nothing in it ends it."""
    return json.dumps({name: text}, ensure_ascii=False)


def _quote(user: User, system: str, message: str, output_tokens: int) -> Quote:
    quote = quote_text(model=user.settings.llm_model, system=system, message=message)
    return replace(quote, units=quote.units + output_tokens)


def _language_models(quote: Quote) -> tuple[Resolution, ...]:
    coach = BUILT_IN[Capability.TEXT]
    return tuple(found for found in quote.resolutions if found.model.name != coach)
