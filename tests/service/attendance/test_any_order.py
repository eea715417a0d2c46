"""Scans, supplements, objections and corrections in any order: sum of the ledger, totals and recount always agree."""

from __future__ import annotations


from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from services.activity.events import ShiftState
from services.attendance import commands
from services.attendance.domain import Direction, Interval
from services.attendance.use_cases import objecting
from services.chassis.errors import AppError
from tests.service.attendance.conftest import World

WHICH = st.integers(0, 1)
MINUTES = st.integers(1, 240)


class Attendance(RuleBasedStateMachine):
    """Two volunteers at a shift of a day. What is refused changes nothing; what is taken must add up."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = World(world.units, world.province, world.city, world.team, world.other_city)
        self.starts_at: datetime = world.clock.now()
        shift = ShiftState(
            shift_id=self.world.shift,
            starts_at=self.starts_at,
            ends_at=self.starts_at + timedelta(days=1),
            capacity=2,
        )
        self.world.hear(self.world.activity_state(shifts=[shift]))
        self.volunteers = [self.world.volunteer(), self.world.volunteer()]
        self.recorder = self.world.administrator("recorder", self.world.team)
        self.superior = self.world.administrator("owner", self.world.city)
        self.supplements: list[str] = []
        self.objections: list[str] = []

    def attempt(self, deed: Callable[[], Any]) -> Any:
        """Do it, or be refused: by a rule, never by the database."""
        before = [self.world.records(volunteer_id) for volunteer_id in self.volunteers]
        try:
            return deed()
        except AppError:
            assert [self.world.records(volunteer_id) for volunteer_id in self.volunteers] == before
            return None

    def time(self, after: int, minutes: int) -> Interval:
        """A time that starts so many minutes after the shift's start."""
        starts_at = self.starts_at + timedelta(minutes=after)
        return Interval(starts_at, starts_at + timedelta(minutes=minutes))

    @rule(minutes=MINUTES)
    def time_passes(self, minutes: int) -> None:
        self.world.clock.advance(minutes=minutes)

    @rule()
    def days_pass(self) -> None:
        self.world.clock.advance(days=4)

    @rule(which=WHICH, kind=st.sampled_from(Direction))
    def scan(self, which: int, kind: Direction) -> None:
        self.attempt(lambda: self.world.scan(self.volunteers[which], kind))

    @rule(which=WHICH, after=st.integers(0, 1500), minutes=MINUTES)
    def supplement(self, which: int, after: int, minutes: int) -> None:
        time = self.time(after, minutes)
        submitted = self.attempt(
            lambda: self.world.supplement(
                self.volunteers[which], self.recorder, starts_at=time.starts_at, ends_at=time.ends_at
            )
        )
        if submitted is not None:
            self.supplements.append(submitted.id)

    @rule(approve=st.booleans())
    def decide(self, approve: bool) -> None:
        if self.supplements:
            chosen = self.supplements.pop()
            self.attempt(lambda: self.world.decide(chosen, self.superior, approve=approve, reason="理由"))

    @rule(which=WHICH)
    def object_to_the_newest(self, which: int) -> None:
        records = self.world.records(self.volunteers[which])
        if records:
            objection = self.attempt(lambda: self.world.object_to(records[0]["record_id"]))
            if objection is not None:
                self.objections.append(objection.id)

    @rule(upheld=st.booleans(), after=st.integers(0, 1500), minutes=st.none() | MINUTES)
    def resolve(self, upheld: bool, after: int, minutes: int | None) -> None:
        if not self.objections:
            return
        corrected = None
        if minutes is not None:
            time = self.time(after, minutes)
            corrected = commands.CorrectedTime(starts_at=time.starts_at, ends_at=time.ends_at)
        command = commands.ResolveObjection(
            objection_id=self.objections[-1], upheld=upheld, reason="理由", corrected=corrected
        )
        resolved = self.attempt(lambda: self.world.do(objecting.resolve_objection, command, self.recorder))
        if resolved is not None:
            self.objections.pop()

    @rule()
    def timers(self) -> None:
        self.world.disclose()
        self.world.confirm()

    @invariant()
    def everything_adds_up(self) -> None:
        assert self.world.recount().sound
        for volunteer_id in self.volunteers:
            records, summary = self.world.records(volunteer_id), self.world.summary(volunteer_id)
            assert sum(record["minutes"] for record in records) == summary["total_minutes"]
            confirmed = sum(record["minutes"] for record in records if record["status"] == "confirmed")
            assert summary["confirmed_minutes"] == confirmed
            assert sum(record["status"] == "open" for record in records) <= 1
            counted = sorted((r["starts_at"], r["ends_at"]) for r in records if r["starts_at"] is not None)
            assert all(one[1] <= next_one[0] for one, next_one in pairwise(counted))

    @invariant()
    def a_frozen_record_has_an_open_objection(self) -> None:
        query = commands.ListObjections(activity_id=self.world.activity, limit=100, cursor=None)
        items = self.world.do(objecting.list_objections, query, self.superior)["items"]
        objected = {item["record_id"] for item in items if item["status"] == "open"}
        records = [record for volunteer_id in self.volunteers for record in self.world.records(volunteer_id)]
        assert {r["record_id"] for r in records if r["status"] == "frozen"} == objected


def test_whatever_happens_in_whatever_order_the_hours_add_up(world: World) -> None:
    run_state_machine_as_test(
        lambda: Attendance(world),
        settings=settings(
            max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
