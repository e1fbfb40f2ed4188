"""JSON and sound over HTTP, for vendors' interfaces without a client worth its weight."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ReadTimeoutError

from ai.errors import ProviderError, ProviderTimeoutError
from ai.providers.calls import (
    Failure,
    Patience,
    UnusableAnswerError,
    VendorStatusError,
    status_failure,
)

CHUNK_BYTES = 1_024
# Google gives sound as text in JSON: a chunk of 5,000 characters is some 15 MB.
BODY_MAX_BYTES = 64 * 1024 * 1024
IDLE_CONNECTIONS = 100


class Rest:
    """One pool of connections, shared by threads."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._session = requests.Session()
        adapter = HTTPAdapter(pool_maxsize=IDLE_CONNECTIONS)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        # Without one, requests looks for a login to the host in the user's own .netrc.
        self._session.auth = lambda request: request

    def close(self) -> None:
        self._session.close()

    @contextmanager
    def open(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Iterator["Answer"]:
        """Raises `VendorStatusError` for any status but 200 and 201; redirects are not followed."""
        with self._session.request(
            method,
            url,
            json=body,
            headers=headers,
            stream=True,
            allow_redirects=False,
            timeout=(self._patience.connect_s, self._patience.silence_s),
        ) as response:
            if response.status_code not in {200, 201}:
                raise VendorStatusError(response.status_code, response.headers)
            yield Answer(response, self._patience.total_s)

    def json(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The object that is answered. Raises `UnusableAnswerError` where it is none."""
        with self.open(method, url, headers=headers, body=body) as answer:
            try:
                found = json.loads(answer.body())
            except ValueError as error:
                raise UnusableAnswerError("The answer is not JSON") from error
        if not isinstance(found, dict):
            raise UnusableAnswerError("The answer is not an object")
        return found


class Answer:
    """A response whose body has not been read yet."""

    def __init__(self, response: requests.Response, total_s: float) -> None:
        self._response = response
        self._ends_at = time.monotonic() + total_s

    @property
    def content_type(self) -> str:
        return str(self._response.headers.get("content-type", ""))

    def chunks(self) -> Iterator[bytes]:
        for chunk in self._response.iter_content(CHUNK_BYTES):
            if time.monotonic() > self._ends_at:
                raise TimeoutError
            yield chunk

    def body(self) -> bytes:
        """All of it. Raises `UnusableAnswerError` where that is more than `BODY_MAX_BYTES`."""
        body = bytearray()
        for chunk in self.chunks():
            body += chunk
            if len(body) > BODY_MAX_BYTES:
                raise UnusableAnswerError("The answer is too long")
        return bytes(body)


def failure_of(exc: Exception) -> Failure | None:
    if isinstance(exc, VendorStatusError):
        return status_failure(exc.status, exc.headers)
    if isinstance(exc, requests.ConnectTimeout):
        return Failure(error=ProviderTimeoutError(), may_retry=True)
    if isinstance(exc, requests.Timeout | TimeoutError) or is_read_timeout(exc):
        return Failure(error=ProviderTimeoutError())
    if isinstance(exc, requests.ConnectionError | requests.exceptions.ChunkedEncodingError):
        return Failure(error=ProviderError(), may_retry=True)
    return None


def is_read_timeout(exc: Exception) -> bool:
    """While a body is read, requests tells a time-out as a lost connection."""
    return isinstance(exc, requests.ConnectionError) and isinstance(
        next(iter(exc.args), None), ReadTimeoutError
    )
