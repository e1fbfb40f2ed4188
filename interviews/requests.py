"""Which interview a request is about."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import ValidationError
from rest_framework.request import Request

from interviews.errors import (
    InterviewNotFoundError,
    ReportNotReadyError,
    TurnNotFoundError,
)
from interviews.models import Interview, Report
from users.errors import ForeignEmailError
from users.models import ApiKey, User
from users.requests import requested_user


def requested_candidate(request: Request) -> User:
    """The person whose interviews a request is about: whom a key names, or who is signed in.

    Staff do not read what candidates say, whatever else they may do. Raises `ForeignEmailError`,
    and what `requested_user` raises.
    """
    user = requested_user(request)
    if not isinstance(request.auth, ApiKey) and user != request.user:
        raise ForeignEmailError
    return user


def requested_interview(request: Request, interview_id: str) -> Interview:
    """The person's own interview of this id, with what is shown of it.

    Raises `InterviewNotFoundError`, and what `requested_candidate` raises.
    """
    mine = Interview.objects.for_user(requested_candidate(request)).for_showing()
    try:
        return mine.select_related("user__settings", "user__account", "report").get(pk=interview_id)
    except (Interview.DoesNotExist, ValidationError) as exc:
        raise InterviewNotFoundError from exc


def own_interview(request: Request, interview_id: str) -> Interview:
    """As `requested_interview`, without what is shown of it: one query."""
    user = requested_candidate(request)
    try:
        mine = Interview.objects.for_user(user).defer("job_description", "resume")
        interview = mine.get(pk=interview_id)
    except (Interview.DoesNotExist, ValidationError) as exc:
        raise InterviewNotFoundError from exc
    interview.user = user
    return interview


def requested_turn_id(text: str) -> UUID:
    """The id that an address names. Raises `TurnNotFoundError` where it is none."""
    try:
        return UUID(text)
    except ValueError as exc:
        raise TurnNotFoundError from exc


def requested_report(request: Request, interview_id: str) -> Report:
    """The report of the person's own interview of this id.

    Raises `ReportNotReadyError` where none was asked for, `InterviewNotFoundError`, and what
    `requested_candidate` raises.
    """
    user = requested_candidate(request)
    try:
        report = Report.objects.filter(interview__user=user, interview__pk=interview_id).first()
        if report is None:
            Interview.objects.for_user(user).only("pk").get(pk=interview_id)
            raise ReportNotReadyError
    except (Interview.DoesNotExist, ValidationError) as exc:
        raise InterviewNotFoundError from exc
    return report
