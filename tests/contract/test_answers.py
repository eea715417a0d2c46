"""What a service answers is what the document says: the gateway sends it on as it comes.

Most routes are declared with the very schema that their service answers with. Where several services keep one list,
each has a schema of its own, and the document says all that any of them sends.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import pytest
from marshmallow import fields

from gateway.routes import ALL_ROUTES
from gateway.routing import Route
from services.chassis.schema import Answer, Id, page_of

ANSWERED = [(route, target) for route in ALL_ROUTES for target in route.targets if route.answer is not None]


def sent_by(target: str) -> type[Answer]:
    """The schema that an RPC answers with."""
    service, method = target.split(".")
    found: type[Answer] = getattr(importlib.import_module(f"services.{service}.service").SERVICE, method).answers_with
    return found


def untold(sent: type[Answer], told: type[Answer]) -> list[str]:
    """What ``sent`` may hold and ``told`` does not say, as paths: a field, null, or another kind of value."""
    return list(_of_objects(sent().dump_fields, told().dump_fields, ""))


def _of_objects(sent: dict[str, fields.Field[Any]], told: dict[str, fields.Field[Any]], path: str) -> Iterator[str]:
    documented = {field.data_key or name: field for name, field in told.items()}
    for name, field in sent.items():
        key = field.data_key or name
        if key not in documented:
            yield f"{path}{key}"
        else:
            yield from _of_values(field, documented[key], f"{path}{key}")


def _of_values(sent: fields.Field[Any], told: fields.Field[Any], path: str) -> Iterator[str]:
    if not isinstance(sent, type(told)):
        yield f"{path} is {type(sent).__name__}"
    elif sent.allow_none and not told.allow_none:
        yield f"{path} is null"
    elif isinstance(sent, fields.Nested) and isinstance(told, fields.Nested):
        yield from _of_objects(sent.schema.dump_fields, told.schema.dump_fields, f"{path}.")
    elif isinstance(sent, fields.List) and isinstance(told, fields.List):
        yield from _of_values(sent.inner, told.inner, f"{path}[]")


@pytest.mark.parametrize(("route", "target"), ANSWERED, ids=lambda of: of if isinstance(of, str) else of.path)
def test_the_document_says_all_that_is_sent(route: Route, target: str) -> None:
    assert route.answer is not None
    assert untold(sent_by(target), route.answer) == []


class Told(Answer):
    """What a document says."""

    id = fields.String()
    minutes = fields.Integer()


class Sent(Answer):
    """What comes in its place: an id is a text, and the rest is not said."""

    id = Id()
    minutes = fields.Integer(allow_none=True)
    note = fields.String()


class OfAnotherKind(Answer):
    """Minutes in words."""

    minutes = fields.String()


def test_what_is_not_said_is_found_wherever_it_stands() -> None:
    assert untold(page_of(Told), page_of(Told)) == []
    assert untold(page_of(Sent), page_of(Told)) == ["items[].minutes is null", "items[].note"]
    assert untold(page_of(OfAnotherKind), page_of(Told)) == ["items[].minutes is String"]
