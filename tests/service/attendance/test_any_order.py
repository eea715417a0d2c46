"""Scans (at once and later), forgotten sign-outs, supplements, objections, appeals, corrections, long days and what is
decided about them, in any order: ledger, totals and recount agree, and no day counts more than it may."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from services.activity.events import ShiftState
from services.attendance import commands
from services.attendance.domain import Band, DayThresholds, Direction, Interval, in_bands
from services.attendance.models import HeldHours, LedgerEntry
from services.attendance.use_cases import (
    appealing,
    correcting,
    forgotten,
    held_reviews,
    objecting,
    submitting_appeals,
)
from services.chassis.clock import local_day
from services.chassis.errors import AppError
from tests.service.attendance.conftest import World

WHICH = st.integers(0, 1)
STARTS, MINUTES = st.integers(-60, 480), st.integers(1, 180) | st.integers(400, 800)
RULE = DayThresholds(at_once=480, parent=720)
SHIFT_HOURS = st.sampled_from([3, 9, 13])
UP_TO_FIVE = st.integers(0, 4)


class Attendance(RuleBasedStateMachine):
    """Two volunteers go out together, again and again. What is refused changes nothing; what is taken must add up."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.volunteers = [world.volunteer(accepted_for=None), world.volunteer(accepted_for=None)]
        self.objector = world.as_volunteer(world.volunteer("李雷", accepted_for=None))
        self.recorder = world.administrator("recorder", world.team)
        self.superior = world.administrator("owner", world.city)
        self.province = world.administrator("owner", world.province)
        self.outings: list[tuple[World, datetime]] = []
        self.supplements: list[str] = []
        self.objections: list[str] = []
        self.resolved: list[str] = []
        self.appeals: list[str] = []
        self.kept: list[tuple[int, commands.KeptScan]] = []

    def attempt(self, deed: Callable[[], Any]) -> Any:
        """Do it, or be refused: by a rule, never by the database."""
        before = self.records()
        try:
            return deed()
        except AppError:
            assert self.records() == before
            return None

    def records(self) -> list[dict[str, Any]]:
        """All records of both."""
        return [record for volunteer_id in self.volunteers for record in self.world.records(volunteer_id)]

    @initialize(served=MINUTES, upheld=st.none() | st.booleans())
    def go_out_first(self, served: int, upheld: bool | None) -> None:
        """Once; and as likely as not somebody has objected to it, and was told what came of that."""
        self._go_out(served, 9)
        self.hours_pass(10)
        if upheld is not None:
            self.object(0, settled=True)
            if self.objections:  # nothing is shown of who has not signed out
                self.resolve(upheld, outing=0, after=0, minutes=10)

    @rule(served=MINUTES, hours=SHIFT_HOURS)
    def go_out(self, served: int, hours: int) -> None:
        self._go_out(served, hours)

    def _go_out(self, served: int, hours: int) -> None:
        """An activity of its own: both sign in, serve, and sign out, if they may."""
        world = World(self.world.units, self.world.province, self.world.city, self.world.team)
        starts_at = world.clock.now()
        ends_at = starts_at + timedelta(hours=hours)
        shift = ShiftState(shift_id=world.shift, starts_at=starts_at, ends_at=ends_at, capacity=2)
        world.hear(world.activity_state(shifts=[shift]))
        for volunteer_id in self.volunteers:
            world.accept(volunteer_id, world.shift)
        self.outings.append((world, starts_at))
        self.scan(0, Direction.SIGN_IN)
        self.scan(1, Direction.SIGN_IN)
        world.clock.advance(minutes=served)
        self.scan(0, Direction.SIGN_OUT)
        self.scan(1, Direction.SIGN_OUT)

    @rule(which=WHICH, kind=st.sampled_from(Direction))
    def scan(self, which: int, kind: Direction) -> None:
        """Once more at the newest activity."""
        self.attempt(lambda: self.outings[-1][0].scan(self.volunteers[which], kind))

    @rule(which=WHICH, kind=st.sampled_from(Direction))
    def keep(self, which: int, kind: Direction) -> None:
        """A phone without network scans at the newest activity."""
        self.kept.append((which, self.outings[-1][0].kept(kind)))

    @precondition(lambda self: self.kept)
    @rule(which=WHICH, newest_first=st.booleans(), how_many=st.integers(1, 3))
    def hand_in(self, which: int, newest_first: bool, how_many: int) -> None:
        """Some of what it kept, perhaps not for the first time."""
        mine = [kept for whose, kept in self.kept if whose == which]
        chosen = (mine[::-1] if newest_first else mine)[:how_many]
        if chosen:
            self.attempt(lambda: self.outings[-1][0].upload(self.volunteers[which], *chosen))

    @precondition(lambda self: self.kept)
    @rule(accept=st.booleans())
    def decide_about_a_scan(self, accept: bool) -> None:
        """The organizer looks at the oldest conflict of the newest activity."""
        world = self.outings[-1][0]
        conflicts = world.scan_conflicts(self.recorder)
        if conflicts:
            self.attempt(lambda: world.resolve_scan(conflicts[0]["conflict_id"], self.recorder, accept=accept))

    @rule(after=MINUTES)
    def enter_a_forgotten_sign_out(self, after: int) -> None:
        """The organizer says when somebody has left the oldest activity at which one is still signed in."""
        records = [record for record in self.records() if record["status"] == "open"]
        if records:
            oldest = min(records, key=lambda record: record["signed_in_at"])
            command = commands.EnterSignOut(
                record_id=oldest["record_id"], signed_out_at=oldest["signed_in_at"] + timedelta(minutes=after),
                reason="理由",
            )  # fmt: skip
            self.attempt(lambda: self.world.do(forgotten.enter_sign_out, command, self.recorder))

    @rule(grant=st.booleans(), newest_first=st.booleans())
    def decide_about_a_long_day(self, grant: bool, newest_first: bool) -> None:
        query = commands.ListReviews(kind="hours", status="pending", limit=100, cursor=None)
        waiting = self.world.do(held_reviews.list_hours_reviews, query, self.province)["items"]
        if waiting:
            command = commands.DecideReview(
                kind="hours", id=waiting[-1 if newest_first else 0]["id"], approve=grant, reason="理由"
            )
            self.attempt(lambda: self.world.do(held_reviews.decide_hours_review, command, self.province))

    @rule(hours=st.integers(1, 5))
    def hours_pass(self, hours: int) -> None:
        self.world.clock.advance(hours=hours)
        self.world.disclose()

    @rule()
    def days_pass(self) -> None:
        self.world.clock.advance(days=4)
        self.world.disclose()
        self.world.confirm()

    @rule(which=WHICH, outing=UP_TO_FIVE, after=STARTS, minutes=MINUTES)
    def supplement(self, which: int, outing: int, after: int, minutes: int) -> None:
        world, starts_at = self.outings[outing % len(self.outings)]
        start = starts_at + timedelta(minutes=after)
        end = start + timedelta(minutes=minutes)
        submitted = self.attempt(
            lambda: world.supplement(self.volunteers[which], self.recorder, starts_at=start, ends_at=end)
        )
        if submitted is not None:
            self.supplements.append(submitted.id)

    @precondition(lambda self: self.supplements)
    @rule(approve=st.sampled_from([True, True, False]))
    def decide(self, approve: bool) -> None:
        chosen = self.supplements.pop()
        self.attempt(lambda: self.world.decide(chosen, self.superior, approve=approve, reason="理由"))

    @rule(which=UP_TO_FIVE, after=st.integers(0, 120), minutes=st.none() | MINUTES)
    def correct(self, which: int, after: int, minutes: int | None) -> None:
        """The organizer corrects a record of their own accord, whatever has become of it."""
        records = self.records()
        record = records[which % len(records)]
        start = (record["starts_at"] or record["signed_in_at"] or self.world.clock.now()) + timedelta(minutes=after)
        corrected = None
        if minutes is not None:
            corrected = commands.CorrectedTime(starts_at=start, ends_at=start + timedelta(minutes=minutes))
        command = commands.AmendRecord(record_id=record["record_id"], corrected=corrected, reason="理由")
        self.attempt(lambda: self.world.do(correcting.amend_record, command, self.recorder))

    @rule(which=UP_TO_FIVE, settled=st.sampled_from([True, True, False]))
    def object(self, which: int, settled: bool) -> None:
        """To a record that is shown or was confirmed; or to any, which may be refused."""
        records = [r for r in self.records() if not settled or r["status"] in ("disclosed", "confirmed")]
        if not records:
            return
        record = records[which % len(records)]
        world = next(world for world, _ in self.outings if world.activity == record["activity_id"])
        objection = self.attempt(lambda: world.object_to(record["record_id"], self.objector))
        if objection is not None:
            self.objections.append(objection.id)

    @precondition(lambda self: self.objections)
    @rule(upheld=st.booleans(), outing=UP_TO_FIVE, after=STARTS, minutes=st.none() | MINUTES)
    def resolve(self, upheld: bool, outing: int, after: int, minutes: int | None) -> None:
        command = commands.ResolveObjection(
            objection_id=self.objections[-1], upheld=upheld, reason="理由",
            corrected=self._true_time(outing, after, minutes) if upheld else None,
        )  # fmt: skip
        if self.attempt(lambda: self.world.do(objecting.resolve_objection, command, self.recorder)) is not None:
            self.resolved.append(self.objections.pop())

    def _true_time(self, outing: int, after: int, minutes: int | None) -> commands.CorrectedTime | None:
        if minutes is None:
            return None
        start = self.outings[outing % len(self.outings)][1] + timedelta(minutes=after)
        return commands.CorrectedTime(starts_at=start, ends_at=start + timedelta(minutes=minutes))

    @precondition(lambda self: self.resolved)
    @rule(which=UP_TO_FIVE)
    def appeal(self, which: int) -> None:
        """Whoever may does not accept what was resolved; who may not is refused."""
        volunteers = (self.world.as_volunteer(volunteer_id) for volunteer_id in self.volunteers)
        command = commands.SubmitAppeal(objection_id=self.resolved[which % len(self.resolved)], text="理由")
        for caller in (self.objector, *volunteers):
            appeal = self.attempt(partial(self.world.do, submitting_appeals.submit_appeal, command, caller))
            if appeal is not None:
                self.appeals.append(appeal["appeal_id"])

    @precondition(lambda self: self.appeals)
    @rule(upheld=st.booleans(), outing=UP_TO_FIVE, after=STARTS, minutes=st.none() | MINUTES)
    def decide_about_an_appeal(self, upheld: bool, outing: int, after: int, minutes: int | None) -> None:
        command = commands.DecideAppeal(
            appeal_id=self.appeals[-1], upheld=upheld, reason="理由",
            corrected=self._true_time(outing, after, minutes) if upheld else None,
        )  # fmt: skip
        if self.attempt(lambda: self.world.do(appealing.decide_appeal, command, self.superior)) is not None:
            self.appeals.pop()

    @invariant()
    def everything_adds_up(self) -> None:
        assert self.world.recount().sound
        for volunteer_id in self.volunteers:
            records, summary = self.world.records(volunteer_id), self.world.summary(volunteer_id)
            assert sum(record["minutes"] for record in records) == summary["total_minutes"]
            confirmed = sum(record["minutes"] for record in records if record["status"] == "confirmed")
            assert summary["confirmed_minutes"] == confirmed
            assert sum(record["held_minutes"] for record in records) == summary["held_minutes"]
            assert not any(record["held_minutes"] for record in records if record["status"] == "confirmed")
            counted = sorted((r["starts_at"], r["ends_at"]) for r in records if r["starts_at"] is not None)
            assert all(one[1] <= next_one[0] for one, next_one in pairwise(counted))

    @invariant()
    def no_day_counts_more_than_it_may_and_nothing_waits_without_need(self) -> None:
        counted: Counter[tuple[str, date]] = Counter()
        held: dict[tuple[str, date], list[HeldHours]] = defaultdict(list)
        with self.world.units() as uow:
            for entry in uow.session.scalars(sa.select(LedgerEntry)):
                counted[entry.volunteer_id, local_day(entry.starts_at)] += entry.minutes
            for row in uow.session.scalars(sa.select(HeldHours).order_by(HeldHours.starts_at)):
                held[row.volunteer_id, row.day].append(row)
        for day in counted | Counter(held.keys()):
            standing = [row for row in held[day] if not row.fallen]
            by_parent, by_province = (
                sum(row.minutes for row in standing if (row.status, row.band) == ("granted", band)) for band in Band
            )
            refused = sum(row.minutes for row in standing if (row.status, row.band) == ("refused", Band.PARENT))
            assert counted[day] <= RULE.at_once + by_parent + by_province
            assert counted[day] <= RULE.parent + by_province
            waiting = [row for row in standing if row.status == "waiting"]
            assert counted[day] >= RULE.at_once or not waiting
            times = [Interval(row.starts_at, row.ends_at) for row in waiting]
            laid_out = in_bands(times, RULE.room_of_parent(by_parent + refused))
            assert laid_out == [[(row.band, time)] for row, time in zip(waiting, times, strict=True)]

    @invariant()
    def a_record_is_frozen_while_an_objection_or_an_appeal_is_open(self) -> None:
        with self.world.units() as uow:
            disputes = [
                *map(uow.objections.find, self.objections),
                *map(uow.appeals.find, self.appeals),
            ]
        disputed = {dispute.record_id for dispute in disputes if dispute is not None}
        assert {r["record_id"] for r in self.records() if r["status"] == "frozen"} == disputed


def test_whatever_happens_in_whatever_order_the_hours_add_up(world: World) -> None:
    run_state_machine_as_test(
        lambda: Attendance(world),
        settings=settings(
            max_examples=8, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
