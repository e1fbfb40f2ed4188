"""What every call to a vendor has in common: patience, retries, and failures told in our words.

The vendors' clients retry by rules of their own, some of them for minutes. So their retries are
switched off, and `Caller` is the one layer that tries again.
"""

import email.utils
import logging
import math
import random
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any, TypeVar

from django.conf import settings

from ai import stopping
from ai.errors import (
    ProviderBusyError,
    ProviderError,
    ProviderRefusedError,
    ProviderTimeoutError,
)
from ai.providers.base import TextUsage
from ai.providers.connections import Stack
from interview_trainer.errors import AppError, ClientGoneError

logger = logging.getLogger(__name__)

INSTALL_COMMAND = "pip install -r requirements-vendors.txt"
# Beyond this, the word of a vendor about when to come back is of no use to a client.
RETRY_AFTER_TOLD_S = 3_600

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a vendor may take, in seconds.

    `connect_s` is for the connection, `silence_s` for the first byte and between two bytes,
    `total_s` for one try. A further try starts only within the `total_s` of the first one, so a
    call takes at most twice that.
    """

    connect_s: float
    silence_s: float
    total_s: float
    max_retries: int


def patience(*, total_s: float, max_retries: int, silence_s: float | None = None) -> Patience:
    """`silence_s` is the settings' where none is given."""
    return Patience(
        connect_s=settings.VENDOR_CONNECT_TIMEOUT_S,
        silence_s=min(silence_s or settings.VENDOR_SILENCE_TIMEOUT_S, total_s),
        total_s=total_s,
        max_retries=max_retries,
    )


class UnusableAnswerError(Exception):
    """The vendor said that all is well and sent something that is not a result.

    The text is for our log only: it must not quote the answer.
    """


class VendorStatusError(Exception):
    """A vendor that is called without a client of its own answered with an error status."""

    def __init__(self, status: int, headers: Mapping[str, str]) -> None:
        self.status = status
        self.headers = headers
        super().__init__(f"status {status}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What went wrong, for the client (`error`), for `Caller` and for the log."""

    error: AppError
    may_retry: bool = False
    retry_after_s: float | None = None
    status: int | None = None
    request_id: str = ""


def status_failure(status: int, headers: Mapping[str, str]) -> Failure:
    """An error status; `headers` are looked up in lower case."""
    retry_after_s = parse_retry_after(headers.get("retry-after", ""))
    return Failure(
        error=status_error(status, retry_after_s),
        may_retry=status in {408, 409, 429} or status >= 500,
        retry_after_s=retry_after_s,
        status=status,
        request_id=headers.get("x-request-id") or headers.get("request-id") or "",
    )


def status_error(status: int, retry_after_s: float | None) -> AppError:
    if status in {429, 503, 529}:
        told_s = math.ceil(min(retry_after_s or 5, RETRY_AFTER_TOLD_S))
        return ProviderBusyError(retry_after_s=max(told_s, 1))
    if status in {408, 504}:
        return ProviderTimeoutError()
    if status in {400, 413, 422}:
        return ProviderRefusedError()
    return ProviderError()


def parse_retry_after(value: str) -> float | None:
    """Seconds, from either form of the header (RFC 9110, 10.2.3); `None` where it says nothing."""
    try:
        seconds = float(value)
    except ValueError:
        when = email.utils.parsedate_tz(value)
        seconds = email.utils.mktime_tz(when) - time.time() if when else math.nan
    return seconds if seconds >= 0 else None


def http_failure(http: ModuleType, exc: Exception) -> Failure | None:
    """A failure below HTTP's statuses, as `http` (httpx or httpx2) tells it.

    The clients wrap these errors or let them through, by version and by moment: the causes are
    searched too.
    """
    cause: BaseException | None = exc
    while cause is not None:
        if isinstance(cause, http.ConnectTimeout):
            return Failure(error=ProviderTimeoutError(), may_retry=True)
        if isinstance(cause, http.PoolTimeout):
            return Failure(error=ProviderBusyError())
        if isinstance(cause, http.TimeoutException):
            return Failure(error=ProviderTimeoutError())
        if isinstance(cause, http.TransportError):
            return Failure(error=ProviderError(), may_retry=True)
        cause = cause.__cause__
    return None


class Caller:
    """Calls one vendor: tries again where that may help, and tells every failure in our words.

    `failure_of` knows the vendor's own errors and answers `None` for the rest.
    """

    def __init__(
        self, vendor: str, patience: Patience, failure_of: Callable[[Exception], Failure | None]
    ) -> None:
        self._vendor = vendor
        self._patience = patience
        self._failure_of = failure_of

    def stream(
        self, attempt: Callable[[], Generator[Item, None, None]]
    ) -> Generator[Item, None, None]:
        """What one try yields. After the first item there is no other try.

        Raises `ProviderError`, `ProviderTimeoutError` or `ProviderBusyError`. Closing it closes
        the try, and with it the connection; so does `stopping`, even in the vendor's silence.
        """
        retry_until = time.monotonic() + self._patience.total_s
        tries = 0
        while True:
            tries += 1
            begun = False
            try:
                with closing(attempt()) as items:
                    for item in items:
                        begun = True
                        yield item
                return
            except Exception as exc:
                refuse_the_gone_again(exc)
                failure = self._failure_of(exc) or Failure(error=ProviderError())
                if not stopping.is_unwanted():
                    self._log(exc, failure, tries)
                wait_s = self._wait_s(failure, tries)
                if (
                    begun
                    or wait_s is None
                    or time.monotonic() + wait_s > retry_until
                    or stopping.is_unwanted(within_s=wait_s)
                ):
                    raise failure.error from exc

    def call(self, attempt: Callable[[], Item]) -> Item:
        """As `stream`, for an answer that comes whole."""
        return next(self.stream(lambda: iter_once(attempt)))

    def _wait_s(self, failure: Failure, tries: int) -> float | None:
        """How long to wait before another try; `None` where there shall be none."""
        if not failure.may_retry or tries > self._patience.max_retries:
            return None
        backoff_s: float = settings.VENDOR_RETRY_WAIT_S * 2 ** (tries - 1) * random.uniform(0.75, 1)  # noqa: S311
        wait_s = max(backoff_s, failure.retry_after_s or 0)
        return wait_s if wait_s <= settings.VENDOR_RETRY_AFTER_MAX_S else None

    def _log(self, exc: Exception, failure: Failure, tries: int) -> None:
        """Never the error's text: vendors quote the request, and with it the candidate."""
        logger.warning(
            "A call to a vendor failed",
            extra={
                "vendor": self._vendor,
                "vendor_status": failure.status,
                "vendor_request_id": failure.request_id,
                "failure": type(exc).__name__,
                "reason": str(exc) if isinstance(exc, UnusableAnswerError) else "",
                "tries": tries,
            },
        )


def refuse_the_gone_again(exc: BaseException | None) -> None:
    """Raise the `ClientGoneError` that ended a read, whatever the vendor's client made of it."""
    while exc is not None:
        if isinstance(exc, ClientGoneError):
            raise exc
        exc = exc.__cause__ or exc.__context__


def iter_once(attempt: Callable[[], Item]) -> Generator[Item, None, None]:
    yield attempt()


def ignore(response: Any) -> None:
    pass


def http_client(
    http: ModuleType,
    patience: Patience,
    *,
    last_part: bytes = b"",
    on_response: Callable[[Any], None] = ignore,
) -> Any:
    """A client of `http` (httpx or httpx2) for a vendor's SDK, shared by threads.

    The SDKs set one time-out for everything on each request; the hooks put ours in its place and
    end a body that trickles. An SDK may stop reading at `last_part`, just before the body's end:
    the end is then read for it, or the connection could not be used again. `on_response` is given
    each response when its headers are there, in the thread that asked.
    """

    class Body(http.SyncByteStream):  # type: ignore[misc, name-defined]  # one of two modules
        def __init__(self, response: Any) -> None:
            self._body = response.stream
            self._request = response.request
            self._parts = iter(response.stream)
            self._ends_at = time.monotonic() + patience.total_s
            self._is_at_last_part = False

        def __iter__(self) -> Iterator[bytes]:
            for part in self._parts:
                if time.monotonic() > self._ends_at:
                    raise http.ReadTimeout("The answer takes too long", request=self._request)
                self._is_at_last_part = bool(last_part) and part.endswith(last_part)
                yield part

        def close(self) -> None:
            if self._is_at_last_part:
                with suppress(http.TransportError):
                    next(self._parts, None)
            self._body.close()

    core = import_module(http.__name__.replace("httpx", "httpcore"))
    trace = stopping.stoppable_streams(core)

    def prepare(request: Any) -> None:
        request.extensions["trace"] = trace
        request.extensions["timeout"] = {
            "connect": patience.connect_s,
            "pool": patience.connect_s,
            "read": patience.silence_s,
            "write": patience.silence_s,
        }

    def replace_body(response: Any) -> None:
        response.stream = Body(response)

    return http.Client(
        transport=Stack(http),
        # A redirect would take the key, and the candidate's words, to somewhere else.
        follow_redirects=False,
        event_hooks={"request": [prepare], "response": [replace_body, on_response]},
    )


def text_usage(input_tokens: object, output_tokens: object) -> TextUsage | None:
    """The vendor's count, or `None` where it is no count."""
    if not isinstance(input_tokens, int) or not isinstance(output_tokens, int):
        return None
    if input_tokens < 0 or output_tokens < 0:
        return None
    return TextUsage(input_tokens, output_tokens)


def missing(*, modules: tuple[str, ...] = (), **required: str) -> str:
    """Which packages and settings are missing and how to mend it, or an empty string.

    `required` maps each setting's name to its value.
    """
    absent = [module for module in modules if not is_installed(module)]
    unset = [name for name, value in required.items() if not value]
    told = []
    if unset:
        told.append(f"Not set: {', '.join(unset)}.")
    if absent:
        told.append(f"Not installed: {', '.join(absent)}. Run: {INSTALL_COMMAND}")
    return " ".join(told)


def is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
