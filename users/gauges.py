"""What `/metrics` tells of the ledger."""

from collections.abc import Iterator

from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily

from interview_trainer.gauges import gauge
from users.models import Hold


def hold_gauges() -> Iterator[GaugeMetricFamily]:
    """One query that reads open holds only: as many as operations run."""
    now = timezone.now()
    found = Hold.objects.filter(state=Hold.State.OPEN).aggregate(
        count=Count("pk"), oldest=Min("created_at")
    )
    age_s = (now - found["oldest"]).total_seconds() if found["oldest"] else 0.0
    yield gauge("holds_open", "Holds that have no outcome yet.", found["count"])
    yield gauge("hold_oldest_seconds", "Age of the oldest open hold.", age_s)
