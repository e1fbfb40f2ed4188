"""Routes of the pages of practising."""

from django.urls import path

from interviews import pages, report_pages

app_name = "practice"

urlpatterns = [
    path("", pages.HomeView.as_view(), name="home"),
    path("new/", pages.SetUpView.as_view(), name="new"),
    path("check/", pages.CheckView.as_view(), name="check"),
    path("<uuid:pk>/", pages.RoomView.as_view(), name="room"),
    path("progress/", report_pages.ProgressView.as_view(), name="progress"),
    path("<uuid:pk>/report/", report_pages.ReportView.as_view(), name="report"),
    path(
        "<uuid:pk>/questions/<int:position>/again/",
        report_pages.RetakeView.as_view(),
        name="retake",
    ),
    path("<uuid:pk>/delete/", pages.DeleteView.as_view(), name="delete"),
]
