"""Retries, waits and what a client is told."""

import time
from collections.abc import Generator
from email.utils import formatdate

import pytest

from ai.errors import (
    ProviderBusyError,
    ProviderError,
    ProviderRefusedError,
    ProviderTimeoutError,
)
from ai.providers.calls import (
    Caller,
    Failure,
    Patience,
    VendorStatusError,
    parse_retry_after,
    status_error,
    status_failure,
    text_usage,
)

PATIENCE = Patience(connect_s=1, silence_s=1, total_s=1, max_retries=2)


def caller(patience: Patience = PATIENCE) -> Caller:
    def failure_of(exc: Exception) -> Failure | None:
        if isinstance(exc, VendorStatusError):
            return status_failure(exc.status, exc.headers)
        return None

    return Caller("vendor", patience, failure_of)


@pytest.mark.parametrize(
    "value, expected",
    [
        ("5", 5.0),
        ("0.25", 0.25),
        ("0", 0.0),
        ("-3", None),
        ("soon", None),
        ("", None),
        ("nan", None),
    ],
)
def test_retry_after_in_seconds(value: str, expected: float | None) -> None:
    assert parse_retry_after(value) == expected


def test_retry_after_as_a_date() -> None:
    told = parse_retry_after(formatdate(time.time() + 60, usegmt=True))
    assert told is not None
    assert 50 < told <= 60
    assert parse_retry_after(formatdate(time.time() - 60, usegmt=True)) is None


@pytest.mark.parametrize(
    "retry_after_s, told", [(None, "5"), (0.2, "1"), (7.5, "8"), (1e9, "3600")]
)
def test_a_client_is_told_whole_seconds_within_reason(
    retry_after_s: float | None, told: str
) -> None:
    assert status_error(429, retry_after_s).headers["Retry-After"] == told


@pytest.mark.parametrize(
    "status, error",
    [
        (400, ProviderRefusedError),
        (401, ProviderError),
        (413, ProviderRefusedError),
        (422, ProviderRefusedError),
        (302, ProviderError),
        (404, ProviderError),
        (408, ProviderTimeoutError),
        (429, ProviderBusyError),
        (500, ProviderError),
        (503, ProviderBusyError),
        (504, ProviderTimeoutError),
    ],
)
def test_each_status_has_its_error(status: int, error: type[Exception]) -> None:
    assert type(status_error(status, None)) is error


def test_nothing_is_tried_again_after_the_first_item() -> None:
    tries = []

    def attempt() -> Generator[int, None, None]:
        tries.append(1)
        yield 1
        raise VendorStatusError(503, {})

    items = caller().stream(attempt)
    assert next(items) == 1
    with pytest.raises(ProviderBusyError):
        next(items)
    assert len(tries) == 1


def test_no_try_starts_after_the_time_of_the_first(settings) -> None:
    settings.VENDOR_RETRY_WAIT_S = 0.4
    tries = []

    def attempt() -> int:
        tries.append(1)
        raise VendorStatusError(500, {})

    hasty = Patience(connect_s=1, silence_s=1, total_s=0.1, max_retries=5)
    with pytest.raises(ProviderError):
        caller(hasty).call(attempt)
    assert len(tries) == 1


def test_waits_grow(settings) -> None:
    settings.VENDOR_RETRY_WAIT_S = 0.04
    at: list[float] = []

    def attempt() -> int:
        at.append(time.monotonic())
        raise VendorStatusError(500, {})

    with pytest.raises(ProviderError):
        caller().call(attempt)
    assert at[1] - at[0] >= 0.03
    assert at[2] - at[1] >= 0.06


def test_an_error_that_nobody_foresaw_is_a_provider_error() -> None:
    def attempt() -> int:
        raise KeyError("secret")

    with pytest.raises(ProviderError) as caught:
        caller().call(attempt)
    assert "secret" not in str(caught.value)
    assert isinstance(caught.value.__cause__, KeyError)


@pytest.mark.parametrize("counts", [(None, 1), (1, -1), ("1", 1), (1.0, 1), (True, None)])
def test_what_is_no_count_is_no_usage(counts: tuple[object, object]) -> None:
    assert text_usage(*counts) is None
