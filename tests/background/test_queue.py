"""The queue, through its own worker, in the test's connection."""

from datetime import timedelta

import pytest
from django.core.checks import run_checks
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from background import queue
from background.worker import Worker
from tests.background.tasks import (
    SECRET,
    break_down,
    break_twice,
    make_person,
    work_at_second_try,
)
from users.models import Hold, User
from users.services.ledger import hold_credits

pytestmark = pytest.mark.django_db


def people() -> list[str]:
    emails = User.objects.order_by("pk").values_list("email", flat=True)
    return [email.removesuffix("@example.com") for email in emails]


def the_task() -> queue.Row:
    return DBTaskResult.objects.get()


def test_a_task_runs_once(run_tasks):
    result = make_person.enqueue("eve")
    assert people() == []
    assert run_tasks() == 1
    assert run_tasks() == 0
    assert people() == ["eve"]
    result.refresh()
    assert (result.status, result.attempts, result.return_value) == ("SUCCESSFUL", 1, "eve")


def test_what_is_undone_leaves_no_task(run_tasks):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        make_person.enqueue("eve")
        _ = 1 / 0
    assert run_tasks() == 0
    assert not DBTaskResult.objects.exists()


def test_a_task_for_later_waits(run_tasks):
    make_person.using(run_after=timezone.now() + timedelta(hours=1)).enqueue("eve")
    assert run_tasks() == 0
    assert run_tasks(later=True) == 1
    assert people() == ["eve"]


def test_a_failing_task_waits_longer_each_time_and_then_has_failed(run_tasks, settings):
    settings.TASK_RETRY_WAIT_S = 5
    break_down.enqueue("eve")
    for attempt, wait_s in enumerate((5, 20), start=1):
        before = timezone.now()
        assert run_tasks() == 1
        row = the_task()
        assert (row.status, len(row.worker_ids)) == ("READY", attempt)
        waits = (row.run_after - before).total_seconds()
        assert wait_s <= waits < wait_s + 2
        assert run_tasks() == 0
        DBTaskResult.objects.update(run_after=timezone.now())
    assert people() == []
    assert run_tasks() == 1
    assert (the_task().status, len(the_task().worker_ids)) == ("FAILED", 3)
    assert people() == ["failed-eve"]
    assert run_tasks(later=True) == 0


def test_a_task_that_fails_once_is_done_by_the_next_attempt(run_tasks):
    work_at_second_try.enqueue("eve")
    assert run_tasks(later=True) == 2
    assert people() == ["eve"]
    assert the_task().status == "SUCCESSFUL"


def test_what_cannot_get_better_is_not_tried_again(run_tasks):
    break_down.enqueue("hopeless")
    assert run_tasks(later=True) == 1
    assert (the_task().status, people()) == ("FAILED", ["failed-hopeless"])


def test_a_task_whose_failure_cannot_be_told_has_failed_all_the_same(run_tasks, caplog):
    break_twice.enqueue("eve")
    assert run_tasks(later=True) == 1
    assert the_task().status == "FAILED"
    assert "on_failure_failed" in caplog.text


def test_an_error_is_kept_and_logged_without_its_text(run_tasks, caplog):
    break_down.enqueue("hopeless")
    run_tasks()
    row = the_task()
    assert row.exception_class_path == "tests.background.tasks.HopelessError"
    assert "in break_down" in row.traceback
    assert SECRET not in row.traceback
    assert SECRET not in caplog.text


def test_a_task_that_this_code_does_not_have_is_left_to_another_try(run_tasks):
    make_person.enqueue("eve")
    DBTaskResult.objects.update(task_path="tests.background.tasks.of_tomorrow")
    assert run_tasks() == 1
    assert the_task().status == "READY"
    DBTaskResult.objects.update(task_path=make_person.module_path, run_after=timezone.now())
    assert run_tasks() == 1
    assert people() == ["eve"]


def test_who_reads_a_task_that_another_claimed_does_not_get_it():
    make_person.enqueue("eve")
    found, again = the_task(), the_task()
    assert queue.claim(found, worker_id="first")
    assert not queue.claim(again, worker_id="second")
    assert the_task().worker_ids == ["first"]


def test_a_worker_that_lost_its_task_changes_nothing():
    make_person.enqueue("eve")
    lost = queue.claim_next(worker_id="slow")
    assert lost
    DBTaskResult.objects.update(run_after=timezone.now())
    assert queue.retry_lost_tasks() == 1
    DBTaskResult.objects.update(run_after=timezone.now())
    mine = queue.claim_next(worker_id="quick")
    assert mine
    assert not queue.renew_lease(lost)
    assert not queue.succeed(lost, return_value=None)
    assert not queue.fail(lost, ValueError())
    assert not queue.give_back(lost)
    assert (the_task().status, the_task().worker_ids) == ("RUNNING", ["slow", "quick"])
    assert queue.succeed(mine, return_value=None)


def test_a_task_whose_lease_holds_is_not_lost():
    make_person.enqueue("eve")
    row = queue.claim_next(worker_id="one")
    assert row
    assert queue.retry_lost_tasks() == 0
    DBTaskResult.objects.update(run_after=timezone.now())
    assert queue.renew_lease(row)
    assert queue.retry_lost_tasks() == 0


def test_a_task_that_is_lost_at_every_attempt_fails():
    break_down.enqueue("eve")
    for _ in range(3):
        DBTaskResult.objects.update(run_after=timezone.now())
        assert queue.claim_next(worker_id="one")
        DBTaskResult.objects.update(run_after=timezone.now())
        assert queue.retry_lost_tasks() == 1
    row = the_task()
    assert (row.status, row.exception_class_path) == ("FAILED", "background.queue.TaskLostError")
    assert people() == ["failed-eve"]


def test_a_task_given_back_has_lost_no_attempt(run_tasks):
    make_person.enqueue("eve")
    row = queue.claim_next(worker_id="one")
    assert row
    assert queue.give_back(row)
    assert the_task().worker_ids == []
    assert run_tasks() == 1


def test_old_results_are_deleted_and_waiting_tasks_kept(run_tasks, settings):
    make_person.enqueue("eve")
    run_tasks()
    make_person.enqueue("max")
    assert queue.delete_old_results() == 0
    settings.TASK_RESULTS_KEPT_S = -1
    assert queue.delete_old_results() == 1
    assert the_task().status == "READY"


def test_what_is_scheduled_runs_at_first_and_again_after_its_time(settings, caplog):
    settings.SCHEDULE_S = {"background.queue.delete_old_results": 3600, "builtins.missing": 0}
    settings.TASK_RESULTS_KEPT_S = -1
    worker = Worker()
    make_ended()
    worker.keep_schedule()
    assert not DBTaskResult.objects.exists()
    assert "scheduled_failed" in caplog.text
    make_ended()
    worker.keep_schedule()
    assert DBTaskResult.objects.exists()


def test_a_worker_returns_overdue_holds(owner, balance):
    hold_credits(user=owner, amount=5, purpose="text")
    Hold.objects.update(expires_at=timezone.now())
    assert balance() == (295, 5)
    Worker().keep_schedule()
    assert balance() == (300, 0)


def make_ended() -> None:
    make_person.enqueue("eve")
    row = queue.claim_next(worker_id="one")
    assert row
    queue.succeed(row, return_value=None)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("TASK_WORKERS", -1, "background.E001"),
        ("TASK_LEASE_S", 1, "background.E002"),
        ("TASK_RETRY_WAIT_S", -1, "background.E003"),
        ("WORKER_METRICS_PORT", 65_536, "background.E004"),
    ],
)
def test_settings_that_cannot_work_are_refused(settings, name, value, expected):
    setattr(settings, name, value)
    assert [message.id for message in run_checks(tags=["background"])] == [expected]
