"""The progress page tells a trend where there is one, and every report is reached from it."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from interviews.models import Interview, Question, Report
from tests.interviews.report.held import STRONG, WEAK, hold_interview
from tests.interviews.report.test_report_page import words_of

PATH = "/practice/progress/"


@pytest.fixture
def client(owner):
    client = Client()
    client.force_login(owner)
    return client


@pytest.fixture
def held(owner, report_on):
    """Interviews with reports a day apart, the oldest first, one for each answer."""

    def hold(*answers, **wishes):
        begun = timezone.now() - timedelta(days=len(answers))
        return [
            report_on(hold_interview(owner, one, finished_at=begun + timedelta(days=n), **wishes))
            for n, one in enumerate(answers)
        ]

    return hold


def charts_in(response):
    found = re.findall(r'<script id="(trend-[^"]+)"[^>]*>(.*?)</script>', response.content.decode())
    return {id_: json.loads(data) for id_, data in found}


def test_without_a_report_it_says_what_will_be_here(client, owner):
    hold_interview(owner, STRONG)
    response = client.get(PATH)
    assert "Nothing to compare yet" in words_of(response)
    assert charts_in(response) == {}


def test_one_interview_is_shown_and_no_trend_claimed(client, held):
    (report,) = held(STRONG)
    response = client.get(PATH)
    page = words_of(response)
    assert "Too little to tell yet: 1 interview so far." in page
    assert f"/practice/{report.interview_id}/report/" in response.content.decode()
    assert charts_in(response) == {}


def test_five_interviews_make_a_trend_in_words_and_lines(client, held):
    reports = held(WEAK, WEAK, WEAK, STRONG, STRONG)
    response = client.get(PATH)
    page = words_of(response)
    assert "Your answers are getting stronger." in page
    levels = [report.document["overall"]["level"] for report in reports]
    charts = charts_in(response)
    assert charts["trend-overall"]["values"] == levels
    assert len(charts["trend-overall"]["labels"]) == 5
    assert {"trend-dimension-relevance", "trend-measure-i_share"} <= set(charts)
    assert "trend-measure-words_per_minute" not in charts
    assert "Pace Cannot be known" in page
    for report in reports:
        assert f"/practice/{report.interview_id}/report/" in response.content.decode()


def test_an_interview_without_a_score_leaves_a_hole_and_no_zero(client, held):
    held(WEAK, None, STRONG)
    response = client.get(PATH)
    assert charts_in(response)["trend-overall"]["values"][1] is None
    assert "not scored 0 of 1" in words_of(response)


def test_what_was_scored_in_another_way_is_left_out_and_said_to_be(client, held):
    first, *_ = held(WEAK, STRONG, STRONG)
    Report.objects.filter(pk=first.pk).update(summary=first.summary | {"scorer": "some-model"})
    response = client.get(PATH)
    assert "1 interview scored in another way is left out." in words_of(response)
    assert len(charts_in(response)["trend-overall"]["values"]) == 2


def test_a_retake_is_listed_and_is_no_point_of_the_line(client, held):
    held(WEAK, WEAK)
    held(STRONG, retake_of=Question.objects.first())
    response = client.get(PATH)
    assert len(charts_in(response)["trend-overall"]["values"]) == 2
    assert "Retake" in words_of(response)


def test_only_retakes_are_listed_without_a_trend(client, held):
    held(WEAK)
    held(STRONG, retake_of=Question.objects.first())
    Interview.objects.filter(retake_of=None).delete()
    assert client.get(PATH).status_code == 200


def test_it_is_read_in_few_queries(client, held, django_assert_max_num_queries):
    held(*[WEAK] * 6)
    with django_assert_max_num_queries(4):
        client.get(PATH)
