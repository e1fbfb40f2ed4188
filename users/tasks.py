"""What is done in the background. See "Background work" in docs/architecture.md."""

from __future__ import annotations

from django_tasks import task

from users.models import User
from users.services import erasure


@task()
def finish_erasure(user_id: int) -> None:
    erasure.erase_personal_data(user=User.objects.get(pk=user_id, erased_at__isnull=False))


def fail_export(user_id: int) -> None:
    from users.services import exports

    exports.fail_export(user_id=user_id)


@task(on_failure=fail_export)
def make_export(user_id: int) -> None:
    from users.services import exports  # which enqueues this task

    exports.write_export(user_id=user_id)
