"""Staff see who practised what, and nothing of what was said."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from interviews.models import Interview, Report, Turn
from tests.users.admin.conftest import admin, powerless, signed_in, superuser

__all__ = ["admin", "powerless", "superuser"]

LIST = reverse("admin:interviews_interview_changelist")
PRIVATE = ("Secret résumé", "Secret advertisement", "Secret answer", "Secret document")


@pytest.fixture
def told(plan_interview) -> Interview:
    """An interview with something to keep to oneself in every place."""
    interview: Interview = plan_interview(resume=PRIVATE[0], job_description=PRIVATE[1])
    Turn.objects.create(
        interview=interview,
        sequence=1,
        revision=1,
        speaker=Turn.Speaker.CANDIDATE,
        kind=Turn.Kind.ANSWER,
        state=Turn.State.ANSWERED,
        text=PRIVATE[2],
    )
    Report.objects.create(
        interview=interview, state=Report.State.FAILED, document=[PRIVATE[3]], failure="busy"
    )
    return interview


def page(interview: Interview) -> str:
    return reverse("admin:interviews_interview_change", args=[interview.pk])


def test_the_list_says_who_what_and_how_it_stands(admin, owner, told):
    shown = admin.get(LIST).content.decode()
    for text in (owner.email, "nurse", "Planned", "Failed"):
        assert text in shown


def test_one_interview_says_more_of_the_same(admin, owner, told):
    shown = admin.get(page(told)).content.decode()
    for text in (owner.email, str(told.id), "core-1", "busy"):
        assert text in shown


def test_nothing_private_is_shown(admin, told):
    for address in (LIST, page(told)):
        shown = admin.get(address).content.decode()
        assert not [text for text in PRIVATE if text in shown]


def test_nobody_changes_adds_or_deletes_anything(admin, told):
    assert admin.post(page(told), {"state": "finished"}).status_code == 403
    assert admin.get(reverse("admin:interviews_interview_add")).status_code == 403
    delete = reverse("admin:interviews_interview_delete", args=[told.pk])
    assert admin.post(delete, {"post": "yes"}).status_code == 403
    assert Interview.objects.get().state == Interview.State.PLANNED


def test_it_takes_the_permission(powerless, newcomer, told):
    assert powerless.get(LIST).status_code == 403
    assert powerless.get(page(told)).status_code == 403
    newcomer.user_permissions.add(Permission.objects.get(codename="view_interview"))
    assert signed_in(newcomer).get(LIST).status_code == 200


def test_a_candidate_is_sent_to_the_sign_in_page(owner, told):
    assert signed_in(owner).get(LIST).status_code == 302


def test_interviews_are_found_by_person_and_by_id(admin, told, plan_interview, other_user):
    other = plan_interview(user=other_user)

    def found(text: str) -> list[Interview]:
        return list(admin.get(LIST, {"q": text}).context["cl"].result_list)

    assert found("ADA@example.com") == [told]
    assert found(str(other.id)) == [other]
    assert found("pulse") == []


def test_a_list_costs_the_same_few_queries_and_reads_no_texts(admin, plan_interview):
    def queries() -> list[str]:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert admin.get(LIST).status_code == 200
        return [query["sql"] for query in captured.captured_queries]

    plan_interview()
    few = queries()
    for _ in range(4):
        Report.objects.create(interview=plan_interview())
    many = queries()
    assert len(many) == len(few) <= 8
    private = ("resume", "job_description", "document", "words", "summary", "samples")
    assert not [sql for sql in many for name in private if name in sql]
    assert not [sql for sql in many if "COUNT(" in sql]
