"""Scans: each refusal differs in one thing from the scan that is taken; repeats and races change nothing."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.activity.events import ShiftState
from services.attendance import commands, errors
from services.attendance.domain import Direction, Place
from services.attendance.use_cases import scanning
from services.chassis.audit import AUDIT_LOG
from services.chassis.context import Caller
from services.chassis.errors import AppError, Forbidden, NotFound
from services.chassis.ids import new_id
from tests.service.attendance.conftest import CITY_SQUARE, SHIFT_ENDS, SHIFT_STARTS, World, minutes_by_provenance

IN, OUT = Direction.SIGN_IN, Direction.SIGN_OUT
NEARBY = Place(23.1292, 113.2644)
FAR_AWAY = Place(23.5, 113.2644)


class TestTaken:
    def test_signing_in_opens_a_record_and_signing_out_counts_its_minutes(self, world: World) -> None:
        volunteer_id = world.volunteer()

        record = world.scan(volunteer_id)
        assert (record.status, record.minutes, record.signed_out_at) == ("open", 0, None)

        world.clock.advance(minutes=90, seconds=59)
        closed = world.scan(volunteer_id, OUT)
        assert (closed.id, closed.status, closed.minutes) == (record.id, "recorded", 90)
        assert world.summary(volunteer_id)["minutes_by_provenance"] == minutes_by_provenance(scan=90)

    def test_the_others_are_told(self, world: World) -> None:
        volunteer_id = world.volunteer()
        record = world.serve(volunteer_id, minutes=60)

        told = [(e["type"], e["aggregateversion"]) for e in world.units.published()]
        assert told == [
            ("attendance.signed_in.v1", 1),
            ("hours.recorded.v1", 2),
            ("attendance.signed_out.v1", 2),
        ]
        (hours,) = world.units.published("hours.recorded")
        assert hours["data"] == {
            "record_id": record.id,
            "volunteer_id": volunteer_id,
            "activity_id": world.activity,
            "shift_id": world.shift,
            "organization_id": world.team,
            "title": "春季植树",
            "minutes": 60,
            "provenance": "scan",
            "served_on": "2026-03-07",
        }

    def test_only_time_inside_the_shift_counts(self, world: World) -> None:
        volunteer_id = world.volunteer()
        world.clock.advance(minutes=-30)
        world.scan(volunteer_id)
        world.clock.advance(minutes=30 + 180 + 45)

        assert world.scan(volunteer_id, OUT).minutes == 180

    def test_a_pair_of_less_than_a_minute_counts_nothing_and_hinders_nothing(self, world: World) -> None:
        volunteer_id = world.volunteer()
        world.scan(volunteer_id)
        world.clock.advance(seconds=40)
        assert world.scan(volunteer_id, OUT).minutes == 0

        assert world.serve(volunteer_id, minutes=60).minutes == 60
        assert world.recount().sound


# (what is different, the refusal); the scan without any difference is taken
Difference = Callable[[World, str], dict[str, Any]]


def unsigned(world: World, volunteer_id: str) -> dict[str, Any]:
    return {"token": "code-1.AAAA.BBBB"}


def shown_a_while_ago(world: World, volunteer_id: str) -> dict[str, Any]:
    token = world.token(IN)
    world.clock.advance(seconds=90)
    return {"token": token}


def rejected(world: World, volunteer_id: str) -> dict[str, Any]:
    return {"as_volunteer": world.volunteer(accepted_for=None)}


def of_another_activity(world: World, volunteer_id: str) -> dict[str, Any]:
    elsewhere = World(world.units, team=world.team)
    world.hear(elsewhere.activity_state())
    return {"token": world.token(IN, elsewhere.shift)}


def unverified(world: World, volunteer_id: str) -> dict[str, Any]:
    return {"as_volunteer": world.volunteer(verified_in_person=False)}


def suspended(world: World, volunteer_id: str) -> dict[str, Any]:
    return {"as_volunteer": world.volunteer(status="suspended")}


def revoked(world: World, volunteer_id: str) -> dict[str, Any]:
    world.hear(world.activity_state(status="revoked"), version=2)
    return {}


def too_early(world: World, volunteer_id: str) -> dict[str, Any]:
    world.clock.advance(minutes=-61)
    return {}


def too_late(world: World, volunteer_id: str) -> dict[str, Any]:
    world.clock.advance(minutes=180)
    return {}


def from_far_away(world: World, volunteer_id: str) -> dict[str, Any]:
    return {"location": FAR_AWAY}


def from_nowhere(world: World, volunteer_id: str) -> dict[str, Any]:
    return {"location": None}


def signed_in(world: World, volunteer_id: str) -> dict[str, Any]:
    world.scan(volunteer_id, location=NEARBY)
    return {}


def out_without_in(world: World, volunteer_id: str) -> dict[str, Any]:
    return {"kind": OUT}


def in_for_the_fourth_time(world: World, volunteer_id: str) -> dict[str, Any]:
    for _ in range(3):
        world.scan(volunteer_id, location=NEARBY)
        world.clock.advance(minutes=5)
        world.scan(volunteer_id, OUT, location=NEARBY)
    return {}


def printed(world: World, volunteer_id: str) -> dict[str, Any]:
    return {"token": world.units.runtime.settings.codes.print(world.shift, IN)}


def with_the_nonce_of_a_sign_out(world: World, volunteer_id: str) -> dict[str, Any]:
    world.scan(volunteer_id, location=NEARBY)
    world.scan(volunteer_id, OUT, nonce="used-before", location=NEARBY)
    return {"nonce": "used-before"}


def nothing(world: World, volunteer_id: str) -> dict[str, Any]:
    return {}


@pytest.mark.parametrize(
    ("difference", "refusal"),
    [
        (nothing, None),
        (unsigned, errors.CodeInvalid),
        (shown_a_while_ago, errors.CodeExpired),
        (rejected, errors.NotAccepted),
        (of_another_activity, errors.NotAccepted),
        (suspended, errors.NotAccepted),
        (unverified, errors.NotVerifiedInPerson),
        (revoked, errors.ActivityRevoked),
        (too_early, errors.WrongTime),
        (too_late, errors.WrongTime),
        (printed, errors.StaticCodeNotAllowed),
        (from_far_away, errors.OutsideFence),
        (from_nowhere, errors.OutsideFence),
        (signed_in, errors.AlreadySignedIn),
        (out_without_in, errors.NotSignedIn),
        (in_for_the_fourth_time, errors.TooManyPairs),
        (with_the_nonce_of_a_sign_out, errors.NonceReused),
    ],
)
def test_a_scan_is_refused_for_one_reason_at_a_time(
    world: World, difference: Difference, refusal: type[AppError] | None
) -> None:
    fenced = {"latitude": CITY_SQUARE.latitude, "longitude": CITY_SQUARE.longitude, "fence_metres": 500}
    world.hear(world.activity_state(**fenced), version=2)
    volunteer_id = world.volunteer()
    changed = {"location": NEARBY, **difference(world, volunteer_id)}
    who = changed.pop("as_volunteer", volunteer_id)
    if difference is revoked:
        world.hear(world.activity_state(status="revoked", **fenced), version=3)

    if refusal is None:
        assert world.scan(who, **changed).status == "open"
    else:
        records_before = world.records(who)
        with pytest.raises(refusal) as refused:
            world.scan(who, **changed)
        assert type(refused.value) is refusal
        assert world.records(who) == records_before


class TestRepeats:
    def test_the_same_nonce_again_is_the_same_record_and_records_nothing(self, world: World) -> None:
        volunteer_id = world.volunteer()
        first = world.scan(volunteer_id, nonce="nonce-of-the-phone")
        again = world.scan(volunteer_id, nonce="nonce-of-the-phone")

        assert again.id == first.id
        assert len(world.records(volunteer_id)) == 1
        assert len(world.units.published()) == 1

    def test_a_phone_that_got_no_answer_may_ask_again_when_the_code_is_long_gone(self, world: World) -> None:
        volunteer_id = world.volunteer()
        token = world.token(IN)
        first = world.scan(volunteer_id, token=token, nonce="nonce-of-the-phone")
        world.clock.advance(minutes=10)

        assert world.scan(volunteer_id, token=token, nonce="nonce-of-the-phone").id == first.id
        with pytest.raises(errors.CodeExpired):
            world.scan(volunteer_id, token=token)

    def test_two_volunteers_may_have_the_same_nonce(self, world: World) -> None:
        one, two = world.volunteer(), world.volunteer()

        assert world.scan(one, nonce="same-nonce").id != world.scan(two, nonce="same-nonce").id

    @pytest.mark.parametrize("nonces", [["one-phone"] * 8, [f"phone-{n}" for n in range(8)]])
    def test_phones_that_scan_at_the_same_moment_make_one_record(self, world: World, nonces: list[str]) -> None:
        volunteer_id = world.volunteer()

        def scan(nonce: str) -> str:
            try:
                return str(world.scan(volunteer_id, nonce=nonce).id)
            except errors.AlreadySignedIn as refusal:
                return str(refusal.data["record_id"])

        with ThreadPoolExecutor(8) as pool:
            seen = set(pool.map(scan, nonces))

        assert len(seen) == len(world.records(volunteer_id)) == 1
        assert len(world.units.published("attendance.signed_in")) == 1

    def test_phones_that_sign_out_at_the_same_moment_count_once(self, world: World) -> None:
        volunteer_id = world.volunteer()
        world.scan(volunteer_id)
        world.clock.advance(minutes=45)

        def sign_out(_: int) -> int:
            try:
                return int(world.scan(volunteer_id, OUT).minutes)
            except errors.NotSignedIn:
                return 0

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(sign_out, range(8))) == 45
        assert world.summary(volunteer_id)["total_minutes"] == 45
        assert world.recount().sound


class TestTwoShifts:
    @pytest.mark.parametrize(("gap_minutes", "taken"), [(0, True), (-1, False)])
    def test_nobody_is_signed_in_to_two_shifts_at_once_but_back_to_back_is_legal(
        self, world: World, gap_minutes: int, taken: bool
    ) -> None:
        second = ShiftState(
            shift_id=new_id(),
            starts_at=SHIFT_ENDS + timedelta(minutes=gap_minutes),
            ends_at=SHIFT_ENDS + timedelta(hours=2),
            capacity=30,
        )
        state = world.activity_state()
        world.hear(world.activity_state(shifts=[*state.shifts, second]), version=2)
        volunteer_id = world.volunteer()
        world.accept(volunteer_id, second.shift_id)
        world.scan(volunteer_id)
        world.clock.advance(minutes=175)

        token = world.token(IN, second.shift_id)
        if taken:
            assert world.scan(volunteer_id, token=token).shift_id == second.shift_id
        else:
            with pytest.raises(errors.AlreadySignedIn):
                world.scan(volunteer_id, token=token)

    def test_an_enrollment_that_was_withdrawn_counts_no_more(self, world: World) -> None:
        volunteer_id = world.volunteer(accepted_for=None)
        world.accept(volunteer_id, world.shift, status="withdrawn")

        with pytest.raises(errors.NotAccepted):
            world.scan(volunteer_id)


class TestShowingCodes:
    def show(self, world: World, caller: Any, **changes: Any) -> Any:
        ids = {"activity_id": world.activity, "shift_id": world.shift, **changes}
        return world.do(scanning.show_code, commands.ShowCode(kind="sign_in", **ids), caller)

    @pytest.mark.parametrize("role", ["owner", "organizer", "recorder"])
    def test_who_runs_the_attendance_here_or_above_sees_the_code(self, world: World, role: str) -> None:
        for organization_id in (world.team, world.city, world.province):
            shown = self.show(world, world.administrator(role, organization_id))
            assert shown.valid_until == SHIFT_STARTS + timedelta(seconds=30)
        assert world.scan(world.volunteer(), token=shown.token).status == "open"

    def test_others_do_not(self, world: World) -> None:
        for caller in (
            world.administrator("viewer", world.team),
            world.administrator("owner", world.other_city),
            world.as_volunteer(world.volunteer()),
        ):
            with pytest.raises(Forbidden):
                self.show(world, caller)

    def test_a_shift_of_another_activity_is_not_found(self, world: World) -> None:
        with pytest.raises(NotFound):
            self.show(world, world.administrator("owner", world.team), shift_id=new_id())


class TestPrintedCodes:
    @pytest.fixture
    def organizer(self, world: World) -> Caller:
        world.hear(world.activity_state(static_codes_allowed=True), version=2)
        return world.administrator("organizer", world.team)

    def print_code(self, world: World, caller: Caller, kind: Direction = IN) -> dict[str, Any]:
        command = commands.PrintCode(activity_id=world.activity, shift_id=world.shift, kind=kind.value)
        printed: dict[str, Any] = world.do(scanning.print_code, command, caller)
        return printed

    def test_it_is_good_during_the_scan_window_and_always_the_same(self, world: World, organizer: Caller) -> None:
        code = self.print_code(world, organizer)
        world.clock.advance(minutes=50)

        assert self.print_code(world, organizer) == code
        assert (code["valid_from"], code["valid_until"]) == (SHIFT_STARTS - timedelta(hours=1), SHIFT_ENDS)
        assert world.scan(world.volunteer(), token=code["token"]).status == "open"

    @pytest.mark.parametrize("minutes", [-61, 180])
    def test_outside_of_it_it_is_not(self, world: World, organizer: Caller, minutes: int) -> None:
        token = self.print_code(world, organizer)["token"]
        volunteer_id = world.volunteer()
        world.clock.advance(minutes=minutes)

        with pytest.raises(errors.WrongTime):
            world.scan(volunteer_id, token=token)

    @pytest.mark.parametrize(("in_by_print", "out_by_print"), [(True, True), (True, False), (False, True)])
    def test_minutes_that_rest_on_one_say_so_for_good(
        self, world: World, organizer: Caller, in_by_print: bool, out_by_print: bool
    ) -> None:
        volunteer_id = world.volunteer()
        tokens = {kind: self.print_code(world, organizer, kind)["token"] for kind in (IN, OUT)}
        world.scan(volunteer_id, token=tokens[IN] if in_by_print else None)
        world.clock.advance(minutes=60)
        world.scan(volunteer_id, OUT, token=tokens[OUT] if out_by_print else None)

        assert world.records(volunteer_id)[0]["provenance"] == "static_code"
        assert world.summary(volunteer_id)["minutes_by_provenance"] == minutes_by_provenance(static_code=60)

    def test_who_took_one_is_written_down(self, world: World, organizer: Caller) -> None:
        self.print_code(world, organizer)

        with world.units() as uow:
            (entry,) = uow.session.execute(sa.select(AUDIT_LOG).where(AUDIT_LOG.c.action == "static_code.shown"))
        assert entry.subject == f"activity:{world.activity}"

    def test_without_the_activitys_leave_there_is_none_and_those_that_hang_are_worth_nothing(
        self, world: World, organizer: Caller
    ) -> None:
        token = self.print_code(world, organizer)["token"]
        world.hear(world.activity_state(), version=3)

        with pytest.raises(errors.StaticCodeNotAllowed):
            self.print_code(world, organizer)
        with pytest.raises(errors.StaticCodeNotAllowed):
            world.scan(world.volunteer(), token=token)

    def test_others_get_none(self, world: World, organizer: Caller) -> None:
        with pytest.raises(Forbidden):
            self.print_code(world, world.administrator("owner", world.other_city))
