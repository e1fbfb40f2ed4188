"""Routes of interviews."""

from django.urls import include, re_path

from interview_trainer.routers import OptionalSlashRouter
from interviews.views.interviews import InterviewViewSet, RoleViewSet

app_name = "interviews"

router = OptionalSlashRouter()
router.register("interviews", InterviewViewSet, basename="interview")
router.register("roles", RoleViewSet, basename="role")

urlpatterns = [re_path("", include(router.urls))]
