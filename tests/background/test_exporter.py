"""What task workers tell of themselves, where no server does."""

import requests

from deploy.programs import free_port
from interview_trainer.metric_files import MEMORY, PREFIX
from tests.background.tasks import make_person
from tests.background.test_workers import pytestmark, run_worker
from tests.interview_trainer.test_metrics import samples
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
