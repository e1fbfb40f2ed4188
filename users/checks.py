"""System checks of what this app needs. Start-up refuses to go on when one of them fails."""

from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

SECRET_KEY_MIN_BYTES = 32
LEEWAY_MAX_S = 120
# Mail may be slow, and its readers are.
PASSWORD_RESET_MIN_S = 3_600
OUTSIDE_ISSUER_SETTINGS = ("OUTSIDE_JWT_ISSUER", "OUTSIDE_JWT_AUDIENCE", "OUTSIDE_JWT_JWKS_URL")
OUTSIDE_ALGORITHMS = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA"),
)


@register("users")
def check_credit_settings(**kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.INITIAL_CREDITS < 0:
        found.append(Error("INITIAL_CREDITS is below 0.", id="users.E001"))
    if settings.HOLD_EXPIRES_AFTER_S < 60:
        found.append(
            Error(
                "HOLD_EXPIRES_AFTER_S is under 60.",
                hint="A hold must outlive the longest call to a provider.",
                id="users.E002",
            )
        )
    return found


@register("users", Tags.security)
def check_sign_in_settings(**kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for name, key in [
        ("SECRET_KEY", settings.SECRET_KEY),
        *(("A key in SECRET_KEY_FALLBACKS", key) for key in settings.SECRET_KEY_FALLBACKS),
    ]:
        if len(key.encode()) < SECRET_KEY_MIN_BYTES:
            found.append(
                Error(
                    f"{name} is under {SECRET_KEY_MIN_BYTES} bytes.",
                    hint="The key that signs tokens (HS256) is derived from it.",
                    id="users.E010",
                )
            )
    if settings.JWKS_TIMEOUT_S < 1:
        found.append(Error("JWKS_TIMEOUT_S is under 1.", id="users.E011"))
    if not 0 <= settings.JWT_LEEWAY_S <= LEEWAY_MAX_S:
        found.append(Error(f"JWT_LEEWAY_S is not 0 to {LEEWAY_MAX_S}.", id="users.E012"))
    if settings.PASSWORD_RESET_TIMEOUT < PASSWORD_RESET_MIN_S:
        found.append(
            Error(f"PASSWORD_RESET_LASTS_S is under {PASSWORD_RESET_MIN_S}.", id="users.E017")
        )
    if settings.GOOGLE_CLIENT_IDS and not is_safe_url(settings.GOOGLE_JWKS_URL):
        found.append(unsafe_url_error("GOOGLE_JWKS_URL"))
    return found


@register("users", Tags.security)
def check_outside_issuer(**kwargs: Any) -> list[CheckMessage]:
    missing = [name for name in OUTSIDE_ISSUER_SETTINGS if not getattr(settings, name)]
    if len(missing) == len(OUTSIDE_ISSUER_SETTINGS):
        return []
    found: list[CheckMessage] = []
    if missing:
        found.append(
            Error(
                f"The outside issuer is set up by half: {', '.join(missing)} missing.",
                hint=f"Set all of {', '.join(OUTSIDE_ISSUER_SETTINGS)}, or none.",
                id="users.E014",
            )
        )
    if settings.OUTSIDE_JWT_ALGORITHM not in OUTSIDE_ALGORITHMS:
        found.append(
            Error(
                f"OUTSIDE_JWT_ALGORITHM is none of {', '.join(OUTSIDE_ALGORITHMS)}.",
                hint="Only algorithms with a public key: who can verify must not be able to sign.",
                id="users.E015",
            )
        )
    if settings.OUTSIDE_JWT_ISSUER == settings.JWT_ISSUER:
        found.append(
            Error(
                "OUTSIDE_JWT_ISSUER is JWT_ISSUER.",
                hint="The issuer's name decides whose keys verify a token.",
                id="users.E016",
            )
        )
    if settings.OUTSIDE_JWT_JWKS_URL and not is_safe_url(settings.OUTSIDE_JWT_JWKS_URL):
        found.append(unsafe_url_error("OUTSIDE_JWT_JWKS_URL"))
    return found


def unsafe_url_error(setting: str) -> CheckMessage:
    return Error(
        f"{setting} is not an https address.",
        hint="Whoever can change the keys on their way here can sign in as anyone.",
        id="users.E013",
    )


def is_safe_url(url: str) -> bool:
    """Whether it is https, or http that stays on this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        return host != "" and (
            parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
        )
    except ValueError:
        return False


def is_loopback(host: str) -> bool:
    return host == "localhost" or ip_address(host).is_loopback
