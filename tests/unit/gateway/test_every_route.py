"""Every route of the contract against whatever its fields may be given: a refusal, and never a 500.

The services' schemas and the routes' own ``prepare`` are what is tried here; the service always answers 409.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError, fields

from gateway.routes import ALL_ROUTES, DEVELOPMENT_ROUTES
from gateway.routing import Route, Who
from services.chassis.errors import Conflict
from services.chassis.ids import new_id
from services.chassis.schema import Day, Timestamp
from tests.unit.gateway.conftest import Site, bearer, settings_for

EVERY_ROUTE = [*ALL_ROUTES, *DEVELOPMENT_ROUTES]
CALLERS = {
    Who.VOLUNTEER: bearer("volunteer"),
    Who.PLATFORM: bearer("platform"),
    Who.ADMINISTRATOR: bearer("administrator", roles=[["018f3c1e-0000-7000-8000-000000000001", "owner"]]),
    Who.SIGNED_IN: bearer("volunteer"),
    Who.ENROLLING: bearer("enrolling"),
}
_NASTY_TEXT = st.sampled_from(
    [
        "", " ", "\x00", "a\x00b", "\u202e", "💥", "志愿", "1" * 5000, "-1", "1e999", "NaN", "2026-02-30", "9999-12-31",
        "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-13-01T00:00:00Z", "440106199503070024",
        "138000000", "13800138000", "a@b", "a@example.org", "../..", "%", "{}", "null",
        "00000000-0000-0000-0000-000000000000",
    ]
)  # fmt: skip
_TEXT = _NASTY_TEXT | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_LEAF = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXT
_ANYTHING = st.recursive(
    _LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3), max_leaves=6
)


def values_for(field: fields.Field[Any]) -> st.SearchStrategy[Any]:
    """Something that looks like what the field wants, and something else."""
    if isinstance(field, fields.Nested):
        return _ANYTHING | payloads_for(field.schema)
    if isinstance(field, fields.List):
        return _ANYTHING | st.lists(values_for(field.inner), max_size=3)
    if isinstance(field, fields.Mapping):
        return _ANYTHING | st.dictionaries(_TEXT, _ANYTHING, max_size=3)
    return _LEAF | st.just(new_id()) | _ANYTHING


def payloads_for(schema: Schema) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with some of the schema's fields."""
    return st.fixed_dictionaries({}, optional={name: values_for(field) for name, field in schema.fields.items()})


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    variables = {"ZHIYUAN_RATE_LIMIT": "1000000/minute", "ZHIYUAN_STRICT_RATE_LIMIT": "1000000/minute"}
    one = Site(settings_for(tmp_path_factory.mktemp("contract"), **variables), None)
    one.rpc.answers = _AlwaysConflict()
    yield one
    one.http.close()


class _AlwaysConflict(dict[str, Any]):
    def get(self, key: str, default: Any = None) -> Any:
        return Conflict()


@pytest.mark.parametrize("route", EVERY_ROUTE, ids=lambda r: f"{r.method} {r.path}")
def test_no_payload_ends_in_a_500(contract: Site, route: Route) -> None:
    schema = (route.from_client or route.request)()
    beside_path = {n: values_for(f) for n, f in schema.fields.items() if n not in route.path_parameters}
    payloads = st.fixed_dictionaries({}, optional=beside_path)
    segment = st.just(new_id()) | _TEXT.filter(lambda text: text.strip("./") != "" and "/" not in text)

    @given(payload=payloads, segments=st.lists(segment, min_size=4, max_size=4))
    @settings(max_examples=12, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def check(payload: dict[str, Any], segments: list[str]) -> None:
        path = "/v1" + route.path
        for name, value in zip(route.path_parameters, segments, strict=False):
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        answer = _send(contract, route)(path, payload)
        assert answer.status_code in {400, 401, 403, 404, 409, 413, 415, 422, *_DIRECT.get(route.path, ())}, answer.text
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"

    check()


def _every_field(schema: Schema, path: str = "") -> Iterator[tuple[str, fields.Field[Any]]]:
    for name, field in schema.fields.items():
        yield from _field_and_inner(field, f"{path}{name}")


def _field_and_inner(field: fields.Field[Any], path: str) -> Iterator[tuple[str, fields.Field[Any]]]:
    if isinstance(field, fields.List):
        yield from _field_and_inner(field.inner, f"{path}[]")
    elif isinstance(field, fields.Nested):
        yield from _every_field(field.schema, f"{path}.")
    else:
        yield path, field


_POISON: list[tuple[type[fields.Field[Any]], Any]] = [
    (fields.String, "a\x00b"),
    (fields.Integer, 2**31),
    (fields.Integer, -(2**31) - 1),
    (Timestamp, "9999-12-31T23:59:59+00:00"),
    (Timestamp, "0001-01-01T00:00:00+00:00"),
    (Day, "9999-12-31"),
    (Day, "0001-01-01"),
]


@pytest.mark.parametrize("route", EVERY_ROUTE, ids=lambda r: f"{r.method} {r.path}")
def test_no_field_takes_what_a_database_or_a_calendar_would_choke_on(route: Route) -> None:
    taken = []
    for path, field in _every_field((route.from_client or route.request)()):
        if field.metadata.get("format") == "binary":
            continue  # a file, and not what it says
        for kind, poison in _POISON:
            if isinstance(field, kind):
                try:
                    field.deserialize(poison)
                    taken.append((path, poison))
                except ValidationError:
                    continue
    assert taken == []


# What the gateway answers itself is answered.
_DIRECT = {"/dev/clock": {200}, "/import-templates/{kind}": {200}}


def _send(contract: Site, route: Route) -> Callable[[str, dict[str, Any]], Any]:
    headers = {**CALLERS.get(route.who, {}), "Content-Type": "application/json"}

    def send(path: str, payload: dict[str, Any]) -> Any:
        if route.takes_body:
            return contract.http.request(route.method, path, content=json.dumps(payload), headers=headers)
        texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in payload.items()}
        return contract.http.request(route.method, f"{path}?{urlencode(texts)}", headers=headers)

    return send
