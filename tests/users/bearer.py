"""A route that people reach by bearer token, to see who it takes them for, and how to call it."""

from typing import Any, cast

from django.urls import include, path, re_path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework.views import APIView

from interview_trainer.urls import handler404, handler500
from users.models import User

__all__ = ["ADA", "assert_unauthorized", "handler404", "handler500", "urlpatterns", "who"]

ADA = {"email": "ada@example.com", "credits": 300, "llm_model": "gpt-3.5-turbo"}


class WhoView(APIView):
    person_actions = ("get",)

    def get(self, request: Request) -> Response:
        user = cast(User, request.user)
        return Response(
            {
                "email": user.email,
                "credits": user.account.available,
                "llm_model": user.settings.llm_model,
            }
        )


urlpatterns = [
    path("api/auth/", include("users.auth_urls")),
    re_path(r"^api/who$", WhoView.as_view()),
]


def who(client: APIClient, token: object) -> Any:
    return client.get("/api/who", headers={"authorization": f"Bearer {token}"})


def assert_unauthorized(response: Any) -> None:
    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["message"] == "Unauthorized"
    assert response.has_header("WWW-Authenticate")
    assert "sessionid" not in response.cookies
