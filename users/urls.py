"""Routes of people."""

from django.urls import include, re_path

from interview_trainer.routers import OptionalSlashRouter
from users.views.exports import ExportViewSet
from users.views.people import MeViewSet, UserViewSet

app_name = "users"

router = OptionalSlashRouter()
router.register("users", UserViewSet, basename="user")

urlpatterns = [
    re_path("", include(router.urls)),
    re_path(
        r"^me/?$",
        MeViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="me",
    ),
    re_path(
        r"^me/settings/?$",
        MeViewSet.as_view({"get": "read_settings", "post": "change_settings"}),
        name="me-settings",
    ),
    re_path(r"^me/credits/?$", MeViewSet.as_view({"get": "read_credits"}), name="me-credits"),
    re_path(
        r"^me/export/?$",
        ExportViewSet.as_view({"get": "retrieve", "post": "create"}),
        name="me-export",
    ),
]
