"""What every page of the site needs: the front page, the menu, the choice of light or dark."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from interview_trainer.health import SAFE_METHODS, index

JSON, HTML = "application/json", "text/html"

THEMES = ("light", "dark", "system")
THEME_COOKIE = "theme"
THEME_LASTS_S = 365 * 86_400

PERSON_MENU = (
    ("Practise", "/practice/"),
    ("Progress", "/practice/progress/"),
    ("Credits", "/credits/"),
    ("Settings", "/settings/"),
)
STAFF_MENU = (("Admin", "/admin/"),)
SETTINGS_TABS = (
    ("You", "/settings/"),
    ("Interviewer", "/settings/interviewer/"),
    ("Password", "/settings/password/"),
    ("Your data", "/settings/data/"),
    ("Delete", "/settings/delete/"),
)
SIGN_IN = ("Sign in", "/sign-in/")
SIGN_UP = ("Sign up", "/sign-up/")


@vary_on_headers("Accept")
def front_page(request: HttpRequest) -> HttpResponse:
    """`GET /`: the landing page for browsers; programs read that the service is there."""
    if request.method not in SAFE_METHODS or request.get_preferred_type([JSON, HTML]) != HTML:
        return index(request)
    return render(request, "landing.html", {"initial_credits": settings.INITIAL_CREDITS})


@require_safe
def favicon(request: HttpRequest) -> HttpResponseBase:
    """What browsers ask for on pages that name no icon."""
    return HttpResponseRedirect(static("favicon.svg"))


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponseBase:
    """Remember light, dark or the system's choice in this browser, and go back."""
    response = HttpResponseRedirect(safe_path(request, request.POST.get("next", "")))
    theme = request.POST.get("theme")
    if theme in THEMES:
        response.set_cookie(
            THEME_COOKIE,
            theme,
            max_age=THEME_LASTS_S,
            secure=settings.SECURE_COOKIES,
            httponly=True,
            samesite="Lax",
        )
    return response


def safe_path(request: HttpRequest, path: str, default: str = "/") -> str:
    """The path if it stays on this site, else the default."""
    is_safe = url_has_allowed_host_and_scheme(
        path, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return path if is_safe else default


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of every template: the chosen `theme`, and the `navigation` that fits the person."""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return {
        "theme": theme if theme in THEMES else "system",
        "themes": THEMES,
        "sign_up_open": settings.SIGN_UP_OPEN,
        "settings_tabs": SETTINGS_TABS,
        # Called by the templates that show it: an error page must not ask who is there.
        "navigation": lambda: list(menu(request)),
    }


def menu(request: HttpRequest) -> Iterator[dict[str, str]]:
    """Items as `{label, path, current}`; the longest path that fits is the current one."""
    items = menu_items(request)
    fitting = [path for _, path in items if request.path.startswith(path)]
    here = max(fitting, key=len, default="")
    for label, path in items:
        current = "" if path != here else "page" if path == request.path else "true"
        yield {"label": label, "path": path, "current": current}


def menu_items(request: HttpRequest) -> tuple[tuple[str, str], ...]:
    user = getattr(request, "user", AnonymousUser())
    if not user.is_authenticated:
        return (SIGN_IN, SIGN_UP) if settings.SIGN_UP_OPEN else (SIGN_IN,)
    return PERSON_MENU + STAFF_MENU if user.is_staff else PERSON_MENU
