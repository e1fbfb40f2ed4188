"""The public keys of an outside issuer, as its JWKS URL publishes them (RFC 7517)."""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from functools import lru_cache
from threading import Lock
from time import monotonic

import requests
from django.conf import settings
from jwt import PyJWK, PyJWTError

from interview_trainer.permits import waiting
from users.errors import IssuerUnavailableError

logger = logging.getLogger(__name__)

CHUNK_BYTES = 4_096
# A key set has a few keys of a kilobyte.
DOCUMENT_MAX_BYTES = 256 * 1024
KEYS_LIVE_S = 300
REFETCH_INTERVAL_S = 10


class KeySet:
    """The keys behind one URL, kept for `KEYS_LIVE_S` and shared by threads.

    A key id that is not among them fetches them again, because the issuer may have changed its
    keys. Whatever is asked for, and whether or not the issuer answers, it is called at most once
    in `REFETCH_INTERVAL_S`: made-up key ids cannot make us hammer it.
    """

    def __init__(self, url: str, algorithm: str) -> None:
        self._url = url
        self._algorithm = algorithm
        self._lock = Lock()
        self._keys: dict[str, PyJWK] = {}
        self._fetched_at = float("-inf")
        self._attempted_at = float("-inf")
        self._last_attempt_failed = False

    def find(self, key_id: str) -> PyJWK | None:
        """The key of this id, or None where the issuer has no such key.

        Raises `IssuerUnavailableError` where the issuer cannot be asked.
        """
        if not self._is_known(key_id):
            with waiting(), self._lock:
                if not self._is_known(key_id):  # another thread may have fetched it meanwhile
                    self._fetch_unless_recent()
        return self._keys.get(key_id)

    def _is_known(self, key_id: str) -> bool:
        return key_id in self._keys and monotonic() - self._fetched_at < KEYS_LIVE_S

    def _fetch_unless_recent(self) -> None:
        if monotonic() - self._attempted_at < REFETCH_INTERVAL_S:
            if self._last_attempt_failed:
                raise IssuerUnavailableError(retry_after_s=REFETCH_INTERVAL_S)
            return
        self._last_attempt_failed = True
        try:
            self._keys = fetch_keys(self._url, self._algorithm)
            self._fetched_at = monotonic()
            self._last_attempt_failed = False
        finally:
            self._attempted_at = monotonic()


@lru_cache(maxsize=8)
def key_set(url: str, algorithm: str) -> KeySet:
    """The one `KeySet` of this process for a URL."""
    return KeySet(url, algorithm)


def fetch_keys(url: str, algorithm: str) -> dict[str, PyJWK]:
    """The signing keys at `url` by their ids. Raises `IssuerUnavailableError`."""
    try:
        return usable_keys(fetch_document(url), algorithm)
    except (requests.RequestException, ValueError, RecursionError) as exc:
        logger.warning("jwks_unavailable", extra={"jwks_url": url}, exc_info=exc)
        raise IssuerUnavailableError(retry_after_s=REFETCH_INTERVAL_S) from exc


def fetch_document(url: str) -> object:
    """What is at `url` as JSON, of at most `DOCUMENT_MAX_BYTES`, within `JWKS_TIMEOUT_S`.

    Raises `requests.RequestException` or `ValueError`.
    """
    ends_at = monotonic() + settings.JWKS_TIMEOUT_S
    body = bytearray()
    with requests.get(
        url, timeout=settings.JWKS_TIMEOUT_S, allow_redirects=False, stream=True
    ) as response:
        if response.status_code != requests.codes.ok:
            raise ValueError(f"The JWKS URL answered {response.status_code}.")
        for chunk in response.iter_content(CHUNK_BYTES):
            body += chunk
            if len(body) > DOCUMENT_MAX_BYTES:
                raise ValueError("The JWKS URL answered too much.")
            if monotonic() > ends_at:
                raise ValueError("The JWKS URL answered too slowly.")
    return json.loads(body)


def usable_keys(document: object, algorithm: str) -> dict[str, PyJWK]:
    """The keys that are for signing by `algorithm`; others in the document are left out.

    Raises `ValueError` for what is not a key set.
    """
    entries = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise ValueError("The JWKS URL did not answer with a key set.")
    keys: dict[str, PyJWK] = {}
    for entry in entries:
        if isinstance(entry, dict) and is_for_signing(entry, algorithm):
            with suppress(PyJWTError):
                keys[entry["kid"]] = PyJWK(entry, algorithm)
    return keys


def is_for_signing(entry: dict[str, object], algorithm: str) -> bool:
    return (
        isinstance(entry.get("kid"), str)
        and entry.get("use", "sig") == "sig"
        and entry.get("alg", algorithm) == algorithm
    )
