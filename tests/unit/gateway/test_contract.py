"""The contract as a whole: its document, its page, and what must be true of every route."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from gateway import docs_page, openapi
from gateway.app import routes_for
from gateway.path_table import PathTable
from gateway.routes import ALL_ROUTES, DEVELOPMENT_ROUTES
from gateway.routing import OneOf, Route, Who
from services.chassis.schema import Request
from tests.unit.gateway.conftest import settings_for

EVERY_ROUTE = [*ALL_ROUTES, *DEVELOPMENT_ROUTES]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # such as: two schemas of one name
        return openapi.document(EVERY_ROUTE)


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield method, path, operation


@pytest.mark.parametrize("route", EVERY_ROUTE, ids=lambda r: f"{r.method} {r.path}")
def test_a_route_is_complete(route: Route) -> None:
    assert route.zh, "a Chinese summary"
    assert route.en, "an English summary"
    assert route.tags
    assert route.answer is not None or route.status == 204 or route.formats or route.events
    assert (route.method == "POST") >= (route.status == 201)
    declared = route.request().fields
    assert set(route.path_parameters) <= set(declared), "path parameters are fields of the request"
    if isinstance(route.rpc, OneOf):
        assert route.rpc.parameter in declared
    assert all(re.fullmatch(r"[a-z]+\.[a-z_]+", target) for target in route.targets)


def test_every_path_can_be_told_from_the_others() -> None:
    PathTable("/v1", [(route, object()) for route in EVERY_ROUTE])  # type: ignore[misc]


def test_a_path_declared_with_two_names_or_twice_is_found_at_start() -> None:
    one = Route("GET", "/a/{x}", "a.b")
    with pytest.raises(ValueError, match="different names"):
        PathTable("", [(one, None), (Route("POST", "/a/{y}", "a.b"), None)])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="twice"):
        PathTable("", [(one, None), (one, None)])  # type: ignore[list-item]


def test_a_route_whose_parameter_its_schema_does_not_know_is_found_at_start() -> None:
    with pytest.raises(ValueError, match="no field x"):
        openapi.document([Route("GET", "/a/{x}", "a.b", request=Request)])


def test_every_reference_in_the_document_leads_somewhere(document: dict[str, Any]) -> None:
    for reference in set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(document))):
        found: Any = document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
        assert found


def test_every_schema_is_a_json_schema(document: dict[str, Any]) -> None:
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_operations_have_names_of_their_own_and_say_who_may_call(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(set(names)) == len(names) == len(EVERY_ROUTE)
    public = {f"{route.method.lower()} /v1{route.path}" for route in EVERY_ROUTE if route.who is Who.PUBLIC}
    assert {f"{m} {p}" for m, p, operation in operations(document) if "security" not in operation} == public


def test_every_refusal_is_a_problem(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        for status, response in operation["responses"].items():
            if status >= "400":
                assert list(response["content"]) == ["application/problem+json"], f"{method} {path} {status}"


def test_every_post_takes_an_idempotency_key(document: dict[str, Any]) -> None:
    for method, _, operation in operations(document):
        assert (method == "post") == ({"$ref": "#/components/parameters/IdempotencyKey"} in operation["parameters"])


def test_the_page_shows_every_operation_and_fetches_nothing(document: dict[str, Any]) -> None:
    page = docs_page.render(document)
    for _, path, operation in operations(document):
        assert path in page
        assert f'id="{operation["operationId"]}"' in page
    for tag in document["tags"]:
        assert f'href="#of_{tag["name"].replace(" ", "_")}"' in page
    assert "`" not in page
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    assert "@import" not in page
    assert "url(" not in page


def test_what_is_for_development_is_not_in_production(tmp_path: Any) -> None:
    development = {route.path for route in DEVELOPMENT_ROUTES}
    told = {
        "ZHIYUAN_ENVIRONMENT": "production",
        "ZHIYUAN_CERTIFICATE_ADDRESS": "https://a.example.org/{serial}/{code}",
        "ZHIYUAN_CARD_PAGE_ADDRESS": "https://a.example.org/{token}",
    }
    production = {route.path for route in routes_for(settings_for(tmp_path, **told))}
    assert development
    assert not development & production


def test_document_and_page_are_served(site: Any) -> None:
    http = site().http
    assert http.get("/openapi.json").json()["openapi"] == "3.1.0"
    page = http.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["content-security-policy"].startswith("default-src 'none'")


def test_readiness_follows_the_broker(site: Any) -> None:
    one = site()
    assert one.http.get("/livez").status_code == one.http.get("/readyz").status_code == 200
    one.rpc.connected = False
    assert (one.http.get("/livez").status_code, one.http.get("/readyz").status_code) == (200, 503)


def test_the_page_says_what_a_value_looks_like() -> None:
    document = {
        "info": {"title": "t", "description": "d"},
        "tags": [{"name": "tag"}],
        "components": {"schemas": {"Inner": {"type": "object", "properties": {"x": {"enum": ["a", None]}}}}},
        "paths": {
            "/p": {
                "post": {
                    "operationId": "p", "summary": "做 · Do", "description": "", "tags": ["tag"], "responses": {},
                    "requestBody": {
                        "content": {
                            "application/json": {
                                "schema": {
                                    "required": ["ids"],
                                    "properties": {
                                        "ids": {"type": "array", "items": {"type": "string", "format": "uuid"}},
                                        "inner": {"anyOf": [{"$ref": "#/components/schemas/Inner"}, {"type": "null"}]},
                                        "n": {"type": ["integer", "null"], "minimum": 1, "maximum": 9},
                                        "<b>": {"type": "string"},
                                    },
                                }
                            }
                        }
                    },
                }
            }
        },
    }  # fmt: skip
    page = docs_page.render(document)
    for shown in ("[uuid]", "integer | null, 1…9", "<code>inner.x</code>", "a | null", "&lt;b&gt;", '{"ids":["…"]}'):
        assert shown in page or shown.replace('"', "&quot;") in page, shown
    assert "<b>" not in page
