"""Routes of the pages about models."""

from django.urls import path

from ai import pages

app_name = "ai-pages"

urlpatterns = [
    path("settings/interviewer/", pages.InterviewerView.as_view(), name="interviewer"),
]
