"""Requests: every broken field is named, with a code, and nothing unsafe gets in."""

import pkgutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import marshmallow as ma
import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import fields

from services.chassis.errors import Invalid
from services.chassis.schema import (
    Answer,
    Day,
    Id,
    Mobile,
    PageRequest,
    RegionCode,
    Request,
    SecretText,
    Text,
    Timestamp,
    list_of,
    one_of,
    page_of,
    whole_number,
)


@dataclass(frozen=True)
class Booking:
    title: str
    seats: int


class Seat(Request):
    row = whole_number(min=1, max=9, required=True)


class Everything(Request):
    title = Text(max=5, required=True)
    note = Text(max=50, multiline=True)
    password = SecretText(max=50)
    seats = whole_number(min=1, max=3)
    at = Timestamp()
    day = Day()
    thing_id = Id()
    phone = Mobile()
    region = RegionCode()
    kind = one_of(["a", "b"])
    rows = list_of(fields.Nested(Seat), max=2)


class Book(Request):
    class Meta:
        command = Booking

    title = Text(max=10, required=True)
    seats = whole_number(min=1, max=3, load_default=1)


def codes(payload: object) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        Everything().parse(payload)
    return {error.field: error.code for error in refused.value.errors}


def test_a_request_becomes_its_command() -> None:
    assert Book().parse({"title": " 清洁 "}) == Booking(title="清洁", seats=1)


def test_every_broken_field_is_named_in_one_answer() -> None:
    assert codes(
        {
            "title": "too long a title",
            "seats": 4,
            "at": "2026-01-01T00:00:00",
            "day": "2026-02-30",
            "thing_id": "7",
            "phone": "12345",
            "region": "4401",
            "kind": "c",
            "rows": [{"row": 1}, {"row": 0}],
            "stranger": 1,
        }
    ) == {
        "title": "bad_length",
        "seats": "out_of_range",
        "at": "bad_time",
        "day": "bad_date",
        "thing_id": "bad_id",
        "phone": "bad_mobile",
        "region": "bad_region",
        "kind": "not_a_choice",
        "rows.1.row": "out_of_range",
        "stranger": "unknown_field",
    }


def test_a_missing_field_is_named() -> None:
    assert codes({}) == {"title": "required"}


@pytest.mark.parametrize("payload", [None, 1, "text", [], [{"title": "a"}]])
def test_a_body_that_is_no_object_is_refused(payload: object) -> None:
    assert codes(payload) == {"body": "wrong_type"}


@pytest.mark.parametrize("bad", ["a\x00b", "a\ud800b", "a\x1bb", "a\nb"])
def test_unsafe_characters_are_refused_in_a_line(bad: str) -> None:
    assert codes({"title": bad}) == {"title": "unsafe_text"}


def test_a_block_of_text_may_have_lines_and_still_no_nul() -> None:
    assert Everything().parse({"title": "a", "note": "one\ntwo"})["note"] == "one\ntwo"
    assert codes({"title": "a", "note": "one\x00two"}) == {"note": "unsafe_text"}


def test_a_password_is_not_trimmed() -> None:
    assert Everything().parse({"title": "a", "password": " p w "})["password"] == " p w "


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*Everything().fields, "other"]), json_values))
def test_no_json_can_do_more_than_be_refused(payload: dict[str, Any]) -> None:
    with suppress(Invalid):  # anything else fails the test
        Everything().parse(payload)


def test_times_are_utc_inside_and_shanghai_outside() -> None:
    class At(Answer):
        at = Timestamp()

    moment = Everything().parse({"title": "a", "at": "2026-01-01T08:00:00+08:00"})["at"]

    assert moment == datetime(2026, 1, 1, tzinfo=UTC)
    assert At().dump({"at": moment}) == {"at": "2026-01-01T08:00:00+08:00"}


class Inner(Answer):
    name = fields.String(data_key="called")


class Outer(Answer):
    number = fields.Integer(attribute="size", allow_none=True)
    inner = fields.Nested(Inner, allow_none=True)
    inners = fields.List(fields.Nested(Inner))


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "size": st.none() | st.integers(),
            "inner": st.none() | st.fixed_dictionaries({}, optional={"name": st.text()}),
            "inners": st.lists(st.fixed_dictionaries({"name": st.text()})),
            "other": st.text(),
        },
    )
)
def test_a_dictionary_and_an_object_are_answered_alike(thing: dict[str, Any]) -> None:
    assert Outer().dump(thing) == Outer().dump(SimpleNamespace(**thing)) == ma.Schema.dump(Outer(), thing)
    assert Outer().dump([thing], many=True) == [Outer().dump(thing)]


def _kinds_of(kind: type[Answer]) -> Iterator[type[Answer]]:
    for inner in kind.__subclasses__():
        yield inner
        yield from _kinds_of(inner)


def test_answers_have_neither_hooks_nor_defaults() -> None:
    for service in ("identity", "organization", "activity", "attendance", "card", "notify"):
        package = import_module(f"services.{service}.schemas")
        for module in pkgutil.iter_modules(package.__path__):
            import_module(f"{package.__name__}.{module.name}")
    for answer in {*_kinds_of(Answer)}:
        assert not any(answer._hooks[hook] for hook in ("pre_dump", "post_dump")), answer
        for field in answer().dump_fields.values():
            assert field.dump_default is ma.missing, (answer, field)
            assert "." not in (field.attribute or ""), (answer, field)


def test_a_page_asks_for_at_most_a_hundred() -> None:
    assert PageRequest().parse({}) == {"limit": 20, "cursor": None}
    with pytest.raises(Invalid):
        PageRequest().parse({"limit": 101})


def test_a_page_answers_items_and_the_next_cursor() -> None:
    class Thing(Answer):
        name = Text(max=5)

    dumped = page_of(Thing)().dump({"items": [{"name": "a"}], "next_cursor": None})
    assert dumped == {"items": [{"name": "a"}], "next_cursor": None}


@pytest.mark.parametrize(
    ("day", "taken"), [("1899-12-31", False), ("1900-01-01", True), ("2199-12-31", True), ("9999-12-31", False)]
)
def test_days_and_moments_leave_room_for_arithmetic(day: str, taken: bool) -> None:
    class When(Request):
        day = Day()
        at = Timestamp()

    refused: set[str] = set()
    try:
        When().parse({"day": day, "at": f"{day}T12:00:00+08:00"})
    except Invalid as invalid:
        refused = {error.code for error in invalid.errors}
    assert refused == (set() if taken else {"bad_date", "bad_time"})


@pytest.mark.parametrize("seats", [1.5, 2.0, True, "١", "２", " 2", "1e0", "0x1", "1" * 400, [], {}])
def test_a_whole_number_is_written_in_plain_digits(seats: object) -> None:
    with pytest.raises(Invalid) as refused:
        Seat().parse({"row": seats})
    assert [(error.field, error.code) for error in refused.value.errors] == [("row", "wrong_type")]
    assert Seat().parse({"row": 2}) == Seat().parse({"row": "2"}) == {"row": 2}
