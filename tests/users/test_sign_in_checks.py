"""Start-up refuses settings under which signing in would not be safe."""

import pytest

from users.checks import check_outside_issuer, check_sign_in_settings

OUTSIDE = {
    "OUTSIDE_JWT_ISSUER": "https://issuer.example",
    "OUTSIDE_JWT_AUDIENCE": "interview-trainer-api",
    "OUTSIDE_JWT_JWKS_URL": "https://issuer.example/jwks",
}


@pytest.fixture
def found(settings):
    def check(**changes: object) -> list[str | None]:
        for name, value in changes.items():
            setattr(settings, name, value)
        return [message.id for message in (*check_sign_in_settings(), *check_outside_issuer())]

    return check


def test_the_defaults_and_a_whole_outside_issuer_are_fine(found):
    assert found() == []
    assert found(**OUTSIDE, GOOGLE_CLIENT_IDS=["client-1"]) == []


def test_a_short_secret_key_is_refused(found):
    assert found(SECRET_KEY="x" * 31) == ["users.E010"]


def test_a_short_former_key_is_refused(found):
    """It still signs whoever knows it in."""
    assert found(SECRET_KEY_FALLBACKS=["x" * 32]) == []
    assert found(SECRET_KEY_FALLBACKS=["x" * 32, "x" * 31]) == ["users.E010"]


@pytest.mark.parametrize("timeout_s", [0, -1])
def test_a_timeout_under_a_second_is_refused(found, timeout_s):
    assert found(JWKS_TIMEOUT_S=timeout_s) == ["users.E011"]


def test_a_link_must_outlive_slow_mail(found):
    assert found(PASSWORD_RESET_TIMEOUT=3_599) == ["users.E017"]
    assert found(PASSWORD_RESET_TIMEOUT=3_600) == []


@pytest.mark.parametrize("leeway_s", [-1, 121])
def test_no_or_much_leeway_is_refused(found, leeway_s):
    assert found(JWT_LEEWAY_S=leeway_s) == ["users.E012"]


@pytest.mark.parametrize(
    "url",
    [
        "http://issuer.example/jwks",
        "http://10.0.0.1/jwks",
        "http://127.0.0.1.example/jwks",
        "http://localhost.example/jwks",
        "ftp://issuer.example/jwks",
        "file:///etc/passwd",
        "https://",
        "http://",
        "issuer.example/jwks",
        "http://[broken/jwks",
    ],
)
def test_keys_must_travel_by_https(found, url):
    assert found(**OUTSIDE | {"OUTSIDE_JWT_JWKS_URL": url}) == ["users.E013"]
    assert found(GOOGLE_CLIENT_IDS=["client-1"], GOOGLE_JWKS_URL=url) == ["users.E013"] * 2


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:9000/jwks", "http://localhost/jwks", "http://[::1]:9000/jwks"],
)
def test_keys_from_this_machine_may_travel_by_http(found, url):
    assert found(**OUTSIDE | {"OUTSIDE_JWT_JWKS_URL": url}) == []


@pytest.mark.parametrize("missing", OUTSIDE)
def test_half_an_outside_issuer_is_refused(found, missing):
    assert found(**OUTSIDE | {missing: ""}) == ["users.E014"]


@pytest.mark.parametrize("algorithm", ["HS256", "none", "", "rs256"])
def test_an_algorithm_without_a_public_key_is_refused(found, algorithm):
    assert found(**OUTSIDE, OUTSIDE_JWT_ALGORITHM=algorithm) == ["users.E015"]


def test_an_outside_issuer_by_our_own_name_is_refused(found):
    assert found(**OUTSIDE | {"OUTSIDE_JWT_ISSUER": "interview-trainer"}) == ["users.E016"]
