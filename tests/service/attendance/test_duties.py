"""Hours are recorded within ten working days, or the organization sees what is overdue, and supervision hears of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.activity.events import EnrollmentChanged, ShiftState
from services.attendance import commands
from services.attendance.use_cases import duties
from services.chassis.context import Caller
from services.chassis.errors import Forbidden
from services.chassis.ids import new_id
from tests.service.attendance.conftest import SHIFT_ENDS, SHIFT_STARTS, World

DUE_ON = date(2026, 3, 20)  # ten working days after a Saturday


def look(world: World) -> int:
    """The timer."""
    with world.units() as uow:
        return duties.look_after_duties(uow)


def told(world: World) -> list[str]:
    return [event["data"]["status"] for event in world.units.published("record_duty.changed")]


def overdue(world: World, caller: Caller, organization_id: str | None = None) -> list[dict[str, Any]]:
    query = commands.ListOverdueRecords(organization_id=organization_id or world.team, limit=20, cursor=None)
    items: list[dict[str, Any]] = world.do(duties.list_overdue_records, query, caller)["items"]
    return items


def days_pass(world: World, days: int) -> None:
    world.clock.advance(days=days)
    look(world)


@pytest.fixture
def owner(world: World) -> Caller:
    """Whose team it is."""
    return world.administrator("owner", world.team)


def test_what_is_complete_when_the_activity_is_over_was_recorded_in_time(world: World) -> None:
    world.serve(world.volunteer())
    assert (look(world), told(world)) == (0, [])

    world.clock.advance(hours=3)
    assert (look(world), told(world)) == (1, ["in_time"])
    world.clock.advance(days=30)
    assert look(world) == 0


def test_an_accepted_volunteer_of_whom_nothing_is_recorded_makes_it_overdue_after_the_due_day(
    world: World, owner: Caller
) -> None:
    world.serve(world.volunteer())
    forgotten, lost = world.volunteer("李四"), world.volunteer("王五")
    world.scan(forgotten)
    days_pass(world, 13)  # the last moment at which it is in time
    assert (told(world), overdue(world, owner)) == ([], [])

    days_pass(world, 4)
    assert told(world) == ["overdue"]
    assert world.units.published("record_duty.changed")[0]["data"]["title"] == overdue(world, owner)[0]["title"]
    (item,) = overdue(world, owner)
    assert (item["activity_id"], item["due_on"], item["volunteers"]) == (world.activity, DUE_ON, 2)
    assert item["working_days_overdue"] == 2
    assert [(shift.shift_id, shift.volunteers) for shift in item["shifts"]] == [(world.shift, 2)]
    assert lost


def test_an_absence_settles_it_and_so_does_a_record_but_it_was_late(world: World, owner: Caller) -> None:
    supplemented, absent = world.volunteer(), new_id()
    enrollment = EnrollmentChanged(
        enrollment_id=new_id(), activity_id=world.activity, shift_id=world.shift, volunteer_id=absent, status="accepted"
    )
    world.hear(enrollment)
    days_pass(world, 17)
    supplement = world.supplement(supplemented, owner)
    world.decide(supplement.id, world.administrator("reviewer", world.city))
    assert [item["volunteers"] for item in overdue(world, owner)] == [1]

    world.hear(replace(enrollment, status="absent"), version=2)
    assert overdue(world, owner) == []
    days_pass(world, 1)
    assert told(world) == ["overdue", "late"]


def test_an_activity_that_nobody_was_accepted_for_owes_nothing(world: World, owner: Caller) -> None:
    days_pass(world, 17)

    assert (told(world), overdue(world, owner), look(world)) == ([], [], 0)


def test_a_revoked_activity_owes_nothing(world: World) -> None:
    world.volunteer()
    world.hear(world.activity_state(status="revoked"), version=2)
    days_pass(world, 17)
    assert told(world) == []


def test_one_that_is_revoked_when_it_was_overdue_already_is_counted_no_longer(world: World) -> None:
    world.volunteer()
    days_pass(world, 17)
    world.hear(world.activity_state(status="revoked"), version=2)
    assert told(world) == ["overdue", "void"]


def test_the_last_shift_says_when_it_is_due(world: World) -> None:
    volunteer_id = world.volunteer()
    later = ShiftState(
        shift_id=world.shift, starts_at=SHIFT_STARTS + timedelta(days=14), ends_at=SHIFT_ENDS + timedelta(days=14),
        capacity=30,
    )  # fmt: skip
    world.hear(world.activity_state(shifts=[later]), version=2)
    days_pass(world, 17)
    assert told(world) == []
    days_pass(world, 14)
    assert told(world) == ["overdue"]
    assert volunteer_id


def test_an_activity_that_is_told_again_unchanged_gets_the_duty_that_it_lacks(world: World) -> None:
    world.volunteer()
    with world.units() as uow:
        uow.session.delete(uow.duties.lock(world.activity))
    world.hear(world.activity_state())
    days_pass(world, 17)
    assert told(world) == ["overdue"]


def test_it_is_seen_by_whoever_has_a_role_there_or_above_and_in_no_other_branch(world: World, owner: Caller) -> None:
    world.volunteer()
    days_pass(world, 17)

    above = world.administrator("viewer", world.province)
    assert [item["activity_id"] for item in overdue(world, above, world.city)] == [world.activity]
    assert overdue(world, above, world.other_city) == []
    with pytest.raises(Forbidden):
        overdue(world, world.administrator("owner", world.other_city))
