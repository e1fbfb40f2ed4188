"""What settings make of the environment."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SHOW_OPTIONS = (
    "import json; from interview_trainer import settings;"
    "print(json.dumps(settings.DATABASES['default']['OPTIONS']))"
)


SHOW_KEYS = (
    "import json; from interview_trainer import settings;"
    "print(json.dumps([settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS,"
    " settings.OPENAI_API_KEY, settings.DATABASES['default'].get('PASSWORD', '')]))"
)


def shown_by(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )


def database_options(url: str) -> dict[str, object]:
    options: dict[str, object] = json.loads(shown_by(SHOW_OPTIONS, DATABASE_URL=url).stdout)
    return options


@pytest.fixture
def secret_file(tmp_path):
    def write(text: str) -> str:
        path = Path(tmp_path / str(len(list(tmp_path.iterdir()))))
        path.write_bytes(text.encode("latin-1"))
        return str(path)

    return write


def test_options_in_the_address_of_the_database_are_kept():
    """Without them a connection that must be encrypted would not be."""
    options = database_options("mysql://user:secret@db.example/trainer?ssl_mode=VERIFY_IDENTITY")
    assert options["ssl_mode"] == "VERIFY_IDENTITY"
    assert options["isolation_level"] == "read committed"


def test_the_address_outweighs_the_defaults():
    assert database_options("mysql://db.example/trainer?charset=utf8")["charset"] == "utf8"


def test_secrets_are_read_from_files_without_the_newline_at_their_end(secret_file):
    shown = shown_by(
        SHOW_KEYS,
        SECRET_KEY="",  # as in env.example
        SECRET_KEY_FILE=secret_file("$today's key\n"),
        SECRET_KEY_FALLBACKS_FILE=secret_file("yesterday's\n2025's\n"),
        OPENAI_API_KEY_FILE=secret_file("sk-1"),
        DATABASE_URL="",
        DATABASE_URL_FILE=secret_file("mysql://user:pass$word@db.example/trainer\r\n"),
    )
    assert json.loads(shown.stdout) == [
        "$today's key",
        "yesterday's",
        "2025's",
        "sk-1",
        "pass$word",
    ]


def test_former_keys_stand_between_commas_in_the_environment():
    shown = shown_by(SHOW_KEYS, SECRET_KEY="new", SECRET_KEY_FALLBACKS="old, older")
    assert json.loads(shown.stdout)[:3] == ["new", "old", "older"]


@pytest.mark.parametrize(
    "text, reason",
    [
        (None, "SECRET_KEY_FILE cannot be read: [Errno 2]"),
        ("\xff", "SECRET_KEY_FILE cannot be read: 'utf-8'"),
    ],
)
def test_a_file_that_cannot_be_read_stops_the_start(secret_file, text, reason):
    path = "/nowhere" if text is None else secret_file(text)
    assert reason in shown_by(SHOW_KEYS, SECRET_KEY="", SECRET_KEY_FILE=path).stderr


def test_a_secret_in_two_places_stops_the_start(secret_file):
    shown = shown_by(SHOW_KEYS, SECRET_KEY="one", SECRET_KEY_FILE=secret_file("another"))
    assert "SECRET_KEY and SECRET_KEY_FILE are both set: keep one." in shown.stderr


@pytest.mark.parametrize(("is_secure", "prefix"), [("true", "__Host-"), ("false", "")])
def test_cookies_over_https_are_this_hosts_own(is_secure, prefix):
    names = "print(settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)"
    shown = shown_by(f"from interview_trainer import settings; {names}", SECURE_COOKIES=is_secure)
    assert shown.stdout.split() == [f"{prefix}sessionid", f"{prefix}csrftoken"]
