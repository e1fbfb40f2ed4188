"""What `/metrics` tells of the breakers."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily

from ai.breaker import Breaker
from ai.providers.registry import PROVIDERS
from interview_trainer.gauges import labelled_gauge


def breaker_gauges() -> Iterator[GaugeMetricFamily]:
    is_open = Breaker.opened_of(PROVIDERS)
    text = "1 while a provider that keeps failing is left alone."
    opened = labelled_gauge("breaker_open", text, ["provider", "capability"])
    for provider, capability in PROVIDERS:
        opened.add_metric([provider, capability], float((provider, capability) in is_open))
    yield opened
