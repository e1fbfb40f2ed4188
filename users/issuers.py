"""Outside issuers whose word about a person is taken: a configured one, and Google.

Everything about a token is verified against settings, nothing is taken from the token itself: its
algorithm must be the one pinned here, its key one that the issuer publishes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jwt
from django.conf import settings
from rest_framework.exceptions import AuthenticationFailed

from users.jwks import key_set

REQUIRED_CLAIMS = ["exp", "iss", "aud"]
GOOGLE_NAMES = ("https://accounts.google.com", "accounts.google.com")


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Who signs, for whom, and with what.

    `names` are the spellings of `iss` that it uses. A token needs every one of `REQUIRED_CLAIMS`;
    `nbf` and `iat` are checked where they are present (large issuers leave `nbf` out).
    """

    names: tuple[str, ...]
    audiences: tuple[str, ...]
    jwks_url: str
    algorithm: str

    def verify(self, token: str) -> dict[str, Any]:
        """The token's claims.

        Raises `AuthenticationFailed` for a token that does not hold, `IssuerUnavailableError`
        where the issuer's keys cannot be fetched.
        """
        try:
            return jwt.decode(
                token,
                self._find_key(token),
                algorithms=[self.algorithm],
                audience=self.audiences,
                issuer=self.names,
                leeway=settings.JWT_LEEWAY_S,
                options={
                    "require": REQUIRED_CLAIMS,
                    "enforce_minimum_key_length": True,
                },
            )
        except jwt.PyJWTError as exc:
            raise AuthenticationFailed from exc

    def _find_key(self, token: str) -> jwt.PyJWK:
        header = jwt.get_unverified_header(token)
        if header.get("alg") != self.algorithm:
            raise jwt.InvalidAlgorithmError  # before the issuer is asked for any key
        key = key_set(self.jwks_url, self.algorithm).find(header.get("kid", ""))
        if key is None:
            raise jwt.InvalidKeyError
        return key


def outside_issuer() -> Issuer | None:
    """The issuer whose bearer tokens are accepted beside our own, where one is configured."""
    if not settings.OUTSIDE_JWT_ISSUER:
        return None
    return Issuer(
        names=(settings.OUTSIDE_JWT_ISSUER,),
        audiences=(settings.OUTSIDE_JWT_AUDIENCE,),
        jwks_url=settings.OUTSIDE_JWT_JWKS_URL,
        algorithm=settings.OUTSIDE_JWT_ALGORITHM,
    )


def google() -> Issuer | None:
    """Google, where this service has a client id there.

    https://developers.google.com/identity/gsi/web/guides/verify-google-id-token
    """
    if not settings.GOOGLE_CLIENT_IDS:
        return None
    return Issuer(
        names=GOOGLE_NAMES,
        audiences=tuple(settings.GOOGLE_CLIENT_IDS),
        jwks_url=settings.GOOGLE_JWKS_URL,
        algorithm="RS256",
    )


def unverified_issuer(token: str) -> str:
    """Whom the token says it is from: only good for choosing who has to vouch for it.

    Raises `AuthenticationFailed` for what is not a JWT.
    """
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.PyJWTError as exc:
        raise AuthenticationFailed from exc
    return str(claims.get("iss", ""))
