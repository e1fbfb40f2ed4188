"""The figures of several processes, also of those that ended: real ones, that are killed."""

import fcntl
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from django.conf import settings

from interview_trainer import metric_files
from tests.interview_trainer.test_metrics import samples
from tests.live import wait_until
from tests.service import PROJECT, Service, start

__all__ = ["start"]

COUNT = """
import sys
from interview_trainer import metrics
metrics.note_hold("posted", int(sys.argv[1]))
metrics.stages["hold"].observe(0.002)
metrics.streams_open.inc()
sys.stdout.write("counted")
sys.stdout.flush()
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(metric_files, "MEMORY", tmp_path)
    monkeypatch.setenv(metric_files.VARIABLE, "")
    return metric_files.make_folder()


class Counting:
    """A process that has counted once, and lives until it is told to end."""

    def __init__(self, credits: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", COUNT, str(credits)],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.read(7) == b"counted"

    def end(self) -> None:
        self._process.communicate()


@pytest.fixture
def value(client, settings):
    settings.SCRAPED_GAUGES = []

    def read(*name: str) -> float:
        return samples(client.get("/metrics").content.decode()).get(name, 0)

    return read


def test_counts_outlive_their_process_and_gauges_do_not(folder, value):
    counting = [Counting(5), Counting(7)]
    assert value("credits_total", "posted") == 12
    assert value("streams_open") == 2
    counting[0].end()
    metric_files.bury_the_dead()
    assert value("credits_total", "posted") == 12
    assert value("stage_seconds_count", "hold") == 2
    assert value("streams_open") == 1
    counting[1].end()
    metric_files.bury_the_dead()
    assert value("credits_total", "posted") == 12
    assert value("stage_seconds_bucket", "0.0025", "hold") == 2
    assert value("streams_open") == 0
    assert {file.name for file in folder.iterdir()} == {
        "counter_ended.db",
        "histogram_ended.db",
        "lock",
    }


def test_whoever_reads_is_not_waited_for(folder, value):
    process = Counting(5)
    process.end()
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        metric_files.bury_the_dead()
    assert value("credits_total", "posted") == 5
    assert value("streams_open") == 0
    metric_files.bury_the_dead()
    assert value("credits_total", "posted") == 5
    assert (folder / "counter_ended.db").exists()


def test_a_server_removes_the_folders_of_dead_ones_and_no_other(tmp_path, monkeypatch):
    monkeypatch.setattr(metric_files, "MEMORY", tmp_path)
    monkeypatch.setenv(metric_files.VARIABLE, "")
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for pid in (ended.pid, os.getppid()):
        (tmp_path / f"{metric_files.PREFIX}{pid}").mkdir()
    (tmp_path / "somebody-else").mkdir()
    made = metric_files.make_folder()
    assert sorted(tmp_path.iterdir()) == sorted(
        [made, tmp_path / f"{metric_files.PREFIX}{os.getppid()}", tmp_path / "somebody-else"]
    )
    metric_files.remove_folder()
    assert not made.exists()


def test_only_who_made_the_folder_removes_it(folder):
    pid = os.fork()
    if pid == 0:
        metric_files.remove_folder()
        os._exit(0)
    os.waitpid(pid, 0)
    assert folder.exists()


@pytest.fixture
def service(start, tmp_path) -> Iterator[tuple[Service, str]]:
    """Two workers and a task worker."""
    running = start(WORKERS="2", TASK_WORKERS="1", CACHE_URL=f"filecache://{tmp_path}/cache")
    yield running, running.wait_until_ready()


def read(address: str) -> dict[tuple[str, ...], float]:
    return samples(requests.get(f"{address}/metrics", timeout=30).text)


def probe(address: str, times: int) -> None:
    for _ in range(times):
        requests.get(f"{address}/", timeout=30)


def test_a_killed_worker_leaves_the_sums_as_they_were(service):
    running, address = service
    folder = metric_files.MEMORY / f"{metric_files.PREFIX}{running.process.pid}"
    label = ("requests_total", "GET", "", "200")
    probe(address, 40)
    assert read(address)[label] == 40

    worker = re.search(r"Booting worker with pid: (\d+)", running.output)
    assert worker
    os.kill(int(worker[1]), signal.SIGKILL)
    running.read_until("Booting worker with pid")
    wait_until(lambda: not list(folder.glob(f"*_{worker[1]}.db")))
    assert read(address)[label] == 40
    probe(address, 10)
    told = read(address)
    assert told[label] == 50
    assert told["request_threads_busy",] == 1  # which answers this
    assert told["permits",] == 2 * settings.PERMITS
    assert told["processes",] >= 3  # the server and its workers; the task worker may still start
    assert told["memory_bytes",] > 50e6
    assert told["cpu_seconds_total",] > 0.5
    assert all(told["gauges_up", source] == 1 for (_, source) in up(told))

    assert running.stop() == 0
    assert not folder.exists()


def up(told: dict[tuple[str, ...], float]) -> list[tuple[str, ...]]:
    found = [name for name in told if name[0] == "gauges_up"]
    assert len(found) == 7
    return found
