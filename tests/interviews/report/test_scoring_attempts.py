"""A model that fails, attempts that overtake each other: nothing is paid twice, or for nothing."""

import pytest
from django.db import connection

from interviews.models import Report
from interviews.services import report_making
from interviews.services.report_making import fail_report, make_report
from tests.ai.providers.servers.base import Fault
from tests.interviews.report.held import STRONG, WEAK, hold_interview
from tests.interviews.report.scoring_model import dimension, only_answer, sample_for, scorer_of
from users.models import Hold

pytestmark = pytest.mark.usefixtures("scoring_model", "three_samples")


def test_without_credits_the_rules_score_and_the_report_says_so(
    owner, scoring_model, report_on, penniless
):
    document = report_on(hold_interview(owner, STRONG, WEAK)).document
    assert document["scorer"]["kind"] == "rules"
    assert "2 of 2" in document["scorer"]["fallback_reason"]
    assert "credits" in document["scorer"]["fallback_reason"]
    assert scoring_model.asked == []


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.HTML, Fault.CUT, Fault.EMPTY])
def test_a_model_that_is_down_is_asked_once(owner, scoring_model, report_on, fault, balance):
    scoring_model.fail(fault)
    document = report_on(hold_interview(owner, STRONG, WEAK)).document
    assert document["scorer"]["kind"] == "rules"
    assert "could not be reached" in document["scorer"]["fallback_reason"]
    assert len(scoring_model.asked) == 1
    assert balance() == (300, 0)


def test_what_was_paid_once_is_not_asked_again(owner, scoring_model, monkeypatch, balance):
    """The first attempt dies after the first answer was scored."""
    interview = hold_interview(owner, STRONG, WEAK)
    report = Report.objects.create(interview=interview)
    with monkeypatch.context() as patch:
        patch.setattr(report_making, "build_document", lambda *args, **named: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            make_report(report_id=report.pk)
    paid, asked = balance(), len(scoring_model.asked)
    assert set(Report.objects.get().samples) == {"1", "2"}
    make_report(report_id=report.pk)
    assert (balance(), len(scoring_model.asked)) == (paid, asked)
    report.refresh_from_db()
    assert scorer_of(report)["kind"] == "model"
    assert report.samples == {}


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_another_attempt_has_kept_is_not_charged_twice(
    owner, scoring_model, balance
):
    """The other attempt keeps its samples while the model is thinking about ours."""
    report = Report.objects.create(interview=hold_interview(owner, STRONG))
    others = []

    def meanwhile(schema, answer):
        others.append(sample_for(schema, answer, level=1))
        kept = {"1": {"model": "other", "samples": others[:1]}}
        Report.objects.filter(pk=report.pk).update(samples=kept)
        connection.close()
        return sample_for(schema, answer, level=5)

    scoring_model.score = meanwhile
    make_report(report_id=report.pk)
    report.refresh_from_db()
    assert dimension(only_answer(report))["level"] == 1
    assert balance() == (300, 0)


@pytest.mark.django_db(transaction=True)
def test_an_attempt_that_another_one_overtakes_is_not_charged(owner, scoring_model, balance):
    """The other one makes the whole report while the model is thinking about ours."""
    report = Report.objects.create(interview=hold_interview(owner, STRONG))

    default = scoring_model.score

    def overtake(schema, answer):
        scoring_model.score = default
        make_report(report_id=report.pk)
        connection.close()
        return sample_for(schema, answer, level=1)

    scoring_model.score = overtake
    make_report(report_id=report.pk)
    paid_for = Hold.objects.filter(state="posted")
    assert paid_for.count() == 1
    report.refresh_from_db()
    assert (report.state, report.samples) == ("ready", {})
    assert dimension(only_answer(report))["level"] != 1


@pytest.mark.django_db(transaction=True)
def test_a_report_that_is_deleted_meanwhile_charges_nothing(owner, scoring_model, balance):
    interview = hold_interview(owner, STRONG)
    report = Report.objects.create(interview=interview)

    def meanwhile(schema, answer):
        Report.objects.filter(pk=report.pk).delete()
        connection.close()
        return sample_for(schema, answer)

    scoring_model.score = meanwhile
    make_report(report_id=report.pk)
    assert balance() == (300, 0)
    fail_report(report_id=report.pk)
