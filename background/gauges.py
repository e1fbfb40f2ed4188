"""What `/metrics` tells of the queue."""

from collections.abc import Iterator

from django.db.models import Count, Min, Q
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max
from prometheus_client.core import GaugeMetricFamily

from interview_trainer.gauges import gauge, labelled_gauge


def queue_gauges() -> Iterator[GaugeMetricFamily]:
    """One query that reads unfinished tasks only.

    A task without a time to run at is due since it was enqueued; any other since its time.
    """
    now = timezone.now()
    ready = Q(status=TaskResultStatus.READY)
    at_once = ready & Q(run_after=get_date_max())
    timed = ready & Q(run_after__lte=now)
    found = DBTaskResult.objects.filter(
        status__in=[TaskResultStatus.READY, TaskResultStatus.RUNNING]
    ).aggregate(
        due=Count("pk", filter=at_once | timed),
        ready=Count("pk", filter=ready),
        running=Count("pk", filter=Q(status=TaskResultStatus.RUNNING)),
        at_once_since=Min("enqueued_at", filter=at_once),
        timed_since=Min("run_after", filter=timed),
    )
    counts = labelled_gauge("tasks", "Background tasks that have not ended.", ["state"])
    counts.add_metric(["due"], found["due"])
    counts.add_metric(["later"], found["ready"] - found["due"])
    counts.add_metric(["running"], found["running"])
    yield counts
    oldest = min(filter(None, [found["at_once_since"], found["timed_since"]]), default=now)
    text = "How long the longest due task has been due."
    yield gauge("task_oldest_due_seconds", text, (now - oldest).total_seconds())
