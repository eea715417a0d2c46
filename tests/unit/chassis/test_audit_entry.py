"""What an audit entry takes: only what reads back from the database exactly."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import pytest

from services.chassis.audit import AuditEntry

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class State(StrEnum):
    ACTIVE = "active"


def entry(**details: Any) -> AuditEntry:
    return AuditEntry(
        at=NOON,
        actor_kind="administrator",
        actor_id="1",
        action="approve",
        subject="volunteer:2",
        details=details,
    )


def test_dates_ids_and_states_become_text() -> None:
    details = entry(at=NOON, day=date(2026, 3, 2), id=UUID(int=1), state=State.ACTIVE, many=(1, True, None)).details
    assert details == {
        "at": "2026-03-02T12:00:00+00:00",
        "day": "2026-03-02",
        "id": "00000000-0000-0000-0000-000000000001",
        "state": "active",
        "many": [1, True, None],
    }
    assert type(details["state"]) is str


@pytest.mark.parametrize("value", [1.5, 2**63, b"bytes", {1: "key"}, {"deep": [object()]}])
def test_what_would_not_read_back_exactly_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="cannot keep"):
        entry(value=value)


def test_a_moment_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        AuditEntry(at=NOON.replace(tzinfo=None), actor_kind="service", actor_id="-", action="a", subject="s")


def test_details_changed_after_the_entry_was_made_do_not_change_it() -> None:
    reasons = ["incomplete"]
    made = entry(reasons=reasons)
    reasons.append("late")
    assert made.details == {"reasons": ["incomplete"]}
