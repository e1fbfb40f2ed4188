"""Routes of signing in and out, under `/api/auth/`."""

from django.urls import re_path

from users.views.auth import GoogleCallbackView, LogoutView, TokenRefreshView, TokenView

app_name = "auth"

urlpatterns = [
    re_path(r"^token/?$", TokenView.as_view(), name="token"),
    re_path(r"^token/refresh/?$", TokenRefreshView.as_view(), name="token-refresh"),
    re_path(r"^callback/?$", GoogleCallbackView.as_view(), name="google-callback"),
    re_path(r"^logout/?$", LogoutView.as_view(), name="logout"),
]
