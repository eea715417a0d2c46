"""What events promise: somebody listens to each that must be heard, and none says what it may not (docs/adr/0005)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

import pytest

from services.chassis import docs
from services.chassis.events import Event, registry

FORBIDDEN = {"cert_no", "phone", "mobile", "email", "code", "password", "address_of_applicant", "contact", "wechat"}


def platform_events() -> list[type[Event]]:
    for _ in docs.modules_named("events"):
        pass  # imports them
    return sorted(
        (event for event in registry().values() if event.__module__.startswith("services.")),
        key=lambda event: event.__qualname__,
    )


def fields_of(declared: type[Any]) -> Iterator[str]:
    """The names of all fields, those of nested dataclasses included."""
    hints = get_type_hints(declared)
    for field in dataclasses.fields(declared):
        yield field.name
        for inner in (hints[field.name], *get_args(hints[field.name])):
            if isinstance(inner, type) and dataclasses.is_dataclass(inner):
                yield from fields_of(inner)


@pytest.mark.parametrize("event", platform_events(), ids=lambda event: event.__name__)
def test_no_event_carries_a_certificate_or_a_contact_in_clear(event: type[Event]) -> None:
    assert set(fields_of(event)) & FORBIDDEN == set()


@pytest.mark.parametrize("event", platform_events(), ids=lambda event: event.__name__)
def test_the_subject_of_an_event_is_one_of_its_fields(event: type[Event]) -> None:
    assert event.subject_field in {field.name for field in dataclasses.fields(event)}


def test_every_event_that_must_be_heard_has_a_listener() -> None:
    """Or it would stay in the outbox for ever, and hold up what follows of its aggregate."""
    heard = {subscription.event_key for subscription in docs.subscriptions()}
    unheard = [
        event.__qualname__
        for event in platform_events()
        if event.mandatory and f"{event.source()}.{event.wire_type()}" not in heard
    ]
    assert unheard == []
