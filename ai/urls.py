"""Routes of the models."""

from django.urls import include, re_path

from ai.views import AiViewSet
from interview_trainer.routers import OptionalSlashRouter

app_name = "ai"

router = OptionalSlashRouter()
router.register("ai", AiViewSet, basename="ai")

urlpatterns = [re_path("", include(router.urls))]
