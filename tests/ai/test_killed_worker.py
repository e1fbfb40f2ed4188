"""A worker that is killed with -9 in mid-call: nothing is lost, and nothing is paid."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import requests

from tests.service import PROJECT, environment, start

__all__ = ["start"]

PERSON = "candidate@example.com"
LONG_TEXT = "This sentence is one of very many, so that saying them all takes a while. " * 100


def manage(place: Path, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=PROJECT,
        env=environment(place),
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def test_the_hold_of_a_killed_worker_expires_and_returns(start, tmp_path):
    service = start(SPEECH_CACHE_MAX_BYTES="0")
    address = service.wait_until_ready()
    key = re.search(r"it_[0-9a-f]{8}_\S+", service.output)
    worker = re.search(r"Booting worker with pid: (\d+)", service.output)
    assert key and worker
    headers = {"x-api-key": key[0]}
    url = f"{address}/api/ai/generate-audio?email={PERSON}"

    with requests.post(
        url, json={"message": LONG_TEXT}, headers=headers, stream=True, timeout=60
    ) as response:
        assert response.status_code == 200
        assert next(response.iter_content(100))
        os.kill(int(worker[1]), signal.SIGKILL)

    credits = f"{address}/api/me/credits?email={PERSON}"
    held = requests.get(credits, headers=headers, timeout=60).json()
    assert held["balance"] + held["held"] == 300
    assert held["held"] == 15

    with closing(sqlite3.connect(tmp_path / "data" / "interview_trainer.sqlite3")) as database:
        database.execute("UPDATE users_hold SET expires_at = '2020-01-01' WHERE state = 'open'")
        database.commit()
    assert "Expired 1" in manage(tmp_path, "expire_holds")
    assert "The ledger is right" in manage(tmp_path, "verify_ledger")
    returned = requests.get(credits, headers=headers, timeout=60).json()
    assert (returned["balance"], returned["held"]) == (300, 0)
