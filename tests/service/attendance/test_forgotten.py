"""Forgotten sign-outs: they stay open, go to the organizer, and are closed by somebody's word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.activity.events import ShiftState
from services.attendance import commands, errors
from services.attendance.domain import Direction
from services.attendance.use_cases import forgotten
from services.chassis.context import Caller
from services.chassis.errors import Forbidden, IllegalTransition, Invalid, NotFound
from services.chassis.ids import new_id
from services.identity.events import VolunteerErased
from tests.service.attendance.conftest import SHIFT_ENDS, SHIFT_STARTS, World, minutes_by_provenance


def after(minutes: int) -> datetime:
    """So long after the start of the shift, which takes three hours."""
    return SHIFT_STARTS + timedelta(minutes=minutes)


@dataclass
class Case:
    """Somebody signed in half an hour after the start, and never signed out; it is the next day."""

    world: World
    volunteer_id: str
    record_id: str
    organizer: Caller

    def enter(self, at: datetime, caller: Caller | None = None, record_id: str | None = None) -> dict[str, Any]:
        """The organizer says when they left."""
        command = commands.EnterSignOut(
            record_id=record_id or self.record_id, signed_out_at=at, reason="现场可证，十一点离开"
        )
        entered: dict[str, Any] = self.world.do(forgotten.enter_sign_out, command, caller or self.organizer)
        return entered

    def enter_many(self, at: datetime, *record_ids: str, activity_id: str | None = None) -> list[dict[str, Any]]:
        """The same for many."""
        command = commands.EnterSignOuts(
            activity_id=activity_id or self.world.activity,
            record_ids=list(record_ids),
            signed_out_at=at,
            reason="集体返程",
        )
        items: list[dict[str, Any]] = self.world.do(forgotten.enter_sign_outs, command, self.organizer)["items"]
        return items

    def listed(self, caller: Caller, organization_id: str | None = None, **filters: Any) -> list[str]:
        """The records that somebody finds left open."""
        query = commands.ListOpenRecords(
            organization_id=organization_id or self.world.team,
            activity_id=filters.get("activity_id"),
            limit=20,
            cursor=None,
        )
        items = self.world.do(forgotten.list_open_records, query, caller)["items"]
        return [item["record_id"] for item in items]


@pytest.fixture
def case(world: World) -> Case:
    """The day after."""
    volunteer_id = world.volunteer()
    world.clock.advance(minutes=30)
    record = world.scan(volunteer_id)
    world.clock.advance(days=1)
    return Case(world, volunteer_id, record.id, organizer=world.administrator("recorder", world.team))


class TestTheList:
    def test_it_shows_the_organizer_and_those_above_what_no_scan_can_close_any_more(self, case: Case) -> None:
        world = case.world
        for caller, organization_id in (
            (case.organizer, world.team),
            (world.administrator("organizer", world.province), world.province),
        ):
            assert case.listed(caller, organization_id) == [case.record_id]
        assert case.listed(case.organizer, activity_id=world.activity) == [case.record_id]
        assert case.listed(case.organizer, activity_id=new_id()) == []

    def test_who_can_still_sign_out_is_not_in_it(self, world: World) -> None:
        volunteer_id = world.volunteer()
        record = world.scan(volunteer_id)
        case = Case(world, volunteer_id, record.id, world.administrator("recorder", world.team))

        world.clock.advance(seconds=(SHIFT_ENDS - SHIFT_STARTS).total_seconds() + 59 * 60)
        assert case.listed(case.organizer) == []
        world.clock.advance(minutes=1)
        assert case.listed(case.organizer) == [record.id]

    def test_others_than_who_runs_attendance_there_do_not_see_it(self, case: Case) -> None:
        world = case.world
        for caller in (
            world.administrator("viewer", world.team),
            world.administrator("owner", world.other_city),
        ):
            with pytest.raises((Forbidden, NotFound)):
                case.listed(caller)


class TestEntering:
    def test_the_minutes_count_up_to_it_and_rest_on_somebodys_word_for_good(self, case: Case) -> None:
        entered = case.enter(after(120))

        assert (entered["status"], entered["provenance"], entered["minutes"]) == ("recorded", "organizer", 90)
        assert case.world.summary(case.volunteer_id)["minutes_by_provenance"] == minutes_by_provenance(organizer=90)
        (record,) = case.world.records(case.volunteer_id)
        assert (record["signed_out_at"], record["sign_out_reason"]) == (after(120), "现场可证，十一点离开")
        assert case.listed(case.organizer) == []
        assert case.world.recount().sound

    def test_the_volunteer_is_told_when_and_why(self, case: Case) -> None:
        case.enter(after(120))

        (told,) = case.world.units.published("attendance.sign_out_entered")
        assert told["data"]["volunteer_id"] == case.volunteer_id
        assert (told["data"]["minutes"], told["data"]["reason"]) == (90, "现场可证，十一点离开")
        (hours,) = case.world.units.published("hours.recorded")
        assert (hours["data"]["minutes"], hours["data"]["provenance"]) == (90, "organizer")

    def test_the_activity_is_then_complete_and_its_hours_are_disclosed(self, case: Case) -> None:
        assert case.world.disclose() == 0
        case.enter(after(120))

        assert case.world.disclose() == 1
        assert case.world.status_of(case.record_id) == "disclosed"

    @pytest.mark.parametrize("minutes", [29, 181])
    def test_a_moment_before_the_sign_in_or_after_the_shift_is_refused(self, case: Case, minutes: int) -> None:
        with pytest.raises(Invalid, match="outside_shift"):
            case.enter(after(minutes))

        assert case.world.status_of(case.record_id) == "open"
        case.enter(after(min(max(minutes, 30), 180)))

    def test_while_a_scan_can_still_sign_out_nothing_is_entered(self, world: World) -> None:
        volunteer_id = world.volunteer()
        record = world.scan(volunteer_id)
        case = Case(world, volunteer_id, record.id, world.administrator("recorder", world.team))
        world.clock.advance(minutes=200)

        with pytest.raises(errors.SignOutStillTaken):
            case.enter(after(120))
        world.clock.advance(minutes=40)
        assert case.enter(after(120))["minutes"] == 120

    def test_nobody_enters_their_own(self, case: Case) -> None:
        world = case.world
        roles = world.administrator("owner", world.team).roles
        own = Caller(kind="volunteer", account_id=new_id(), volunteer_id=case.volunteer_id, roles=roles)
        with world.units() as uow:
            account_id = uow.copies.volunteer(case.volunteer_id).account_id
        same_account = Caller(kind="administrator", account_id=account_id, roles=roles)

        for caller in (own, same_account):
            with pytest.raises(errors.AboutOneself):
                case.enter(after(120), caller)
        case.enter(after(120), world.administrator("owner", world.team))

    def test_for_another_branch_of_the_tree_there_is_no_such_record(self, case: Case) -> None:
        with pytest.raises(NotFound):
            case.enter(after(120), case.world.administrator("owner", case.world.other_city))
        case.enter(after(120), case.world.administrator("owner", case.world.city))

    def test_what_is_closed_stays_as_it_is(self, case: Case) -> None:
        case.enter(after(120))

        with pytest.raises(IllegalTransition):
            case.enter(after(180))
        case.world.disclose()
        with pytest.raises(IllegalTransition):
            case.enter(after(180))
        assert case.world.summary(case.volunteer_id)["total_minutes"] == 90

    def test_a_revoked_activity_counts_nothing(self, case: Case) -> None:
        case.world.hear(case.world.activity_state(status="revoked"), version=2)

        with pytest.raises(errors.ActivityRevoked):
            case.enter(after(120))

    def test_an_erased_persons_reason_is_forgotten(self, case: Case) -> None:
        case.enter(after(120))
        case.world.hear(VolunteerErased(volunteer_id=case.volunteer_id, account_id=new_id()), version=2)

        with case.world.units() as uow:
            record = uow.records.get(case.record_id)
            assert (record.sign_out_reason, record.minutes) == (None, 90)


class TestMany:
    def test_each_has_its_own_result_and_a_refusal_leaves_the_others(self, case: Case) -> None:
        world = case.world
        world.clock.advance(days=-1)
        late, gone = world.volunteer(), world.volunteer()
        world.clock.advance(minutes=60)
        late_record = world.scan(late)
        world.scan(gone)
        world.clock.advance(minutes=10)
        gone_record = world.scan(gone, Direction.SIGN_OUT)
        world.clock.advance(days=1)

        results = case.enter_many(after(80), case.record_id, late_record.id, gone_record.id, new_id())

        assert [(item["minutes"], item["error"] and item["error"]["code"]) for item in results] == [
            (50, None),
            (None, "outside_shift"),
            (None, "illegal_transition"),
            (None, "not_found"),
        ]
        assert world.recount().sound

    def test_records_of_another_activity_are_not_found_there(self, case: Case) -> None:
        world = case.world
        other = new_id()
        shift = ShiftState(shift_id=new_id(), starts_at=SHIFT_STARTS, ends_at=SHIFT_ENDS, capacity=5)
        world.hear(world.activity_state(activity_id=other, shifts=[shift]))

        (result,) = case.enter_many(after(80), case.record_id, activity_id=other)
        assert result["error"]["code"] == "not_found"


class TestALaterScan:
    @pytest.mark.parametrize(("minutes", "kind"), [(60, "overlaps_record"), (150, "not_signed_in")])
    def test_of_the_same_record_surfaces_in_the_organizers_list(self, world: World, minutes: int, kind: str) -> None:
        volunteer_id = world.volunteer()
        record = world.scan(volunteer_id)
        world.clock.advance(minutes=minutes)
        kept = world.kept(Direction.SIGN_OUT)
        world.clock.advance(days=1)
        organizer = world.administrator("recorder", world.team)
        Case(world, volunteer_id, record.id, organizer).enter(after(120))

        world.upload(volunteer_id, kept)
        world.clock.advance(days=3)

        (conflict,) = world.scan_conflicts(organizer)
        assert (conflict["kind"], conflict["volunteer_id"]) == (kind, volunteer_id)
        assert world.summary(volunteer_id)["total_minutes"] == 120
