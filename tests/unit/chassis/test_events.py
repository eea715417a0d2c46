"""Events: the envelope, what a consumer accepts, and the schema that is promised."""

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.events import Event, UnreadableEvent, envelope, json_schema, read_envelope

NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Part:
    starts_at: datetime
    seats: int


@dataclass(frozen=True, kw_only=True)
class FairHeld(Event):
    type = "fair.held"
    version = 2
    subject_field = "fair_id"

    fair_id: str
    on: date
    parts: list[Part]
    reason: str | None = None
    tags: list[str] = field(default_factory=list)


KNOWN: dict[str, type[Event]] = {FairHeld.wire_type(): FairHeld}
FAIR = FairHeld(fair_id="f-1", on=date(2026, 3, 5), parts=[Part(starts_at=NOW, seats=3)])


def wire(**changes: object) -> bytes:
    document = envelope(FAIR, version=4, time=NOW, traceparent="00-x")
    return json.dumps(document | changes).encode()  # as the outbox does: it knows no moments and no days


def test_what_is_told_again_says_so() -> None:
    assert read_envelope(wire(restated=True), KNOWN).restated
    assert not read_envelope(wire(), KNOWN).restated


def test_an_envelope_is_a_cloudevent_in_plain_json() -> None:
    document = json.loads(wire())

    assert document["specversion"] == "1.0"
    assert document["type"] == "fair.held.v2"
    assert document["source"] == f"zhiyuan/{FairHeld.source()}"
    assert (document["subject"], document["aggregateversion"], document["traceparent"]) == ("f-1", 4, "00-x")
    assert document["data"]["parts"] == [{"starts_at": "2026-03-01T08:30:00+00:00", "seats": 3}]


def test_a_consumer_reads_what_was_published() -> None:
    received = read_envelope(wire(), KNOWN)

    assert received.data == FAIR
    assert (received.aggregate_version, received.time, received.subject) == (4, NOW, "f-1")


def test_a_field_added_later_does_not_disturb_an_older_consumer() -> None:
    data = json.loads(wire())["data"] | {"weather": "rain"}
    assert read_envelope(wire(data=data), KNOWN).data == FAIR


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b'"text"',
        b"{}",
        wire(type="fair.held.v9"),
        wire(data={}),
        wire(aggregateversion="x"),
    ],
)
def test_what_is_no_envelope_is_unreadable_and_nothing_worse(body: bytes) -> None:
    with pytest.raises(UnreadableEvent):
        read_envelope(body, KNOWN)


@given(st.binary())
def test_no_bytes_can_do_more_than_be_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableEvent):
        read_envelope(body, KNOWN)


def test_the_schema_follows_the_annotations() -> None:
    schema = json_schema(FairHeld)

    assert schema["required"] == ["fair_id", "on", "parts"]
    assert schema["properties"]["on"] == {"type": "string", "format": "date"}
    assert schema["properties"]["reason"] == {"anyOf": [{"type": "string"}, {"type": "null"}]}
    assert schema["properties"]["parts"]["items"]["properties"]["seats"] == {"type": "integer"}
