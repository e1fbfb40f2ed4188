"""Routes of the pages of practising."""

from django.urls import path

from interviews import pages

app_name = "practice"

urlpatterns = [
    path("", pages.HomeView.as_view(), name="home"),
    path("new/", pages.SetUpView.as_view(), name="new"),
    path("check/", pages.CheckView.as_view(), name="check"),
    path("<uuid:pk>/", pages.RoomView.as_view(), name="room"),
    path("<uuid:pk>/delete/", pages.DeleteView.as_view(), name="delete"),
]
