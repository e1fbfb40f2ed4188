"""Routes of interviews."""

from django.urls import include, re_path

from interview_trainer.routers import OptionalSlashRouter
from interviews.views.interviews import InterviewViewSet, RoleViewSet
from interviews.views.reports import ProgressViewSet, ReportViewSet, RubricViewSet
from interviews.views.turns import TurnViewSet

app_name = "interviews"

router = OptionalSlashRouter()
router.register("interviews", InterviewViewSet, basename="interview")
router.register("interviews", ReportViewSet, basename="report")
router.register("rubrics", RubricViewSet, basename="rubric")
router.register("roles", RoleViewSet, basename="role")

INTERVIEW = r"^interviews/(?P<pk>[^/]+)"
TURN = rf"{INTERVIEW}/turns/(?P<turn_id>[^/]+)"

urlpatterns = [
    re_path("", include(router.urls)),
    re_path(r"^progress/?$", ProgressViewSet.as_view({"get": "retrieve"}), name="progress"),
    *(
        re_path(rf"{INTERVIEW}/{name}/?$", TurnViewSet.as_view({"post": name}), name=f"turn-{name}")
        for name in ("start", "skip", "repeat", "pause", "resume")
    ),
    re_path(rf"{INTERVIEW}/turns/?$", TurnViewSet.as_view({"post": "create"}), name="turn-list"),
    re_path(rf"{TURN}/?$", TurnViewSet.as_view({"delete": "destroy"}), name="turn-detail"),
    re_path(rf"{TURN}/audio/?$", TurnViewSet.as_view({"get": "audio"}), name="turn-audio"),
    re_path(rf"{INTERVIEW}/events/?$", TurnViewSet.as_view({"get": "events"}), name="turn-events"),
]
