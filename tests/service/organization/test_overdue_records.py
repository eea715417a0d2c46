"""Whoever runs an organization's attendance is told that hours are overdue, once, and nobody else is."""

from __future__ import annotations

from datetime import UTC, datetime

from services.attendance.events import RecordDutyChanged
from services.chassis.events import Received
from services.chassis.ids import new_id
from services.organization.use_cases import overdue_records
from tests.service.organization.conftest import Node, World

ACTIVITY = new_id()


def tell(world: World, node: Node, status: str, version: int, *, restated: bool = False) -> None:
    """What attendance tells of an activity's hours."""
    duty = RecordDutyChanged(
        activity_id=ACTIVITY, organization_id=node.id, due_on="2026-03-20", status=status, title="社区清洁日"
    )
    received = Received(
        new_id(), "attendance", duty.wire_type(), ACTIVITY, datetime.now(UTC), version, "", duty, restated
    )
    with world.units() as uow:
        overdue_records.take_over_duty(received, uow)


def reminded(world: World) -> list[str]:
    """The accounts, in the order of the messages."""
    return [event["data"]["account_id"] for event in world.units.published("recorder.reminded")]


def test_what_becomes_overdue_is_told_once_to_each_who_runs_attendance_there(
    world: World, province: Node, city: Node, team: Node
) -> None:
    recorder, viewer = (world.holder(team, role) for role in ("recorder", "viewer"))
    tell(world, team, "overdue", 2)
    tell(world, team, "overdue", 2)  # the broker brings it again
    assert sorted(reminded(world)) == sorted([team.owner.account_id, recorder.account_id])
    (event, *_) = world.units.published("recorder.reminded")
    assert (event["data"]["title"], event["data"]["due_on"]) == ("社区清洁日", "2026-03-20")
    assert viewer.account_id not in reminded(world)


def test_what_is_in_time_late_or_only_told_again_for_copies_reminds_nobody(world: World, team: Node) -> None:
    tell(world, team, "in_time", 1)
    tell(world, team, "overdue", 2, restated=True)
    tell(world, team, "late", 3)
    tell(world, team, "overdue", 2)  # older than what is known
    assert reminded(world) == []
