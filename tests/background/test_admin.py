"""Background tasks in the admin site: seen by who may, run again by who may."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from background.models import BackgroundTask
from tests.background.tasks import SECRET, break_down, make_person
from users.models import User

LIST = "admin:background_backgroundtask_changelist"


@pytest.fixture
def staff_with(newcomer: User, client: Client) -> Callable[..., Client]:
    """A client of staff with the permissions named."""

    def make(*codenames: str) -> Client:
        newcomer.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        client.force_login(newcomer)
        return client

    return make


def address(page: str) -> str:
    pk = DBTaskResult.objects.get().pk
    return reverse(f"admin:background_backgroundtask_{page}", args=[pk])


@pytest.fixture
def failed(run_tasks) -> None:
    break_down.enqueue("hopeless")
    run_tasks()


def test_shows_what_failed_and_where_without_its_words(failed, staff_with):
    admin = staff_with("view_backgroundtask")
    assert "HopelessError" in admin.get(reverse(LIST)).text
    page = admin.get(address("change")).text
    assert "in break_down" in page
    assert SECRET not in page


def test_shows_what_waits(staff_with, db):
    make_person.enqueue("eve")
    admin = staff_with("view_backgroundtask")
    assert "make_person" in admin.get(reverse(LIST), {"status__exact": "READY"}).text
    assert "make_person" not in admin.get(reverse(LIST), {"status__exact": "FAILED"}).text


def test_more_tasks_cost_no_more_queries(staff_with, db, django_assert_max_num_queries):
    admin = staff_with("view_backgroundtask")
    for number in range(20):
        make_person.enqueue(str(number))
    with django_assert_max_num_queries(8):
        admin.get(reverse(LIST))


def test_a_failed_task_runs_again_with_all_its_attempts(failed, staff_with, run_tasks):
    admin = staff_with("view_backgroundtask", "change_backgroundtask")
    assert "Run again" in admin.get(address("change")).text
    assert admin.get(address("retry")).status_code == 200
    assert admin.post(address("retry")).status_code == 302
    row = DBTaskResult.objects.get()
    assert (row.status, row.worker_ids) == ("READY", [])
    assert run_tasks() == 1


def test_who_may_only_look_cannot_run_it_again(failed, staff_with):
    admin = staff_with("view_backgroundtask")
    assert "Run again" not in admin.get(address("change")).text
    assert admin.post(address("retry")).status_code == 403
    assert DBTaskResult.objects.get().status == "FAILED"


def test_a_task_that_has_not_failed_does_not_run_again(run_tasks, staff_with):
    make_person.enqueue("eve")
    run_tasks()
    admin = staff_with("view_backgroundtask", "change_backgroundtask")
    assert admin.post(address("retry")).status_code == 403
    assert DBTaskResult.objects.get().status == "SUCCESSFUL"


def test_staff_without_the_permission_see_nothing(failed, staff_with):
    assert staff_with().get(reverse(LIST)).status_code == 403


def test_the_list_is_read_in_the_order_of_an_index(db):
    with connection.cursor() as cursor:
        table = BackgroundTask._meta.db_table
        found = connection.introspection.get_constraints(cursor, table)
    assert found["background_task_enqueued"]["columns"] == ["enqueued_at", "id"]
