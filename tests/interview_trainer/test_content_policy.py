"""What the headers let a browser do with our answers."""

import gzip

import pytest
from django.test import Client

from users.models import User

BROWSER = {"accept": "text/html"}
STRICT = {
    "default-src": {"'none'"},
    "object-src": {"'none'"},
    "script-src": {"'self'"},
    "style-src": {"'self'"},
    "img-src": {"'self'", "data:"},
    "media-src": {"'self'", "blob:"},
    "connect-src": {"'self'"},
    "worker-src": {"'self'", "blob:"},
    "form-action": {"'self'"},
    "frame-ancestors": {"'none'"},
    "base-uri": {"'none'"},
}


def policy(response) -> dict[str, set[str]]:
    directives = response["Content-Security-Policy"].split("; ")
    return {name: set(allowed) for name, *allowed in map(str.split, directives)}


@pytest.mark.parametrize("path", ["/", "/sign-in/", "/sign-up/", "/nothing/", "/password-reset/"])
def test_pages_are_strict(client: Client, path):
    assert policy(client.get(path, headers=BROWSER)) == STRICT


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/settings/", "/settings/interviewer/", "/credits/"])
def test_a_person_s_pages_are_strict(client: Client, owner: User, path):
    client.force_login(owner)
    assert policy(client.get(path)) == STRICT


def test_answers_to_programs_are_strict(client: Client):
    for path in ("/", "/api/schema", "/api/users"):
        assert policy(client.get(path, headers={"accept": "application/json"})) == STRICT


@pytest.mark.django_db
def test_each_package_s_pages_get_what_they_need_and_no_more(client: Client, owner: User):
    client.force_login(owner)
    extra = {
        "/admin/login/": {
            "script-src": {"'self'", "'unsafe-eval'"},
            "style-src": {"'self'", "'unsafe-inline'"},
            "font-src": {"'self'"},
        },
        "/api/me": {
            "script-src-attr": {"'unsafe-inline'"},
            "style-src": {"'self'", "'unsafe-inline'"},
            "font-src": {"'self'"},
        },
    }
    for path, relaxed in extra.items():
        assert policy(client.get(path, headers=BROWSER)) == STRICT | relaxed
    docs = policy(client.get("/api/docs", headers=BROWSER))
    assert {name for name in docs if docs[name] != STRICT[name]} == {"style-src"}
    assert "'unsafe-inline'" not in docs["style-src"]


def test_a_look_alike_path_is_strict(client: Client):
    for path in ("/administrator/", "/apis/", "/x/admin/"):
        assert policy(client.get(path, headers=BROWSER)) == STRICT


def test_only_the_microphone_is_allowed(client: Client):
    features = dict(item.split("=") for item in client.get("/")["Permissions-Policy"].split(", "))
    assert features.pop("microphone") == "(self)"
    assert {"camera", "geolocation", "payment"} <= set(features)
    assert set(features.values()) == {"()"}


def test_other_sites_learn_nothing_from_links(client: Client):
    assert client.get("/")["Referrer-Policy"] == "same-origin"


def test_pages_are_compressed_and_answers_to_programs_are_not(client: Client):
    headers = {"accept-encoding": "gzip"}
    page = client.get("/", headers=headers | BROWSER)
    assert page["Content-Encoding"] == "gzip"
    assert b"<h1>" in gzip.decompress(page.content)
    assert "Accept-Encoding" in page["Vary"]
    schema = client.get("/api/schema", headers=headers)
    assert "Content-Encoding" not in schema


def test_the_same_page_has_another_length_each_time(client: Client):
    """Its length tells nobody what is in it (BREACH)."""
    lengths = {
        len(client.get("/", headers=BROWSER | {"accept-encoding": "gzip"}).content)
        for _ in range(20)
    }
    assert len(lengths) > 3
