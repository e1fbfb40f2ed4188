"""The whole stack from ordinary processes: it starts, answers through nginx, and ends."""

import http.client
import json
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.topology import DATABASE, Topology
from tests.live import PATIENCE_S, PROJECT, wait_until


@pytest.fixture(scope="module")
def stack() -> Iterator[Topology]:
    with Topology(web=2) as stack:
        programs = [*stack.service_programs, stack.front, stack.redis, stack.mariadb]
        yield stack
        assert [int(program.pid_file.read_text()) for program in programs] == [
            program.pid for program in programs
        ]
    assert not any(Path(f"/proc/{program.pid}").exists() for program in programs)
    assert not stack.folder.exists()


def ask(
    stack: Topology, path: str, method: str = "GET", body: bytes = b"", **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection(stack.front_address, timeout=PATIENCE_S)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, sent)
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response, content


def wait_until_nginx_trusts_them(stack: Topology) -> None:
    """All copies again: it leaves one alone for a while that it could not reach."""
    addresses = {stack.web_address(number) for number in range(len(stack.web))}
    wait_until(lambda: {copy_that_answers(stack) for _ in range(6)} == addresses)


def copy_that_answers(stack: Topology) -> str:
    request_id = uuid.uuid4().hex
    ask(stack, "/healthz", X_Request_ID=request_id)
    # nginx logs a request after it was answered.
    wait_until(lambda: copies_asked(stack, request_id))
    return copies_asked(stack, request_id)[0]


def copies_asked(stack: Topology, request_id: str) -> list[str]:
    return [line["copy"] for line in requests(stack) if line["request_id"] == request_id]


def requests(stack: Topology) -> list[dict[str, str]]:
    """What nginx has logged."""
    lines = stack.front.log.read_text().splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


def test_nginx_shares_the_work_between_the_copies(stack):
    ids = [f"shared-{number:04}" for number in range(8)]
    for request_id in ids:
        response, _ = ask(stack, "/healthz", X_Request_ID=request_id)
        assert (response.status, response.headers["X-Request-ID"]) == (200, request_id)
    copies = {line["copy"] for line in requests(stack) if line["request_id"] in ids}
    assert copies == {stack.web_address(0), stack.web_address(1)}


def test_metrics_are_not_for_the_outside(stack):
    for path in ("/metrics", "/metrics/", "//metrics", "/%6detrics", "/x/../metrics"):
        assert ask(stack, path)[0].status == 404


def test_queries_which_name_people_are_not_in_nginx_log(stack):
    ask(stack, "/healthz?email=ada@example.com", Referer="http://x/?email=ada@example.com")
    assert "ada@example.com" not in stack.front.log.read_text()


def test_a_body_that_no_route_reads_is_refused_in_the_services_words(stack):
    connection = http.client.HTTPConnection(stack.front_address, timeout=PATIENCE_S)
    connection.putrequest("POST", "/api/ai/message")
    connection.putheader("Content-Length", "41944065")
    connection.endheaders()
    response = connection.getresponse()
    problem = json.loads(response.read())
    connection.close()
    assert (response.status, problem["code"]) == (413, "too_large")
    assert response.headers["Content-Type"] == "application/problem+json"


def test_a_copy_that_is_gone_is_not_noticed(stack):
    stack.web[0].stop()
    try:
        for method in ("GET", "POST") * 4:
            path = "/healthz" if method == "GET" else "/api/auth/token"
            response, content = ask(stack, path, method, b"{}", Content_Type="application/json")
            assert response.status in (200, 400), content
    finally:
        stack.web[0].start()
        wait_until_nginx_trusts_them(stack)


def test_without_any_copy_the_answer_is_a_503_that_says_when_to_try_again(stack):
    for copy in stack.web:
        copy.stop()
    try:
        response, content = ask(stack, "/api/ai/message", "POST", b"{}")
        assert (response.status, response.headers["Retry-After"]) == (503, "5")
        assert json.loads(content)["code"] == "unavailable"
    finally:
        for copy in stack.web:
            copy.start()
        wait_until_nginx_trusts_them(stack)


def test_the_ledger_can_be_verified_there(stack):
    assert "The ledger is right" in stack.manage("verify_ledger")


def test_a_dump_can_be_restored_and_its_ledger_is_right(stack):
    stack.manage("create_first_logins")
    server = ["--no-defaults", f"--socket={stack.folder}/mariadb.sock", "--user=root"]
    options = ["--single-transaction", "--triggers", "--master-data=2"]
    dump = subprocess.run(
        ["mariadb-dump", *server, *options, DATABASE], check=True, capture_output=True
    ).stdout
    subprocess.run(["mariadb", *server, "-e", "CREATE DATABASE restored"], check=True)
    subprocess.run(["mariadb", *server, "restored"], input=dump, check=True)

    url = stack.database_url.replace(DATABASE, "restored")
    verified = manage(stack, url, "verify_ledger")
    assert verified == stack.manage("verify_ledger")
    assert " 0 accounts" not in verified
    with pytest.raises(subprocess.CalledProcessError):
        subprocess.run(
            ["mariadb", *server, "restored", "-e", "DELETE FROM users_ledgerentry"],
            check=True,
            capture_output=True,
        )


def manage(stack: Topology, database_url: str, command: str) -> str:
    return subprocess.run(
        [sys.executable, "manage.py", command],
        cwd=PROJECT,
        env=stack.environment(DATABASE_URL=database_url),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
