"""What `/metrics` counts, and whom it tells."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from ai.breaker import Breaker
from ai.errors import ProviderBusyError, ProviderError
from ai.gauges import breaker_gauges
from ai.providers.base import TextDelta
from background.gauges import queue_gauges
from interview_trainer import gauges, health, metrics_page
from interview_trainer.permits import all_permits, busy_permits, working
from tests.ai.stand_ins import StandInText
from tests.background.tasks import make_person
from tests.live import wait_until
from users.gauges import hold_gauges
from users.models import Hold
from users.services.ledger import expire_holds, hold_credits

PREFIX = "interview_trainer_"


@pytest.fixture
def client(settings) -> Client:
    settings.SCRAPED_GAUGES = []
    return Client(raise_request_exception=False)


@pytest.fixture(autouse=True)
def asked_anew(monkeypatch):
    monkeypatch.setattr(metrics_page, "gauges", gauges.Gauges())


def samples(text: str) -> dict[tuple[str, ...], float]:
    return shown(text_string_to_metric_families(text))


def shown(families) -> dict[tuple[str, ...], float]:
    """The value of each name with its labels' values, in the order of the labels' names."""
    return {
        (sample.name.removeprefix(PREFIX), *dict(sorted(sample.labels.items())).values()): (
            sample.value
        )
        for family in families
        for sample in family.samples
    }


@pytest.fixture
def value(client):
    """The value now; 0 of what was not counted yet."""

    def read(*name: str) -> float:
        return samples(client.get("/metrics").content.decode()).get(name, 0)

    return read


def ask(client, **headers):
    return client.post(
        "/api/ai/message?email=ada@example.com", {"message": "Hello"}, format="json", **headers
    )


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("::ffff:127.0.0.1", {}, 200),
        ("10.1.2.3", {}, 404),
        ("203.0.113.9", {}, 404),
        ("", {}, 404),
        ("127.0.0.1", {"x-forwarded-for": "127.0.0.1"}, 404),
        ("127.0.0.1", {"x-forwarded-proto": "https"}, 404),
        ("127.0.0.1", {"forwarded": "for=127.0.0.1"}, 404),
        ("127.0.0.1", {"x-real-ip": "127.0.0.1"}, 404),
        ("127.0.0.1", {"via": "1.1 proxy"}, 404),
    ],
)
def test_only_allowed_addresses_read_it_and_none_through_a_proxy(client, address, headers, status):
    response = client.get("/metrics", headers=headers, REMOTE_ADDR=address)
    assert response.status_code == status
    assert (b"interview_trainer_" in response.content) == (status == 200)


def test_an_operator_lists_who_reads_it(client, settings):
    settings.METRICS_ALLOWED = ["10.0.0.0/8", "2001:db8::7"]
    assert client.get("/metrics", REMOTE_ADDR="10.1.2.3").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="2001:db8::7").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 404


def test_requests_are_counted_by_route_method_and_status(frontend, owner, value):
    label = ("requests_total", "GET", "api/users/(?P<pk>\\d{1,18})/?$", "200")
    before = value(*label)
    frontend.get(f"/api/users/{owner.pk}")
    frontend.get(f"/api/users/{owner.pk}")
    assert value(*label) == before + 2


def test_what_is_no_route_of_ours_is_one(anonymous, value):
    before = value("requests_total", "other", "none", "404")
    anonymous.generic("BREW", "/ada@example.com")
    anonymous.generic("CONJURE", "/bob@example.com")
    assert value("requests_total", "other", "none", "404") == before + 2


def test_nothing_of_a_person_is_in_it(frontend, owner, client):
    frontend.get(f"/api/users/{owner.pk}?email=ada@example.com")
    frontend.get("/api/nowhere/ada@example.com")
    told = client.get("/metrics").content.decode()
    assert "ada" not in told
    assert f"/{owner.pk}" not in told


def test_the_time_of_an_answer_is_told_by_route(anonymous, value):
    before = value("request_seconds_count", "")
    anonymous.get("/")
    assert value("request_seconds_count", "") == before + 1


@pytest.fixture
def answering(stand_ins, monkeypatch):
    def use(*script) -> None:
        monkeypatch.setattr(StandInText, "script", list(script))

    return use


@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        ([TextDelta("Hello.")], "ok"),
        ([ProviderError()], "provider_error"),
        ([ProviderBusyError("Later.")], "unavailable"),
        ([], "provider_error"),
        ([ZeroDivisionError()], "error"),
    ],
)
def test_vendors_are_counted_by_outcome(frontend, answering, value, script, outcome):
    label = ("vendor_calls_total", "text", outcome, "stand-in")
    before = value(*label)
    answering(*script)
    ask(frontend)
    assert value(*label) == before + 1


def test_a_client_that_leaves_has_abandoned_the_call(frontend, answering, value, hang_up):
    label = ("vendor_calls_total", "text", "abandoned", "stand-in")
    before = value(*label)
    answering(TextDelta("Hello, "), TextDelta("Ada."))
    response = ask(frontend, headers={"accept": "text/event-stream"})
    next(iter(response))
    hang_up(response)
    assert value(*label) == before + 1


def test_credits_are_counted_by_what_became_of_them(frontend, answering, value):
    kinds = ("held", "posted", "voided")
    before = [value("holds_total", kind) for kind in kinds]
    credits_before = value("credits_total", "posted")
    answering(TextDelta("Hello."))
    ask(frontend)
    answering(ProviderError())
    ask(frontend)
    assert [value("holds_total", kind) for kind in kinds] == [
        before[0] + 2,
        before[1] + 1,
        before[2] + 1,
    ]
    assert value("credits_total", "posted") == credits_before + 1


def test_credits_of_holds_that_expire_are_counted(owner, value):
    before = value("credits_total", "expired")
    hold = hold_credits(user=owner, amount=7, purpose="Test")
    Hold.objects.filter(pk=hold.pk).update(expires_at=timezone.now())
    expire_holds()
    assert value("credits_total", "expired") == before + 7


def test_a_refused_hold_is_not_counted(frontend, answering, penniless, value):
    before = value("holds_total", "held")
    answering(TextDelta("Hello."))
    assert ask(frontend).status_code == 402
    assert value("holds_total", "held") == before


@pytest.mark.parametrize("taken", [0, 1, 99])
def test_a_stream_is_open_until_it_is_closed(frontend, answering, value, hang_up, taken):
    answering(TextDelta("Hello, "), TextDelta("Ada."))
    open_before, busy_before = value("streams_open"), value("request_threads_busy")
    response = ask(frontend, headers={"accept": "text/event-stream"})
    assert value("streams_open") == open_before + 1
    assert value("request_threads_busy") == busy_before + 1
    for _, _ in zip(range(taken), response, strict=False):
        pass
    hang_up(response)
    assert value("streams_open") == open_before
    assert value("request_threads_busy") == busy_before


@pytest.fixture
def no_permit_is_free(settings):
    """Until this, which it gives, is called."""
    taken = [all_permits().take() for _ in range(settings.PERMITS - busy_permits())]

    def give_back() -> None:
        while taken:
            all_permits().give_back(taken.pop())

    yield give_back
    give_back()


def test_who_waits_for_a_permit_is_timed(no_permit_is_free, value):
    count, seconds = value("permit_wait_seconds_count"), value("permit_wait_seconds_sum")
    assert busy_permits() == settings.PERMITS
    with ThreadPoolExecutor() as pool:
        working = pool.submit(work_under_a_permit)
        with pytest.raises(TimeoutError):
            working.result(0.1)
        no_permit_is_free()
        working.result()
    assert busy_permits() == 0
    assert value("permit_wait_seconds_count") == count + 1
    assert value("permit_wait_seconds_sum") >= seconds + 0.05


def test_who_finds_a_free_permit_has_not_waited(value):
    count = value("permit_wait_seconds_count")
    with ThreadPoolExecutor() as pool:
        pool.submit(work_under_a_permit).result()
    assert value("permit_wait_seconds_count") == count


def work_under_a_permit() -> None:
    with working():
        pass


def test_the_age_of_the_oldest_open_hold_is_told(owner, django_assert_num_queries):
    for age_s in (90, 30):
        hold = hold_credits(user=owner, amount=1, purpose="Test")
        created_at = timezone.now() - timedelta(seconds=age_s)
        Hold.objects.filter(pk=hold.pk).update(created_at=created_at)
    with django_assert_num_queries(1):
        told = shown(hold_gauges())
    assert told["holds_open",] == 2
    assert told["hold_oldest_seconds",] == pytest.approx(90, abs=20)


def test_without_open_holds_there_is_no_age(db):
    assert shown(hold_gauges()) == {("holds_open",): 0, ("hold_oldest_seconds",): 0}


def test_the_queue_is_told_by_what_is_due(db, django_assert_num_queries):
    now = timezone.now()
    make_person.enqueue("now")
    make_person.using(run_after=now - timedelta(seconds=80)).enqueue("overdue")
    make_person.using(run_after=now + timedelta(hours=1)).enqueue("later")
    with django_assert_num_queries(1):
        told = shown(queue_gauges())
    assert (told["tasks", "due"], told["tasks", "later"], told["tasks", "running"]) == (2, 1, 0)
    assert told["task_oldest_due_seconds",] == pytest.approx(80, abs=20)


def test_an_open_breaker_is_told(settings):
    settings.BREAKER_FAILURES = 1
    Breaker("openai", "text").note_failure()
    told = shown(breaker_gauges())
    assert told["breaker_open", "text", "openai"] == 1
    assert told["breaker_open", "speech", "openai"] == 0


def test_each_part_that_the_service_uses_is_told(db, monkeypatch):
    monkeypatch.setitem(health.SPARED, "cache", database_is_away)
    told = shown(health.part_gauges())
    assert {part: is_up for (_, part), is_up in told.items()} == {
        "database": 1,
        "migrations": 1,
        "cache": 0,
    }


def database_is_away():
    raise OperationalError("cannot connect as root with password hunter2")


def one_gauge():
    yield gauges.gauge("one", "One.", 1)


HERE = __name__


def test_what_cannot_be_asked_leaves_the_rest(client, settings):
    settings.SCRAPED_GAUGES = [f"{HERE}.database_is_away", f"{HERE}.one_gauge"]
    response = client.get("/metrics")
    told = samples(response.content.decode())
    assert response.status_code == 200
    assert told["one",] == 1
    assert told["gauges_up", f"{HERE}.database_is_away"] == 0
    assert told["gauges_up", f"{HERE}.one_gauge"] == 1
    assert b"hunter2" not in response.content


released = threading.Event()
begun: list[str] = []


def never_answers():
    begun.append("once")
    released.wait()
    return []


def test_what_does_not_answer_is_not_waited_for_nor_asked_twice(client, settings, monkeypatch):
    monkeypatch.setattr(gauges, "WAIT_S", 0.05)
    monkeypatch.setattr(gauges, "KEPT_S", 3600)
    settings.SCRAPED_GAUGES = [f"{HERE}.never_answers", f"{HERE}.one_gauge"]

    def told() -> dict[tuple[str, ...], float]:
        return samples(client.get("/metrics").content.decode())

    try:
        wait_until(lambda: told().get(("one",)) == 1)
        assert told()["gauges_up", f"{HERE}.never_answers"] == 0
        assert begun == ["once"]
    finally:
        released.set()


def test_an_answer_is_kept_for_a_moment(client, settings, monkeypatch):
    monkeypatch.setattr(gauges, "KEPT_S", 3600)
    settings.SCRAPED_GAUGES = [f"{HERE}.count_askings"]
    client.get("/metrics")
    client.get("/metrics")
    assert len(askings) == 1


askings: list[int] = []


def count_askings():
    askings.append(1)
    return []
