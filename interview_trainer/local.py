"""The service on one's own machine, in one command: `python -m interview_trainer.local`.

`make run` calls it. On its first start it writes `.env`, makes the database and the first logins;
after that it finds them there and changes nothing. A start that was killed is completed by the
next one. It ends by becoming gunicorn, so that signals reach the server itself.
"""

import errno
import io
import os
import secrets
import socket
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from interview_trainer.startup import refusing_to_start

BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY_BYTES = 48

ENV_FILE = """\
# Written by the first start. env.example lists every setting.
SECRET_KEY={secret_key}
HTTPS_ONLY=false
LOG_FORMAT=console
DEBUG_TOOLS=true
EMAIL_URL=consolemail://
"""


def main() -> None:
    write_env_file(Path(os.environ.get("ENV_FILE", BASE_DIR / ".env")))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_trainer.settings")
    with refusing_to_start():
        refuse_port_in_use(settings.HOST.strip("[]"), settings.PORT)
        django.setup()
        # Before a database is made with wrong settings. gunicorn's own check shows the warnings.
        call_command("check", stderr=io.StringIO())
        prepare_database()
    become_gunicorn()


def write_env_file(path: Path) -> None:
    """Whole or not at all, and for its owner's eyes only."""
    if path.exists():
        return
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(ENV_FILE.format(secret_key=secrets.token_urlsafe(SECRET_KEY_BYTES)))
    draft.replace(path)
    say(f"Wrote {path}: the settings of this machine.")


def refuse_port_in_use(host: str, port: int) -> None:
    """Before anything is made: gunicorn itself would retry for five seconds first."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as exc:
            sys.exit(why_not_bound(exc, host, port))


def why_not_bound(exc: OSError, host: str, port: int) -> str:
    if exc.errno == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is in use. Stop what uses it, or choose another port: "
            f"make run PORT={port + 1}"
        )
    return f"Cannot listen on {host}, port {port}: {exc.strerror}. Set HOST and PORT."


def prepare_database() -> None:
    from interview_trainer.health import has_unapplied_migrations

    if has_unapplied_migrations():
        call_command("migrate", interactive=False)
    call_command("create_first_logins")
    call_command("expire_holds", stdout=io.StringIO())
    connections.close_all()


def become_gunicorn() -> None:
    command = [sys.executable, "-m", "gunicorn"]
    command += ["--config", "python:interview_trainer.gunicorn_conf", "interview_trainer.wsgi"]
    os.chdir(BASE_DIR)
    os.execv(sys.executable, command)  # noqa: S606  (no shell, our own interpreter)


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
