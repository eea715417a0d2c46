"""The generated pages say what the code says; when this fails, run ``python -m services.chassis.docs``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # its stubs are a package of their own
import pytest
import yaml

from services.chassis import docs, errors, events


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for inner in node.values():
            yield from references(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from references(inner)


def found_at(document: Any, reference: str) -> Any:
    node = document
    for step in reference.removeprefix("#/").split("/"):
        node = node[step]
    return node


@pytest.fixture(scope="module")
def asyncapi_document() -> Any:
    return yaml.safe_load(docs.asyncapi_page())


def test_the_pages_say_what_the_code_says(capsys: pytest.CaptureFixture[str]) -> None:
    status = docs.main(["--check"])
    assert status == 0, capsys.readouterr().out


def test_every_refusal_of_the_platform_is_on_the_errors_page() -> None:
    page = docs.errors_page()
    missing = [
        f"{error.__module__}.{error.__qualname__}"
        for code, error in errors.registry().items()
        if error.__module__.startswith(("services.", "gateway."))
        and not error.__name__.startswith("_")
        and f"| `{code}` |" not in page
    ]
    assert missing == [], "declared elsewhere than in the errors module of their part"


def test_every_event_of_the_platform_is_in_the_events_document(asyncapi_document: Any) -> None:
    documented = set(asyncapi_document["components"]["messages"])
    declared = {
        f"{event.source()}.{event.wire_type()}"
        for event in events.registry().values()
        if event.__module__.startswith("services.")
    }
    assert declared == documented


def test_every_reference_in_the_events_document_leads_somewhere(asyncapi_document: Any) -> None:
    assert all(found_at(asyncapi_document, reference) for reference in references(asyncapi_document))


def test_every_schema_in_the_events_document_is_one(asyncapi_document: Any) -> None:
    for schema in asyncapi_document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_whatever_a_handler_listens_to_is_published_by_its_owner(asyncapi_document: Any) -> None:
    published = set(asyncapi_document["channels"])
    unheard_of = [s for s in docs.subscriptions() if s.event_key not in published]
    assert unheard_of == []
