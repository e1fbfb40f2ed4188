"""The pages of practising: one's interviews, setting one up, the device check, the room."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import FormView, ListView, TemplateView, View

from interviews.forms import SetUpForm
from interviews.models import Interview
from interviews.serializers import (
    ANSWER_MAX_CHARACTERS,
    InterviewSerializer,
    TurnSerializer,
    WholeInterviewSerializer,
)
from interviews.services.deletion import delete_interview
from interviews.services.planning import create_interview
from users.errors import UserNotFoundError
from users.models import User
from users.pages import PersonPage

SHOWN_AT_ONCE = 20
# The length that the measures of a report read answers against (`interviews/scoring/ranges.py`).
ANSWER_FROM_S = 45
ANSWER_TO_S = 150
# The rest is for what a recorder adds to a recording that the service would refuse beyond.
RECORDING_MARGIN_S = 15


class HomeView(PersonPage, ListView):
    """The person's interviews, newest first."""

    template_name = "practice/home.html"
    context_object_name = "interviews"
    paginate_by = SHOWN_AT_ONCE

    def get_queryset(self) -> QuerySet[Interview]:
        return Interview.objects.for_user(self.person).for_listing()


class SetUpView(PersonPage, FormView):
    form_class = SetUpForm
    template_name = "practice/new.html"

    def form_valid(self, form: SetUpForm) -> HttpResponse:
        try:
            interview = create_interview(user=self.person, **form.plan)
        except UserNotFoundError:
            return redirect_to_login(self.request.path)  # the account was deleted meanwhile
        return HttpResponseRedirect(reverse("practice:room", args=[interview.pk]))


class CheckView(PersonPage, TemplateView):
    """Trying microphone and sound. Nothing of it leaves the browser."""

    template_name = "practice/check.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, came_from=self.came_from)

    @property
    def came_from(self) -> UUID | None:
        """The interview whose room the person came from."""
        try:
            return UUID(self.request.GET.get("interview", ""))
        except ValueError:
            return None


class RoomView(PersonPage, TemplateView):
    """The plan before the start, then the conversation as it stands. The rest is the browser's."""

    template_name = "practice/room.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.interview.is_over:
            return HttpResponseRedirect(self.report_path)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = WholeInterviewSerializer(self.interview).data
        return super().get_context_data(**kwargs, interview=shown, page=self.page())

    @cached_property
    def interview(self) -> Interview:
        return find_interview(self.person, self.kwargs["pk"])

    @property
    def report_path(self) -> str:
        return f"{self.request.path}report/"

    def page(self) -> dict[str, Any]:
        """What `static/js/practice/room.js` begins with."""
        return {
            "interview": InterviewSerializer(self.interview).data,
            "turns": TurnSerializer(self.interview.turns.all(), many=True).data,
            "guide": {
                "from_s": ANSWER_FROM_S,
                "to_s": ANSWER_TO_S,
                "at_most_s": settings.AUDIO_MAX_DURATION_S - RECORDING_MARGIN_S,
                "at_most_characters": ANSWER_MAX_CHARACTERS,
            },
            "speaks": self.person.settings.auto_play_audio,
            "report_url": self.report_path,
            "home_url": reverse("practice:home"),
        }


class DeleteView(PersonPage, View):
    def post(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        delete_interview(interview=find_interview(self.person, pk))
        messages.success(request, "The interview and its recordings are deleted.")
        return HttpResponseRedirect(reverse("practice:home"))


def find_interview(user: User, pk: UUID) -> Interview:
    """The person's own interview. Raises `Http404`."""
    return get_object_or_404(Interview.objects.for_user(user).for_showing(), pk=pk)
