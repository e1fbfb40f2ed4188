"""The page on which a person chooses their models."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.views.generic import FormView

from ai.forms import InterviewerForm
from users.pages import PersonPage
from users.services.people import change_settings


class InterviewerView(PersonPage, FormView):
    form_class = InterviewerForm
    template_name = "ai/interviewer.html"
    success_url = reverse_lazy("ai-pages:interviewer")

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        kwargs.pop("initial")
        return {**kwargs, "user_settings": self.person.settings}

    def form_valid(self, form: InterviewerForm) -> HttpResponse:
        change_settings(user=self.person, **form.cleaned_data)
        messages.success(self.request, "Saved.")
        return super().form_valid(form)
