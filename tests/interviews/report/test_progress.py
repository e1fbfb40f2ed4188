"""Progress over interviews claims no more than the interviews show."""

from datetime import timedelta

import pytest
from django.utils import timezone

from interviews.models import Question, Report
from interviews.services.progress import find_trend, read_progress
from tests.interviews.report.held import STRONG, WEAK, hold_interview

URL = "/api/progress"


@pytest.fixture
def client(owner, person_client):
    return person_client(owner)


@pytest.fixture
def held(owner, report_on):
    """Interviews with reports, the oldest first, one for each answer."""

    def hold(*answers, **wishes):
        begun = timezone.now() - timedelta(days=len(answers))
        return [
            report_on(hold_interview(owner, one, finished_at=begun + timedelta(days=n), **wishes))
            for n, one in enumerate(answers)
        ]

    return hold


def test_it_lists_finished_interviews_with_a_report_the_newest_first(client, owner, held):
    weak, strong = held(WEAK, STRONG)
    hold_interview(owner, STRONG)
    Report.objects.create(interview=hold_interview(owner, STRONG))
    found = client.get(URL).json()["interviews"]
    assert [one["id"] for one in found] == [str(strong.interview_id), str(weak.interview_id)]
    document = strong.document
    assert found[0]["overall"] == document["overall"]["level"]
    assert found[0]["dimensions"] == {
        one["id"]: one["level"] for one in document["answers"][0]["dimensions"]
    }
    assert found[0]["competencies"] == {"communication": document["answers"][0]["level"]}
    assert found[0]["measures"] == {one["id"]: one["value"] for one in document["measures"]}
    assert (found[0]["scorer"], found[0]["rubric"]) == ("rules-2", "core-1")


def test_every_id_has_a_name(client, held):
    held(STRONG)
    body = client.get(URL).json()
    (one,) = body["interviews"]
    assert set(one["dimensions"]) <= set(body["names"]["dimensions"])
    assert set(one["competencies"]) <= set(body["names"]["competencies"])
    assert set(one["measures"]) == set(body["names"]["measures"])


def test_an_interview_without_a_score_is_shown_without_one(client, held):
    held(None)
    (one,) = client.get(URL).json()["interviews"]
    assert (one["overall"], one["scored_answers"], one["dimensions"]) == (None, 0, {})


def test_it_is_one_query_however_many_interviews(owner, held, django_assert_num_queries):
    held(*[WEAK] * 5)
    with django_assert_num_queries(1):
        progress = read_progress(user=owner)
        assert len([one.interview.role_title for one in progress.reports]) == 5


def test_it_ends_with_the_newest_hundred(owner, held, monkeypatch):
    from interviews.services import progress

    monkeypatch.setattr(progress, "NEWEST", 2)
    _, second, third = held(WEAK, WEAK, WEAK)
    assert [one.pk for one in read_progress(user=owner).reports] == [third.pk, second.pk]


def test_without_interviews_it_is_empty(client):
    body = client.get(URL).json()
    assert body["interviews"] == []
    assert body["trend"]["overall"]["verdict"] == "too_little"
    assert body["trend"]["dimensions"] == {}


def test_a_persons_rise_is_told_with_its_figures(client, held):
    weak, _, strong, _ = held(WEAK, WEAK, STRONG, STRONG)
    trend = client.get(URL).json()["trend"]["overall"]
    before, after = (one.document["overall"]["level"] for one in (weak, strong))
    assert trend["verdict"] == "better"
    assert (trend["earlier"], trend["later"], trend["interviews"]) == (before, after, 4)
    assert trend["text"] == f"Better: {after} over the last 2, {before} over the 2 before."


def test_what_was_scored_in_another_way_is_not_compared(client, held):
    first, *_ = held(WEAK, WEAK, STRONG, STRONG)
    summary = first.summary | {"scorer": "some-model"}
    Report.objects.filter(pk=first.pk).update(summary=summary)
    assert client.get(URL).json()["trend"]["overall"]["interviews"] == 3
    Report.objects.filter(pk=first.pk).update(summary=first.summary | {"rubric": "core-0"})
    assert client.get(URL).json()["trend"]["overall"]["interviews"] == 3


def test_a_retake_is_shown_and_is_no_part_of_the_trend(client, owner, held):
    held(WEAK, WEAK)
    held(STRONG, retake_of=Question.objects.first())
    body = client.get(URL).json()
    assert [one["is_retake"] for one in body["interviews"]].count(True) == 1
    assert body["trend"]["overall"]["interviews"] == 2


@pytest.mark.parametrize(
    ("levels", "verdict"),
    [
        ([], "too_little"),
        ([1.0, 5.0], "too_little"),
        ([2.0, 2.0, 4.0], "better"),
        ([4.0, 4.0, 2.0], "worse"),
        ([3.0, 3.2, 3.1], "same"),
        ([3.0, 3.0, 3.2], "same"),
        ([2.0, 4.0, 3.8], "too_little"),
        ([1.0, 5.0, 1.0, 5.0], "too_little"),
        ([2.0, 3.0, 2.0, 3.6, 4.0, 4.1], "better"),
        ([5.0] * 10 + [2.0] * 5 + [4.0] * 5, "better"),
        ([1.0] * 10 + [3.0] * 10, "same"),
    ],
)
def test_no_claim_is_made_of_few_interviews_or_within_their_spread(levels, verdict):
    assert find_trend(levels).verdict == verdict
