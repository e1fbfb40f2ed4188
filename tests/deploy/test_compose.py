"""compose.yaml, the image, nginx, MariaDB and the topology script say the same."""

import configparser
import ipaddress
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import compose_spec
import pytest
import yaml
from django.conf import settings
from gunicorn.workers import gthread

from ai.parsers import RecordingJSONParser
from deploy.topology import DATABASE, VARIABLES, Topology
from interview_trainer.checks import CONNECTIONS_OF_TASK_WORKER
from interview_trainer.uploads import FILES_OF_A_PAGE
from tests.interview_trainer.test_env_example import names_read_by_settings
from tests.live import PROJECT

DEPLOY = PROJECT / "deploy"
WEB_PORT = 8000
# From the end of the times that are granted to the engine's patience.
STOP_MARGIN_S = 10
# For people and dumps.
SPARE_CONNECTIONS = 50


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load((PROJECT / "compose.yaml").read_text())
    return parsed


@pytest.fixture(scope="module")
def services(compose) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose["services"]
    return found


@pytest.fixture(scope="module")
def ours(services) -> dict[str, dict[str, Any]]:
    """Those that run the service's own image."""
    return {name: one for name, one in services.items() if "build" in one}


@pytest.fixture(scope="module")
def copies(services) -> dict[str, dict[str, Any]]:
    return {name: one for name, one in services.items() if re.fullmatch(r"web\d+", name)}


def nginx_value(directive: str) -> str:
    found = re.findall(rf"^\s*{directive} (.+);$", (DEPLOY / "nginx/nginx.conf").read_text(), re.M)
    assert len(found) == 1, directive
    return str(found[0])


def mariadb_value(name: str) -> str:
    parser = configparser.ConfigParser(allow_no_value=True)
    parser.read(DEPLOY / "mariadb" / "interview_trainer.cnf")
    return parser["mariadbd"][name]


def seconds(duration: str) -> float:
    units = {"s": 1, "m": 60, "h": 3600}
    return sum(int(number) * units[unit] for number, unit in re.findall(r"(\d+)([smh])", duration))


def test_the_compose_file_follows_the_specification(compose):
    filled_in = re.sub(r"\$\{[^}]+\}", "something", yaml.safe_dump(compose))
    parsed = compose_spec.PyCompose.from_yaml(filled_in)
    parsed.validate()
    assert len(parsed.service_names()) == len(compose["services"])


def test_every_service_is_bounded_restarted_and_looked_at(services):
    for name, one in services.items():
        assert one["restart"] == ("on-failure" if name == "migrate" else "unless-stopped")
        assert {"cpus", "memory"} <= set(one["deploy"]["resources"]["limits"]), name
        assert one["healthcheck"].get("test") or one["healthcheck"]["disable"], name
        assert "options" in one["logging"], name
        assert name == "migrate" or "stop_grace_period" in one, name


def test_what_is_set_is_a_setting(ours, services):
    known = names_read_by_settings()
    for name, one in ours.items():
        given = set(one["environment"]) - known
        assert {key.removesuffix("_FILE") for key in given} <= known, name
    assert set(VARIABLES) <= known


def test_no_secret_stands_in_the_file(compose, services):
    assert all(set(secret) == {"file"} for secret in compose["secrets"].values())
    for name, one in services.items():
        assert set(one.get("secrets", [])) <= set(compose["secrets"]), name
        for key, value in one.get("environment", {}).items():
            if re.search("PASSWORD|SECRET|_KEY|DATABASE_URL", key):
                assert str(value).startswith("/run/secrets/"), key


def test_what_is_mounted_is_there(services):
    for one in services.values():
        for volume in one.get("volumes", []):
            source = volume.partition(":")[0]
            assert not source.startswith("./") or (PROJECT / source).exists(), source


def test_copies_stop_within_the_engines_patience(ours, copies):
    for name in (*copies, "worker"):
        given = ours[name]["environment"]
        drain_s = float(given["DRAIN_S"]) if name in copies else 0
        needed_s = drain_s + float(given["GRACEFUL_TIMEOUT_S"]) + STOP_MARGIN_S
        assert seconds(ours[name]["stop_grace_period"]) >= needed_s, name


def test_nginx_has_the_address_of_each_copy(copies, compose):
    text = (DEPLOY / "nginx" / "web_copies.conf").read_text()
    named = re.findall(r"^server (\S+) max_fails=1 fail_timeout=2s;$", text, re.M)
    addresses = [one["networks"]["inside"]["ipv4_address"] for one in copies.values()]
    assert named == [f"{address}:{WEB_PORT}" for address in addresses]
    (inside,) = compose["networks"]["inside"]["ipam"]["config"]
    handed_out = ipaddress.ip_network(inside["ip_range"])
    assert not any(ipaddress.ip_address(address) in handed_out for address in addresses)


def test_prometheus_finds_copies_and_workers(services, copies):
    jobs = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text())["scrape_configs"]
    asked = {name for job in jobs for name in job["dns_sd_configs"][0]["names"]}
    aliases = {alias for one in copies.values() for alias in one["networks"]["inside"]["aliases"]}
    assert asked <= aliases | set(services)
    allowed = services["web1"]["environment"]["METRICS_ALLOWED"].split(",")
    assert str(ipaddress.ip_network("172.30.57.0/24")) in allowed


def test_the_image_listens_where_it_is_looked_for():
    dockerfile = (PROJECT / "Dockerfile").read_text()
    assert f"PORT={WEB_PORT} " in dockerfile
    assert f"EXPOSE {WEB_PORT}\n" in dockerfile


def test_the_image_has_every_app():
    kept = (PROJECT / ".dockerignore").read_text().splitlines()
    folders = [app for app in settings.INSTALLED_APPS if (PROJECT / app).is_dir()]
    assert folders
    assert {f"!{folder}/" for folder in (*folders, "interview_trainer")} <= set(kept)


def test_nginx_takes_the_largest_body_that_a_route_reads():
    form_bytes = max(settings.AUDIO_MAX_BYTES, FILES_OF_A_PAGE * settings.DOCUMENT_MAX_BYTES)
    routes = (RecordingJSONParser().max_bytes(), form_bytes + settings.BODY_MAX_BYTES)
    assert int(nginx_value("client_max_body_size")) == max(routes)


def test_nginx_waits_as_long_as_a_hold_lives():
    assert seconds(nginx_value("proxy_read_timeout")) >= settings.HOLD_EXPIRES_AFTER_S


def test_idle_connections_of_nginx_end_before_a_copy_that_stops(ours):
    kept = re.findall(r"keepalive_timeout (\w+);", (DEPLOY / "nginx/nginx.conf").read_text())
    for drain_s in (ours["web1"]["environment"]["DRAIN_S"], VARIABLES["DRAIN_S"]):
        assert seconds(min(kept, key=seconds)) < float(drain_s)
    # How long gunicorn keeps one once it accepts no more. The stubs leave it out.
    assert seconds(min(kept, key=seconds)) < gthread.STOP_KEEPALIVE_LINGER  # type: ignore[attr-defined]
    assert seconds(min(kept, key=seconds)) < settings.KEEPALIVE_S


def test_nothing_that_may_be_paid_is_sent_to_a_second_copy():
    assert nginx_value("proxy_next_upstream") == "error timeout"


@pytest.fixture
def production_nginx(tmp_path) -> Iterator[Path]:
    """deploy/nginx in a folder of its own, with a certificate of today."""
    folder = tmp_path / "nginx"
    shutil.copytree(DEPLOY / "nginx", folder)
    key, certificate = folder / "tls_key", folder / "tls_certificate"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    listen = folder / "listen.conf"
    listen.write_text(listen.read_text().replace("/run/secrets", str(folder)))
    yield folder


def test_nginx_accepts_its_configuration(production_nginx):
    command = ["nginx", "-t", "-p", production_nginx, "-c", production_nginx / "nginx.conf"]
    checked = subprocess.run(command, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
    assert "[warn]" not in checked.stderr


def test_mariadb_has_connections_for_every_permit(ours, copies):
    permits = sum(
        int(one["environment"]["WORKERS"]) * int(one["environment"]["PERMITS"])
        for one in copies.values()
    )
    tasks = int(ours["worker"]["command"][-1]) * CONNECTIONS_OF_TASK_WORKER
    assert int(mariadb_value("max-connections")) >= permits + tasks + SPARE_CONNECTIONS


def test_the_service_closes_its_connections_before_mariadb_does():
    assert int(mariadb_value("wait-timeout")) > settings.DATABASES["default"]["CONN_MAX_AGE"]


def test_the_script_starts_what_compose_starts(services, copies, tmp_path):
    stack = Topology(web=len(copies), folder=tmp_path)
    programs = [stack.mariadb, stack.redis, *stack.service_programs, stack.front]
    names = {"mariadb": "database"}
    started = {names.get(program.name, program.name) for program in programs}
    assert started == set(services) - {"migrate", "prometheus", "grafana"}
    assert services["database"]["environment"]["MARIADB_DATABASE"] == DATABASE


def test_the_script_runs_the_programs_that_containers_run(services, tmp_path):
    stack = Topology(web=1, folder=tmp_path)
    dockerfile = (PROJECT / "Dockerfile").read_text()
    config = "python:interview_trainer.gunicorn_conf"
    assert f'CMD ["gunicorn", "--config", "{config}", "interview_trainer.wsgi"]' in dockerfile
    assert stack.web[0].command[-3:] == ["--config", config, "interview_trainer.wsgi"]
    assert stack.worker is not None
    assert stack.worker.command[2] == services["worker"]["command"][2] == "run_worker"


def test_the_dockerfile_is_clean():
    hadolint = Path(sys.executable).with_name("hadolint")
    checked = subprocess.run(
        [hadolint, PROJECT / "Dockerfile"], cwd=PROJECT, capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout


def test_every_alert_says_where_to_read_on():
    groups = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text())["groups"]
    read_on = {rule["annotations"]["runbook"] for group in groups for rule in group["rules"]}
    headings = re.findall(r"^### (.+)$", (PROJECT / "docs" / "operations.md").read_text(), re.M)
    anchors = {heading.lower().replace(" ", "-") for heading in headings}
    assert {f"docs/operations.md#{anchor}" for anchor in anchors} == read_on
