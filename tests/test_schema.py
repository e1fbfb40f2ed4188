"""The OpenAPI document: it is whole, it is true to itself, and it is there for everyone."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver
from jsonschema import Draft202012Validator

from interview_trainer.docs import openapi_document
from interview_trainer.problems import PROBLEM_JSON
from users.errors import InsufficientCreditsError

METHODS = {"get", "post", "put", "patch", "delete"}
NO_API = {"/", "/healthz", "/readyz"}


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in openapi_document()["paths"].items():
        for method, described in methods.items():
            yield f"{method.upper()} {path}", described


def api_operations() -> list[Any]:
    return [
        pytest.param(described, id=name)
        for name, described in operations()
        if name.split()[1] not in NO_API
    ]


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Each API route's pattern, and the methods of its view."""
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, route)
        elif isinstance(pattern, URLPattern) and route.startswith("api/"):
            yield route, pattern.callback


def described_path(route: str) -> str:
    path = route.replace("/?", "").replace("$", "").replace("^", "").replace("\\Z", "")
    path = re.sub(r"\(\?P<pk>[^)]*\)", "{id}", path)
    return "/" + re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", path)


def test_it_is_made_without_a_warning_and_is_valid(tmp_path):
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yml"))


def test_every_route_is_described():
    described = set(openapi_document()["paths"])
    found = {described_path(route) for route, _ in routes(get_resolver())}
    assert found - {"/api/schema", "/api/docs"} == described - NO_API


@pytest.mark.parametrize("described", api_operations())
def test_each_operation_says_what_it_does_and_how_it_fails(described):
    assert described["summary"]
    assert described["description"]
    assert {"401", "406", "500", "503"} <= set(described["responses"])
    for status, response in described["responses"].items():
        if int(status) >= 400 and "$ref" not in response:
            assert list(response["content"]) == [PROBLEM_JSON]
            assert response["content"][PROBLEM_JSON]["examples"]


def test_operation_ids_are_unique():
    names = [described["operationId"] for _, described in operations()]
    assert len(names) == len(set(names))


def media_types(node: Any) -> Iterator[dict[str, Any]]:
    """Whatever has both a schema and examples."""
    if isinstance(node, dict):
        if "schema" in node and "examples" in node:
            yield node
        for inner in node.values():
            yield from media_types(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from media_types(inner)


@pytest.mark.parametrize("described", api_operations())
def test_examples_are_as_their_schemas_say(described):
    checked = 0
    for media_type in media_types(described):
        schema = media_type["schema"] | {"components": openapi_document()["components"]}
        for example in media_type["examples"].values():
            Draft202012Validator(schema).validate(example["value"])
            checked += 1
    assert checked


def test_no_credits_is_described_with_what_is_required():
    described = openapi_document()["paths"]["/api/ai/message"]["post"]["responses"]["402"]
    (example,) = described["content"][PROBLEM_JSON]["examples"].values()
    assert set(example["value"]) >= {"required", "balance"}
    assert example["value"]["code"] == InsufficientCreditsError.code


def test_the_three_ways_to_sign_in_are_described():
    schemes = openapi_document()["components"]["securitySchemes"]
    assert schemes["apiKey"]["name"] == "x-api-key"
    assert schemes["bearer"]["scheme"] == "bearer"
    assert schemes["session"]["in"] == "cookie"


@pytest.mark.parametrize("slash", ["", "/"])
def test_it_is_json_for_everyone(anonymous, slash):
    response = anonymous.get(f"/api/schema{slash}")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response.json()["openapi"].startswith("3.1")


@pytest.mark.parametrize("media_type", ["application/yaml", "application/vnd.oai.openapi"])
def test_it_is_yaml_for_who_accepts_it(anonymous, media_type):
    response = anonymous.get("/api/schema", headers={"accept": media_type})
    assert response["Content-Type"].startswith(media_type)
    assert yaml.safe_load(response.content) == anonymous.get("/api/schema").json()


def test_a_format_that_there_is_not_is_not_acceptable(anonymous):
    response = anonymous.get("/api/schema", headers={"accept": "image/png"})
    assert (response.status_code, response.json()["code"]) == (406, "not_acceptable")


def test_the_docs_use_our_own_files_only(anonymous):
    page = anonymous.get("/api/docs", headers={"accept": "text/html"})
    assert page.status_code == 200
    links = re.findall(r"""(?:src|href)="([^"]+)""", page.content.decode())
    files = [link for link in links if link.startswith("/static/")]
    assert len(files) == 4
    assert all(link.startswith("/") for link in links)
    assert all(finders.find(link.removeprefix("/static/")) for link in files)
    script = anonymous.get("/api/docs?script=", headers={"accept": "*/*"})
    assert "/api/schema" in script.content.decode()
