"""Every route of the service. The one module that knows all apps."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView

from interview_trainer.docs import DocsView, SchemaView
from interview_trainer.pages import choose_theme, favicon, front_page

# `/healthz` and `/readyz` are answered before routing, by `health.ProbeMiddleware`.
urlpatterns: list[URLPattern | URLResolver] = [
    # First: they are asked for most, and everything before is tried for each of them.
    path("api/auth/", include("users.auth_urls")),
    path("api/", include("ai.urls")),
    path("api/", include("interviews.urls")),
    path("api/", include("users.urls")),
    path("", front_page, name="index"),
    path("favicon.ico", favicon),
    path("theme/", choose_theme, name="theme"),
    path("", include("users.page_urls")),
    path("", include("ai.page_urls")),
    path("practice/", include("interviews.page_urls")),
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
    re_path(r"^api/schema/?$", SchemaView.as_view(), name="schema"),
    re_path(r"^api/docs/?$", DocsView.as_view(), name="docs"),
    # Signing in and out of the browsable API.
    path("api-auth/", include("rest_framework.urls")),
    path("admin/", admin.site.urls),
]
if settings.DEBUG_TOOLS:
    urlpatterns.append(path("api/debugging", include("debugtools.urls")))

handler400 = "interview_trainer.problems.bad_request"
handler403 = "interview_trainer.problems.permission_denied"
handler404 = "interview_trainer.problems.page_not_found"
handler500 = "interview_trainer.problems.server_error"
