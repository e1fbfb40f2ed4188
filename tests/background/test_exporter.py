"""What task workers tell of themselves, where no server does."""

import requests

from deploy.programs import free_port
from interview_trainer.metric_files import MEMORY, PREFIX
from tests.background.tasks import SECRET, break_down, make_person
from tests.background.test_workers import pytestmark, run_worker, states
from tests.interview_trainer.receiver import receiver
from tests.interview_trainer.test_metrics import samples
from tests.interview_trainer.test_tracing import attributes, spans_in
from tests.live import wait_until

__all__ = ["pytestmark", "run_worker"]


def test_workers_of_their_own_tell_how_they_do(run_worker):
    port = free_port()
    address = f"http://127.0.0.1:{port}/metrics"
    make_person.enqueue("ada")
    process = run_worker(WORKER_METRICS_PORT=str(port))
    folder = MEMORY / f"{PREFIX}{process.pid}"

    def read() -> dict[tuple[str, ...], float]:
        try:
            return samples(requests.get(address, timeout=30).text)
        except requests.ConnectionError:
            return {}

    label = ("tasks_total", "successful", "tests.background.tasks.make_person")
    wait_until(lambda: read().get(label) == 1)
    assert read()["processes",] == 3  # who keeps them, the worker, and who tells
    through_a_proxy = requests.get(address, headers={"x-forwarded-for": "127.0.0.1"}, timeout=30)
    assert through_a_proxy.status_code == 404
    assert requests.get(f"{address}/", timeout=30).status_code == 404

    process.terminate()
    assert process.wait(30) == 0
    assert not folder.exists()


def test_a_task_is_a_span(run_worker):
    make_person.enqueue("ada")
    break_down.enqueue("eve")
    with receiver() as collector:
        process = run_worker(OTEL_EXPORTER_OTLP_ENDPOINT=f"http://{collector.address}")
        wait_until(lambda: states() == {"SUCCESSFUL": 1, "FAILED": 1})
        process.terminate()
        assert process.wait(30) == 0
        bodies = collector.bodies("/v1/traces")
    spans = spans_in(bodies)
    done = spans["tests.background.tasks.make_person"]
    failed = spans["tests.background.tasks.break_down"]
    assert (attributes(done)["state"], attributes(done)["attempt"]) == ("successful", 1)
    assert not done.status.code
    assert attributes(failed)["error"] == "OutOfOrderError"
    assert failed.status.code
    assert all(SECRET.encode() not in body for body in bodies)
