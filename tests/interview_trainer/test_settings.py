"""What settings make of the environment."""

import json
import os
import subprocess
import sys

SHOW_OPTIONS = (
    "import json; from interview_trainer import settings;"
    "print(json.dumps(settings.DATABASES['default']['OPTIONS']))"
)


def database_options(url: str) -> dict[str, object]:
    shown = subprocess.run(
        [sys.executable, "-c", SHOW_OPTIONS],
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        check=True,
        text=True,
    )
    options: dict[str, object] = json.loads(shown.stdout)
    return options


def test_options_in_the_address_of_the_database_are_kept():
    """Without them a connection that must be encrypted would not be."""
    options = database_options("mysql://user:secret@db.example/trainer?ssl_mode=VERIFY_IDENTITY")
    assert options["ssl_mode"] == "VERIFY_IDENTITY"
    assert options["isolation_level"] == "read committed"


def test_the_address_outweighs_the_defaults():
    assert database_options("mysql://db.example/trainer?charset=utf8")["charset"] == "utf8"
