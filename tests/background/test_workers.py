"""Workers as they run, in processes of their own: killed, frozen, told to stop."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django_tasks_db.models import DBTaskResult

from tests.background.tasks import (
    kill_own_worker,
    lose_database,
    make_person,
    take_turns,
    wait_for_file,
)
from tests.live import PROJECT, database_url, environment, server_only, wait_until
from tests.service import Service, start
from users.models import User

__all__ = ["start"]

pytestmark = pytest.mark.django_db(transaction=True)

TASKS = 60
Run = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def run_worker(tmp_path) -> Iterator[Run]:
    """Starts `manage.py run_worker` on the test's database, with short times."""
    with ExitStack() as stack:

        def run(*arguments: str, **variables: str) -> subprocess.Popen[bytes]:
            output = stack.enter_context((tmp_path / "output").open("a"))
            process = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "manage.py", "run_worker", *arguments],
                    cwd=PROJECT,
                    env=environment(tmp_path)
                    | {"TASK_LEASE_S": "2", "TASK_RETRY_WAIT_S": "0"}
                    | variables,
                    stderr=output,
                )
            )
            stack.callback(process.kill)  # its workers then end by themselves
            return process

        yield run


def log(place: Path) -> list[list[str]]:
    file = place / "log"
    return [line.split() for line in file.read_text().splitlines()] if file.exists() else []


def said(place: Path, what: str) -> list[list[str]]:
    return [line for line in log(place) if line[1] == what]


def pids(place: Path) -> list[int]:
    """Of the workers that began a task, in order."""
    return [int(line[2]) for line in said(place, "begins")]


def states() -> dict[str, int]:
    return dict(Counter(DBTaskResult.objects.values_list("status", flat=True)))


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_several_workers_run_each_task_once(run_worker, tmp_path):
    for number in range(TASKS):
        take_turns.enqueue(number)
    for _ in range(2):
        run_worker("--processes", "2")
    wait_until(lambda: states() == {"SUCCESSFUL": TASKS})
    expected = sorted(str(number) for number in range(TASKS))
    assert sorted(number for number, *_ in said(tmp_path, "begins")) == expected
    assert sorted(number for number, *_ in said(tmp_path, "ends")) == expected
    assert len(set(pids(tmp_path))) > 1


def test_a_task_whose_worker_is_killed_runs_again(run_worker, tmp_path):
    wait_for_file.enqueue("eve")
    run_worker()
    wait_until(lambda: pids(tmp_path))
    os.kill(pids(tmp_path)[0], signal.SIGKILL)
    wait_until(lambda: len(pids(tmp_path)) == 2)
    (tmp_path / "eve-go").touch()
    wait_until(lambda: states() == {"SUCCESSFUL": 1})
    assert [line[1] for line in log(tmp_path)] == ["begins", "begins", "ends", "unwinds"]
    assert said(tmp_path, "ends") == [["eve", "ends", "2"]]


def test_a_task_that_kills_its_worker_each_time_fails_and_says_so(run_worker, tmp_path):
    kill_own_worker.enqueue("eve")
    run_worker()
    wait_until(lambda: states() == {"FAILED": 1})
    assert len(set(pids(tmp_path))) == 2
    assert User.objects.filter(email="failed-eve@example.com").exists()
    make_person.enqueue("max")
    wait_until(lambda: User.objects.filter(email="max@example.com").exists())


def test_a_task_longer_than_the_lease_stays_with_its_worker(run_worker, tmp_path):
    wait_for_file.enqueue("eve")
    run_worker("--processes", "2")
    wait_until(lambda: pids(tmp_path))
    seen: set[object] = set()

    def renewed_often() -> bool:  # four times a lease
        seen.add(DBTaskResult.objects.get().run_after)
        return len(seen) > 8

    wait_until(renewed_often)
    (tmp_path / "eve-go").touch()
    wait_until(lambda: states() == {"SUCCESSFUL": 1})
    assert [line[1] for line in log(tmp_path)] == ["begins", "ends", "unwinds"]


def test_a_worker_that_was_frozen_too_long_ends_rather_than_go_on(run_worker, tmp_path):
    wait_for_file.enqueue("eve")
    run_worker("--processes", "2")
    wait_until(lambda: pids(tmp_path))
    frozen = pids(tmp_path)[0]
    os.kill(frozen, signal.SIGSTOP)
    wait_until(lambda: len(pids(tmp_path)) == 2)
    os.kill(frozen, signal.SIGCONT)
    wait_until(lambda: not is_running(frozen))
    (tmp_path / "eve-go").touch()
    wait_until(lambda: states() == {"SUCCESSFUL": 1})
    assert said(tmp_path, "ends") == [["eve", "ends", "2"]]


def test_sigterm_lets_the_running_task_end_and_starts_no_other(run_worker, tmp_path):
    wait_for_file.enqueue("eve")
    process = run_worker()
    wait_until(lambda: pids(tmp_path))
    wait_for_file.enqueue("max")
    process.send_signal(signal.SIGTERM)
    wait_until(lambda: "workers_told_to_stop" in (tmp_path / "output").read_text())
    (tmp_path / "eve-go").touch()
    assert process.wait(30) == 0
    assert states() == {"SUCCESSFUL": 1, "READY": 1}
    assert [line[0] for line in said(tmp_path, "begins")] == ["eve"]


@pytest.mark.parametrize(("sign", "patience_s"), [(signal.SIGTERM, "1"), (signal.SIGINT, "300")])
def test_a_task_that_is_cut_short_unwinds_and_goes_back(run_worker, tmp_path, sign, patience_s):
    wait_for_file.enqueue("eve")
    process = run_worker(GRACEFUL_TIMEOUT_S=patience_s)
    wait_until(lambda: pids(tmp_path))
    process.send_signal(sign)
    assert process.wait(30) == 0
    assert [line[1] for line in log(tmp_path)] == ["begins", "unwinds"]
    row = DBTaskResult.objects.get()
    assert (row.status, row.worker_ids) == ("READY", [])


def test_a_worker_whose_supervisor_is_killed_drains_and_ends(run_worker, tmp_path):
    wait_for_file.enqueue("eve")
    process = run_worker(GRACEFUL_TIMEOUT_S="1")
    wait_until(lambda: pids(tmp_path))
    process.kill()
    process.wait()
    wait_until(lambda: not is_running(pids(tmp_path)[0]))
    assert [line[1] for line in log(tmp_path)] == ["begins", "unwinds"]
    assert states() == {"READY": 1}


@server_only
def test_a_task_that_loses_the_database_is_tried_again_before_its_lease_lapses(run_worker):
    lose_database.enqueue("eve")
    run_worker(TASK_LEASE_S="300")
    wait_until(lambda: states() == {"SUCCESSFUL": 1})
    assert len(DBTaskResult.objects.get().worker_ids) == 2
    assert User.objects.filter(email="eve@example.com").exists()


@pytest.fixture
def service(start, tmp_path) -> Service:
    """What `make run` starts, on the test's database; its tasks write where those above do."""
    started: Service = start(
        TASK_WORKERS="1",
        DATABASE_URL=database_url(),
        DATA_DIR=str(tmp_path),
        TASK_RETRY_WAIT_S="0",
    )
    started.wait_until_ready()
    return started


def test_make_run_runs_tasks_and_leaves_nothing_behind(service, tmp_path):
    take_turns.enqueue(1)
    wait_until(lambda: states() == {"SUCCESSFUL": 1})
    os.kill(pids(tmp_path)[0], signal.SIGKILL)
    take_turns.enqueue(2)
    wait_until(lambda: states() == {"SUCCESSFUL": 2})
    assert service.stop() == 0
    assert "worker_crashed" in service.output
    assert "Traceback" not in service.output
    assert not is_running(pids(tmp_path)[1])


def test_ctrl_c_does_not_wait_for_a_task_and_loses_none(service, tmp_path):
    wait_for_file.enqueue("eve")
    wait_until(lambda: pids(tmp_path))
    assert service.stop(signal.SIGINT) == 0
    assert "Traceback" not in service.output
    assert [line[1] for line in log(tmp_path)] == ["begins", "unwinds"]
    assert states() == {"READY": 1}


def test_workers_end_with_a_server_that_is_killed(service, tmp_path):
    take_turns.enqueue(1)
    wait_until(lambda: states() == {"SUCCESSFUL": 1})
    service.process.kill()
    wait_until(lambda: not is_running(pids(tmp_path)[0]))
