"""Whatever people do, in whatever order: no place is given twice, nobody is in two places, the line keeps its order."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from services.activity.domain.states import HOLDS_A_PLACE, OPEN, overlap
from services.activity.models import Enrollment, Shift
from services.chassis.context import Caller
from services.chassis.errors import AppError
from tests.service.activity.conftest import World

people = st.integers(0, 5)
shifts = st.integers(0, 2)


class Activity(RuleBasedStateMachine):
    """Six people and an activity of three shifts: two overlap, the third begins when the first ends."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.people: list[Caller] = [world.volunteer() for _ in range(6)]
        plan = [
            world.shift(starts=48, hours=3, capacity=2),
            world.shift(starts=49, hours=4, capacity=1),
            world.shift(starts=51, hours=2, capacity=1),
        ]
        self.activity = world.published(shifts=plan)
        self.plan = [
            {**given, "shift_id": made["shift_id"]} for given, made in zip(plan, self.activity["shifts"], strict=True)
        ]
        self.revoked = False

    def rows(self) -> Sequence[Any]:
        """(enrollment, shift), in the order in which they came."""
        with self.world.units() as uow:
            statement = sa.select(Enrollment, Shift).join(Shift, Shift.id == Enrollment.shift_id)
            mine = Enrollment.activity_id == self.activity["activity_id"]
            return list(uow.session.execute(statement.where(mine).order_by(Enrollment.id)))

    def enrollment_of(self, person: int, shift: int) -> dict[str, Any] | None:
        """The person's latest enrollment for the shift."""
        found = [
            {"enrollment_id": enrollment.id}
            for enrollment, _ in self.rows()
            if enrollment.volunteer_id == self.people[person].volunteer_id
            and enrollment.shift_id == self.plan[shift]["shift_id"]
        ]
        return found[-1] if found else None

    @rule(person=people, shift=shifts)
    def enroll(self, person: int, shift: int) -> None:
        with suppress(AppError):
            self.world.enroll(self.people[person], self.activity, shift)
            assert not self.revoked

    @rule(person=people, shift=shifts)
    def withdraw(self, person: int, shift: int) -> None:
        enrollment = self.enrollment_of(person, shift)
        if enrollment is not None:
            with suppress(AppError):
                self.world.withdraw(self.people[person], enrollment)

    @rule(person=people, shift=shifts, accept=st.booleans())
    def answer(self, person: int, shift: int, accept: bool) -> None:
        enrollment = self.enrollment_of(person, shift)
        if enrollment is not None:
            with suppress(AppError):
                self.world.answer(self.people[person], enrollment, accept=accept)

    @rule(shift=shifts)
    def add_a_place(self, shift: int) -> None:
        capacity = self.plan[shift]["capacity"] + 1
        wanted = [{**plan, "capacity": capacity} if n == shift else plan for n, plan in enumerate(self.plan)]
        with suppress(AppError):
            self.world.edit(self.activity["activity_id"], shifts=wanted)
            self.plan = wanted

    @rule(hours=st.integers(1, 13))
    def wait(self, hours: int) -> None:
        self.world.clock.advance(hours=hours)
        self.world.lapse()

    @precondition(lambda self: not self.revoked and self.rows())
    @rule(really=st.integers(0, 9))
    def revoke(self, really: int) -> None:
        if really == 0:
            self.world.revoke(self.activity["activity_id"])
            self.revoked = True

    @invariant()
    def places_are_never_given_twice(self) -> None:
        for plan in self.plan:
            taken = [e for e, shift in self.rows() if shift.id == plan["shift_id"] and e.status in HOLDS_A_PLACE]
            assert len(taken) <= plan["capacity"]

    @invariant()
    def nobody_is_in_two_places(self) -> None:
        accepted = [(e, shift) for e, shift in self.rows() if e.status == "accepted"]
        for n, (one, here) in enumerate(accepted):
            for other, there in accepted[n + 1 :]:
                assert one.volunteer_id != other.volunteer_id or not overlap(here, there)

    @invariant()
    def nobody_has_two_open_enrollments_for_a_shift(self) -> None:
        pairs = [(e.volunteer_id, e.shift_id) for e, _ in self.rows() if e.status in OPEN]
        assert len(pairs) == len(set(pairs))

    @invariant()
    def the_line_keeps_its_order_and_nobody_waits_before_a_free_place(self) -> None:
        for plan in self.plan:
            here = [e for e, shift in self.rows() if shift.id == plan["shift_id"]]
            waiting = [e.waiting_no for e in here if e.status == "waitlisted"]
            called = [e.waiting_no for e in here if e.offer_expires_at is not None]
            assert not waiting or not called or max(called) < min(waiting)
            assert not waiting or sum(e.status in HOLDS_A_PLACE for e in here) == plan["capacity"]

    @invariant()
    def after_revocation_nobody_waits(self) -> None:
        assert not self.revoked or not any(e.status in ("waitlisted", "offered") for e, _ in self.rows())


def test_places_people_and_the_line_are_right_whatever_happens(world: World) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        lambda: Activity(world),
        settings=settings(
            max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
