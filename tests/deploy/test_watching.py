"""The alerts and the dashboard speak of figures that the service tells."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from django.db import connection
from django_tasks_db.models import DBTaskResult
from prometheus_client.parser import text_string_to_metric_families

from tests.background.tasks import make_person
from tests.live import live_service, wait_until
from users.models import Scope, User
from users.services.api_keys import create_api_key

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
ALERTS = DEPLOY / "prometheus" / "alerts.yml"
DASHBOARD = DEPLOY / "grafana" / "dashboards" / "interview-trainer.json"

METRIC = re.compile(r"\binterview_trainer_\w+")
LABELS = re.compile(r"(\binterview_trainer_\w+)\{([^}]*)\}")


def alerts() -> list[dict[str, Any]]:
    groups = yaml.safe_load(ALERTS.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = json.loads(DASHBOARD.read_text())["panels"]
    return shown


def queries() -> Iterator[str]:
    yield from (rule["expr"] for rule in alerts())
    yield from (target["expr"] for panel in panels() for target in panel.get("targets", ()))


@pytest.fixture
def told(transactional_db, owner: User, tmp_path) -> dict[str, set[str]]:
    """The labels of every figure that a real service tells after it did a little of everything."""
    _, secret = create_api_key(name="Frontend", scopes=Scope.values)
    task = make_person.enqueue("grace")
    with live_service(tmp_path, TASK_WORKERS="1") as service:
        url = f"http://{service.address}/api/ai/message?email={owner.email}"
        for accepted in ("application/json", "text/event-stream"):
            headers = {"x-api-key": secret, "accept": accepted}
            answer = requests.post(url, json={"message": "Hi"}, headers=headers, timeout=60)
            assert answer.status_code == 200, answer.text
        wait_until(lambda: DBTaskResult.objects.get(pk=task.id).finished_at)
        text = ""

        def has_ended() -> bool:
            nonlocal text
            text = requests.get(f"http://{service.address}/metrics", timeout=60).text
            return "interview_trainer_tasks_total{" in text

        wait_until(has_ended)
    return {
        sample.name: {*sample.labels}
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_every_figure_that_is_asked_for_is_told(told):
    if connection.vendor == "sqlite":  # which has no connections to count
        told |= {
            "interview_trainer_database_connections": set(),
            "interview_trainer_database_connections_max": set(),
        }
    asked = {name for query in queries() for name in METRIC.findall(query)}
    assert len(asked) > 20
    assert asked <= set(told)
    for query in queries():
        for name, labels in LABELS.findall(query):
            assert set(re.findall(r"(\w+)(?==|!)", labels)) <= told[name], query


def test_every_alert_says_how_urgent_it_is_and_where_to_read_on():
    found = alerts()
    assert len({rule["alert"] for rule in found}) == len(found)
    for rule in found:
        anchor = re.sub(r"(?<!^)(?=[A-Z])", "-", rule["alert"]).lower()
        assert rule["annotations"]["runbook"] == f"docs/operations.md#{anchor}"
        assert rule["annotations"]["summary"]
        assert rule["labels"]["severity"] in ("page", "ticket")


def test_every_alert_that_the_dashboard_names_exists():
    named = {
        name
        for panel in panels()
        for name in re.findall(r"Alert: (\w+)", panel.get("description", ""))
    }
    assert named
    assert named <= {rule["alert"] for rule in alerts()}


def test_prometheus_asks_the_ports_where_compose_has_them():
    asked = {
        found["names"][0]: found["port"]
        for job in yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text())[
            "scrape_configs"
        ]
        for found in job["dns_sd_configs"]
    }
    compose = yaml.safe_load((DEPLOY.parent / "compose.yaml").read_text())
    told = compose["services"]["worker"]["environment"]["WORKER_METRICS_PORT"]
    assert asked == {"web": 8000, "worker": int(told)}


def test_the_panels_lie_side_by_side():
    taken: set[tuple[int, int]] = set()
    for panel in panels():
        place = panel["gridPos"]
        columns = range(place["x"], place["x"] + place["w"])
        cells = {(x, y) for x in columns for y in range(place["y"], place["y"] + place["h"])}
        assert place["x"] + place["w"] <= 24, panel["title"]
        assert not cells & taken, panel["title"]
        taken |= cells


def test_grafana_finds_its_source_and_its_dashboard():
    provisioning = DEPLOY / "grafana" / "provisioning"
    (source,) = yaml.safe_load((provisioning / "datasources" / "prometheus.yml").read_text())[
        "datasources"
    ]
    (provider,) = yaml.safe_load((provisioning / "dashboards" / "dashboards.yml").read_text())[
        "providers"
    ]
    assert provider["options"]["path"].endswith(DASHBOARD.parent.name)
    for panel in panels():
        for target in panel.get("targets", ()):
            assert target["datasource"]["uid"] == source["uid"]
