"""Routes of the staff tools, under `/api/debugging`."""

from django.urls import re_path

from debugtools.views import DebuggingViewSet

app_name = "debugtools"

urlpatterns = [
    re_path(r"^/?$", DebuggingViewSet.as_view({"post": "echo"}), name="echo"),
    re_path(
        r"^/get-user-details/?$",
        DebuggingViewSet.as_view({"post": "get_user_details"}),
        name="user-details",
    ),
    re_path(
        r"^/get-all-users/?$",
        DebuggingViewSet.as_view({"get": "get_all_users"}),
        name="all-users",
    ),
    re_path(
        r"^/update-tokens-for-user/?$",
        DebuggingViewSet.as_view({"post": "update_tokens_for_user"}),
        name="update-tokens",
    ),
]
