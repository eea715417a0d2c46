"""The AsyncAPI document says what really travels, who sends it and who listens."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # its stubs are a package of their own
import pytest

from services.chassis.asyncapi import Subscription, document, subscriptions_of
from services.chassis.events import envelope
from tests.sample.events import NoteIgnored, NoteWritten

LISTENER = Subscription("sample", "count_copy", "sample.note.written.v1")
DOCUMENT = document([NoteWritten, NoteIgnored], [LISTENER])


class Listener:
    """A service class with one handler of two events, as the ``@on`` decorator leaves it."""

    name = "listener"

    def keep_note(self) -> None: ...

    keep_note.subscribed_to = (NoteWritten, NoteIgnored)  # type: ignore[attr-defined]


def complaint(message: dict[str, Any], event_key: str) -> str | None:
    """What the documented schema of ``event_key`` has against ``message``."""
    whole = {**DOCUMENT, "$ref": f"#/components/messages/{event_key}/payload"}
    checker = jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker())
    error = next(checker.iter_errors(message), None)
    return None if error is None else error.json_path


@pytest.fixture
def message() -> dict[str, Any]:
    event = NoteWritten(note_id="1", text="text")
    return envelope(event, version=3, time=datetime(2026, 3, 2, tzinfo=UTC), traceparent="")


def test_an_event_that_is_really_sent_fits_its_documented_schema(message: dict[str, Any]) -> None:
    assert complaint(message, "sample.note.written.v1") is None


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"type": "note.ignored.v1"}, "$.type"),
        ({"source": "zhiyuan/other"}, "$.source"),
        ({"aggregateversion": "3"}, "$.aggregateversion"),
        ({"data": {"note_id": "1"}}, "$.data"),
        ({"data": {"note_id": 1, "text": "text"}}, "$.data.note_id"),
    ],
)
def test_another_message_does_not_fit(message: dict[str, Any], change: dict[str, Any], where: str) -> None:
    assert complaint({**message, **change}, "sample.note.written.v1") == where


def test_the_channel_names_the_exchange_the_routing_key_and_who_listens() -> None:
    channel = DOCUMENT["channels"]["sample.note.written.v1"]
    assert channel["address"] == "note.written.v1"
    assert channel["bindings"]["amqp"]["exchange"]["name"] == "sample.events"
    assert "kept in the outbox" in channel["description"]
    assert "Listening: sample.count_copy." in channel["description"]


def test_an_event_that_nobody_has_to_hear_says_so() -> None:
    description = DOCUMENT["channels"]["sample.note.ignored.v1"]["description"]
    assert "dropped if nobody listens" in description
    assert "Listening: nobody yet." in description


def test_the_owner_sends_and_the_handler_receives() -> None:
    said = {name: (op["action"], op["channel"]["$ref"]) for name, op in DOCUMENT["operations"].items()}
    written, ignored = "#/channels/sample.note.written.v1", "#/channels/sample.note.ignored.v1"
    assert said == {
        "publish-sample.note.ignored.v1": ("send", ignored),
        "publish-sample.note.written.v1": ("send", written),
        "sample.count_copy-sample.note.written.v1": ("receive", written),
    }


def test_handlers_are_found_by_what_the_decorator_left_on_them() -> None:
    assert list(subscriptions_of(Listener)) == [
        Subscription("listener", "keep_note", "sample.note.written.v1"),
        Subscription("listener", "keep_note", "sample.note.ignored.v1"),
    ]
