"""The same as in any order, at the same moment: volunteers, organizers and the timer, each in a transaction of its own.

A batch of deeds begins behind one barrier. What became of them is judged twice: by what is stored when all are done,
and step by step by what was told (``telling.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from random import Random
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from services.activity.domain.states import HOLDS_A_PLACE, OPEN
from services.activity.models import Enrollment
from services.chassis.context import Caller
from tests.service.activity.conftest import World
from tests.service.activity.telling import Telling
from tests.service.activity.test_enrolling import at_once

PEOPLE = 6
SHIFTS = 4
# What somebody may well do next, by where their enrollment stands; None: without one.
SENSIBLE: dict[str | None, tuple[str, ...]] = {
    None: ("enroll",),
    "applied": ("accept", "accept", "reject", "withdraw"),
    "accepted": ("withdraw",),
    "waitlisted": ("withdraw", "walk_in"),
    "offered": ("take_offer", "take_offer", "decline_offer"),
}
WHATEVER = (
    "enroll", "withdraw", "take_offer", "decline_offer", "accept", "reject", "walk_in", "add_a_place",
    "take_a_place_away", "lapse",
)  # fmt: skip

seeds = st.integers(0, 2**32 - 1)


Deed = Callable[[], Any]


class Crowd(RuleBasedStateMachine):
    """Six people; an instant activity of two shifts, back to back, and one of two whose organizer decides. The first of
    that one overlaps with both of the other, and its second begins when that first ends."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.people: list[Caller] = [world.volunteer() for _ in range(PEOPLE)]
        instant = [world.shift(starts=96, hours=3, capacity=2), world.shift(starts=99, hours=2)]
        decided = [world.shift(starts=97, hours=4), world.shift(starts=101, hours=2, capacity=2)]
        self.activities = [world.published(shifts=instant), world.published(shifts=decided, approval="manual")]
        self.plans = [instant, decided]
        self.shift_ids = [shift["shift_id"] for activity in self.activities for shift in activity["shifts"]]
        self.telling = Telling(world, [activity["activity_id"] for activity in self.activities])
        self.telling.catch_up()

    @rule(seed=seeds)
    def all_at_once(self, seed: int) -> None:
        self._together(self._batch(Random(seed), range(SHIFTS)))

    @rule(seed=seeds, shift=st.integers(0, SHIFTS - 1))
    def all_at_once_with_one_shift(self, seed: int, shift: int) -> None:
        self._together(self._batch(Random(seed), [shift]))

    @rule(seed=seeds, activity=st.integers(0, 1), really=st.integers(0, 9))
    def revoke_meanwhile(self, seed: int, activity: int, really: int) -> None:
        batch = self._batch(Random(seed), range(SHIFTS))
        if really == 0:
            batch.append(partial(self.world.revoke, self.activities[activity]["activity_id"]))
        self._together(batch)

    @rule(hours=st.integers(1, 13))
    def wait(self, hours: int) -> None:
        self.world.clock.advance(hours=hours)

    @rule(shift=st.integers(0, SHIFTS - 1), really=st.integers(0, 4))
    def come_to_the_door(self, shift: int, really: int) -> None:
        ahead = self.telling.shifts[self.shift_ids[shift]].starts_at - self.world.clock.now()
        if really == 0:
            self.world.clock.advance(hours=max(0.0, ahead.total_seconds() / 3600 - 0.5))

    def _together(self, batch: Sequence[Deed]) -> None:
        """All of them, each in its own thread; a refusal is an answer, and anything else, a deadlock too, a failure."""
        if batch:
            at_once(batch)

    def _batch(self, random: Random, shifts: Sequence[int]) -> list[Deed]:
        """What two to six actors do, made ready: mostly what makes sense where they stand."""
        made = []
        for _ in range(random.randint(2, 6)):
            person, shift = self.people[random.randrange(PEOPLE)], random.choice(shifts)
            present = self._latest(person, self.shift_ids[shift])
            status = self.telling.enrollments[present["enrollment_id"]].status if present else None
            what = random.choice(SENSIBLE.get(status, ("enroll",)) if random.random() < 0.7 else WHATEVER)
            made.append(self._deed(what, person, shift, present))
        return [deed for deed in made if deed is not None]

    def _deed(self, what: str, person: Caller, shift: int, present: dict[str, Any] | None) -> Deed | None:
        """``what`` with one shift, by ``person`` or to them; None if there is no enrollment to do it with."""
        world, (of, place) = self.world, divmod(shift, 2)
        match what:
            case "enroll":
                return lambda: world.enroll(person, self.activities[of], place)
            case "walk_in":
                return lambda: world.walk_in(person, self.activities[of], place)
            case "lapse":
                return world.lapse
            case "add_a_place" | "take_a_place_away":
                return lambda: self._change_places(of, place, 1 if what == "add_a_place" else -1)
        if present is None:
            return None
        match what:
            case "withdraw":
                return lambda: world.withdraw(person, present)
            case "take_offer" | "decline_offer":
                return lambda: world.answer(person, present, accept=what == "take_offer")
            case _:
                return lambda: world.decide(present, accept=what == "accept", reason="人数已够")

    def _latest(self, person: Caller, shift_id: str) -> dict[str, Any] | None:
        mine = [
            {"enrollment_id": number}
            for number, told in self.telling.enrollments.items()
            if (told.volunteer_id, told.shift_id) == (person.volunteer_id, shift_id)
        ]
        return mine[-1] if mine else None

    def _change_places(self, of: int, place: int, more: int) -> None:
        shifts = [
            {
                **plan,
                "shift_id": self.shift_ids[2 * of + number],
                "capacity": self.telling.shifts[self.shift_ids[2 * of + number]].capacity + more * (number == place),
            }
            for number, plan in enumerate(self.plans[of])
        ]
        if shifts[place]["capacity"]:
            self.world.edit(self.activities[of]["activity_id"], shifts=shifts)

    @invariant()
    def every_step_was_one_that_may_be(self) -> None:
        self.telling.catch_up()

    @invariant()
    def what_was_told_is_what_is_stored(self) -> None:
        with self.world.units() as uow:
            stored = uow.session.scalars(sa.select(Enrollment).where(Enrollment.shift_id.in_(self.shift_ids))).all()
        told = {number: (each.status, each.version) for number, each in self.telling.enrollments.items()}
        assert {each.id: (each.status, each.version) for each in stored} == told
        pairs = [(each.volunteer_id, each.shift_id) for each in stored if each.status in OPEN]
        assert len(pairs) == len(set(pairs))
        for shift_id in self.shift_ids:
            here = [each for each in stored if each.shift_id == shift_id]
            assert sum(each.status in HOLDS_A_PLACE for each in here) <= self.telling.shifts[shift_id].capacity

    @invariant()
    def nobody_waits_before_a_free_place(self) -> None:
        for shift_id, shift in self.telling.shifts.items():
            if shift.line and self.world.clock.now() < shift.starts_at:
                assert self.telling.taken(shift_id) == shift.capacity
            assert not (shift.revoked and shift.line)


def test_places_people_and_the_line_are_right_whatever_happens_at_the_same_moment(world: World) -> None:
    class Here(Crowd):
        def __init__(self) -> None:
            super().__init__(world)

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=10,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            # threads do not run alike twice, so a smaller example proves nothing
            phases=(Phase.generate,),
            database=None,
        ),
    )
