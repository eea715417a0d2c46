"""What the outbox tells of some activities, read again step by step: a second opinion on every moment in between.

Whoever changes a shift holds its lock, so the events of one shift stand in the outbox in the order in which they
happened; and so do the places that one person is given, because they all go through that person's lock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.activity.domain.states import HOLDS_A_PLACE, EnrollmentStatus, change_enrollment, overlap
from services.chassis.tables import OUTBOX
from tests.service.activity.conftest import World

_FIRST = {EnrollmentStatus.APPLIED, EnrollmentStatus.ACCEPTED, EnrollmentStatus.WAITLISTED}


@dataclass
class ShiftTold:
    """A shift as it was told last; ``line``: the enrollments that wait, in the order in which they came."""

    starts_at: datetime
    ends_at: datetime
    capacity: int
    revoked: bool
    line: list[str] = field(default_factory=list)


@dataclass
class EnrollmentTold:
    """An enrollment as it was told last."""

    shift_id: str
    volunteer_id: str
    status: str
    version: int


class Telling:
    """All that was told of these activities so far. Each step that may not be fails where it was taken."""

    def __init__(self, world: World, activities: Iterable[str]) -> None:
        self._world = world
        self._activities = set(activities)
        self._read = 0
        self.shifts: dict[str, ShiftTold] = {}
        self.enrollments: dict[str, EnrollmentTold] = {}

    def catch_up(self) -> None:
        """Read what was told since the last time."""
        with self._world.units() as uow:
            told = uow.session.execute(
                sa.select(OUTBOX.c.id, OUTBOX.c.body).where(OUTBOX.c.id > self._read).order_by(OUTBOX.c.id)
            ).all()
        for self._read, event in told:
            if event["data"].get("activity_id") in self._activities:
                kind = event["type"].rpartition(".v")[0]
                if kind == "activity.changed":
                    self._activity(event["data"])
                elif kind == "enrollment.changed":
                    self._enrollment(event)

    def taken(self, shift_id: str) -> int:
        """How many places somebody has or is kept for."""
        return sum(e.status in HOLDS_A_PLACE for e in self.enrollments.values() if e.shift_id == shift_id)

    def _activity(self, data: dict[str, Any]) -> None:
        for each in data["shifts"]:
            known = self.shifts.get(each["shift_id"])
            self.shifts[each["shift_id"]] = ShiftTold(
                datetime.fromisoformat(each["starts_at"]),
                datetime.fromisoformat(each["ends_at"]),
                each["capacity"],
                data["status"] == "revoked",
                known.line if known else [],
            )
            assert self.taken(each["shift_id"]) <= each["capacity"]

    def _enrollment(self, event: dict[str, Any]) -> None:
        data, now = event["data"], datetime.fromisoformat(event["time"])
        number, status, shift = data["enrollment_id"], data["status"], self.shifts[data["shift_id"]]
        before = self.enrollments.get(number)
        version = event["aggregateversion"]
        if before is None:
            assert status in _FIRST
            assert not shift.revoked
            assert now < shift.ends_at
            assert status != "accepted" or not shift.line or now >= shift.starts_at, "passed those who wait"
        else:
            change_enrollment(before.status, EnrollmentStatus(status))
            assert version > before.version
        if status == "offered":
            assert shift.line[0] == number, "was offered a place before somebody who came earlier"
            assert not shift.revoked
            assert now < shift.starts_at
        self.enrollments[number] = EnrollmentTold(data["shift_id"], data["volunteer_id"], status, version)
        if status == "waitlisted":
            shift.line.append(number)
        elif number in shift.line:
            shift.line.remove(number)
        assert self.taken(data["shift_id"]) <= shift.capacity
        self._nobody_is_in_two_places(data["volunteer_id"])

    def _nobody_is_in_two_places(self, volunteer_id: str) -> None:
        mine = [e for e in self.enrollments.values() if e.volunteer_id == volunteer_id and e.status == "accepted"]
        places = [shift for enrollment in mine if not (shift := self.shifts[enrollment.shift_id]).revoked]
        for n, one in enumerate(places):
            assert not any(overlap(one, other) for other in places[n + 1 :])
