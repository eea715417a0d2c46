"""Who was late, left early, was signed out by hand or did not come: by the records as they are when somebody asks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from services.activity.events import EnrollmentChanged, ShiftState
from services.attendance import commands
from services.attendance.domain import Direction
from services.attendance.schemas import punctuality as schemas
from services.attendance.use_cases import correcting, forgotten, punctuality
from services.chassis.context import Caller
from services.chassis.errors import Forbidden, Invalid, NotFound
from services.chassis.ids import new_id
from services.identity.events import VolunteerErased
from services.organization.events import OrganizationChanged
from tests.service.attendance.conftest import SHIFT_ENDS, SHIFT_STARTS, World

SHIFT_DAY = date(2026, 3, 7)


@dataclass
class Report:
    """The team's activity, and whoever runs it; each deed happens so many minutes after the shift's start."""

    world: World
    organizer: Caller

    def until(self, minutes: float) -> None:
        """Time passes."""
        moment = SHIFT_STARTS + timedelta(minutes=minutes)
        self.world.clock.advance(seconds=(moment - self.world.clock.now()).total_seconds())

    def sign_in(self, minutes: float, name: str = "张小丰") -> str:
        """A volunteer who was accepted signs in."""
        volunteer_id = self.world.volunteer(name)
        self.until(minutes)
        self.world.scan(volunteer_id)
        return volunteer_id

    def sign_out(self, minutes: float, volunteer_id: str) -> None:
        """They sign out."""
        self.until(minutes)
        self.world.scan(volunteer_id, Direction.SIGN_OUT)

    def enter_sign_out(self, minutes: float) -> str:
        """The organizer says when whoever forgot to sign out left; answers the record's id."""
        query = commands.ListOpenRecords(organization_id=self.world.team, activity_id=None, limit=20, cursor=None)
        (record,) = self.world.do(forgotten.list_open_records, query, self.organizer)["items"]
        moment = SHIFT_STARTS + timedelta(minutes=minutes)
        command = commands.EnterSignOut(record_id=record["record_id"], signed_out_at=moment, reason="忘记签退")
        return str(self.world.do(forgotten.enter_sign_out, command, self.organizer)["record_id"])

    def amend(self, record_id: str, corrected: commands.CorrectedTime | None) -> None:
        """The organizer corrects a record, or takes it back."""
        command = commands.AmendRecord(record_id=record_id, reason="与签到表不符", corrected=corrected)
        self.world.do(correcting.amend_record, command, self.organizer)

    def over(self) -> None:
        """It is the day after."""
        self.until(24 * 60)

    def page(self, caller: Caller | None = None, limit: int = 100, cursor: str | None = None) -> dict[str, Any]:
        """A page of the activity's list, as it is sent."""
        query = commands.ListPunctuality(activity_id=self.world.activity, limit=limit, cursor=cursor)
        with self.world.units(caller or self.organizer) as uow:
            return dict(schemas.AttendeePage().dump(punctuality.list_punctuality(query, uow)))

    def said(self, caller: Caller | None = None) -> dict[str, dict[str, Any]]:
        """What the list says, by volunteer."""
        return {item["volunteer_id"]: item for item in self.page(caller)["items"]}

    def lapses(self) -> dict[str, list[str]]:
        """The words alone."""
        return {volunteer_id: item["lapses"] for volunteer_id, item in self.said().items()}

    def sums(
        self, caller: Caller | None = None, organization_id: str | None = None,
        since: date = SHIFT_DAY, until: date = SHIFT_DAY,
    ) -> list[dict[str, Any]]:  # fmt: skip
        """The sums of an organization and those below it, as they are sent."""
        query = schemas.SumPunctuality().parse(
            {"organization_id": organization_id or self.world.team, "from": str(since), "to": str(until)}
        )
        with self.world.units(caller or self.organizer) as uow:
            return list(schemas.PunctualitySumsPage().dump(punctuality.sum_punctuality(query, uow))["items"])


@pytest.fixture
def report(world: World) -> Report:
    """Nobody has come yet."""
    return Report(world, world.administrator("organizer", world.team))


class TestTheListOfAnActivity:
    def test_who_came_late_is_in_it_with_minutes_and_who_came_within_the_grace_is_not(self, report: Report) -> None:
        in_time = report.sign_in(10 + 59 / 60)
        late = report.sign_in(11)
        for volunteer_id in (in_time, late):
            report.sign_out(180, volunteer_id)
        report.over()

        (item,) = report.page()["items"]
        assert (item["volunteer_id"], item["lapses"]) == (late, ["late"])
        assert (item["late_minutes"], item["early_minutes"]) == (11, 0)
        assert (item["came_at"], item["left_at"]) == ("2026-03-07T09:11:00+08:00", "2026-03-07T12:00:00+08:00")

    def test_who_left_early_is_in_it_and_who_signed_out_after_the_end_is_not(self, report: Report) -> None:
        early, stayed, last_minutes = (report.sign_in(-5) for _ in range(3))
        report.sign_out(120, early)
        report.sign_out(169.5, last_minutes)
        report.sign_out(200, stayed)
        report.over()

        assert report.lapses() == {early: ["left_early"]}
        assert report.said()[early]["early_minutes"] == 60

    def test_who_went_away_in_between_and_came_back_did_neither(self, report: Report) -> None:
        volunteer_id = report.sign_in(0)
        report.sign_out(60, volunteer_id)
        report.until(100)
        report.world.scan(volunteer_id)
        report.sign_out(180, volunteer_id)
        report.over()

        assert report.lapses() == {}

    def test_a_sign_out_that_is_missing_is_open_and_entered_by_the_organizer_it_is_forced(self, report: Report) -> None:
        volunteer_id = report.sign_in(20)
        report.over()
        assert report.lapses() == {volunteer_id: ["late", "open"]}
        assert report.said()[volunteer_id]["left_at"] is None

        report.enter_sign_out(150)
        assert report.lapses() == {volunteer_id: ["late", "left_early", "forced"]}
        assert report.said()[volunteer_id]["early_minutes"] == 30

    def test_a_sign_out_whose_time_was_taken_back_is_forced_no_more(self, report: Report) -> None:
        volunteer_id = report.sign_in(0)
        report.sign_out(60, volunteer_id)
        report.until(100)
        report.world.scan(volunteer_id)
        report.over()
        record_id = report.enter_sign_out(180)
        assert report.lapses() == {volunteer_id: ["forced"]}
        report.amend(record_id, None)
        assert report.lapses() == {volunteer_id: ["left_early"]}

    def test_who_was_accepted_and_has_no_record_is_absent_as_soon_as_the_shift_is_over(self, report: Report) -> None:
        volunteer_id = report.world.volunteer()
        report.until(179)
        assert report.lapses() == {}
        report.until(180)
        assert report.lapses() == {volunteer_id: ["absent"]}
        assert report.said()[volunteer_id]["came_at"] is None

    def test_a_record_that_counts_nothing_does_not_make_somebody_present(self, report: Report) -> None:
        volunteer_id = report.sign_in(-30)
        report.sign_out(-20, volunteer_id)
        report.over()
        assert report.lapses() == {volunteer_id: ["absent"]}

    def test_the_organizers_word_that_somebody_was_absent_stands_against_an_open_record(self, report: Report) -> None:
        world = report.world
        volunteer_id = world.volunteer(accepted_for=None)
        enrollment = EnrollmentChanged(
            enrollment_id=new_id(), activity_id=world.activity, shift_id=world.shift, volunteer_id=volunteer_id,
            status="accepted",
        )  # fmt: skip
        world.hear(enrollment)
        report.until(0)
        world.scan(volunteer_id)
        report.over()
        assert report.lapses() == {volunteer_id: ["open"]}
        world.hear(replace(enrollment, status="absent"), version=2)
        assert report.lapses() == {volunteer_id: ["absent"]}

    def test_withdrawn_enrollments_and_those_that_were_not_accepted_are_none(self, report: Report) -> None:
        for status in ("withdrawn", "rejected", "applied", "waitlisted", "lapsed"):
            report.world.accept(report.world.volunteer(accepted_for=None), report.world.shift, status)
        report.over()
        assert (report.lapses(), report.sums()) == ({}, [])

    def test_a_revoked_activity_has_nobody_absent(self, report: Report) -> None:
        report.world.volunteer()
        report.world.hear(report.world.activity_state(status="revoked"), version=2)
        report.over()
        assert (report.lapses(), report.sums()) == ({}, [])

    def test_a_supplement_that_is_approved_was_there_and_one_that_waits_was_not(self, report: Report) -> None:
        world = report.world
        volunteer_id = world.volunteer()
        report.over()
        supplement = world.supplement(volunteer_id, report.organizer, ends_at=SHIFT_ENDS)
        assert report.lapses() == {volunteer_id: ["absent"]}
        world.decide(supplement.id, world.administrator("reviewer", world.city))
        assert report.lapses() == {}

    def test_a_correction_says_when_somebody_really_came(self, report: Report) -> None:
        world = report.world
        volunteer_id = report.sign_in(30)
        report.until(180)
        record = world.scan(volunteer_id, Direction.SIGN_OUT)
        report.over()
        assert report.lapses() == {volunteer_id: ["late"]}

        report.amend(record.id, commands.CorrectedTime(starts_at=SHIFT_STARTS, ends_at=SHIFT_ENDS))
        assert report.lapses() == {}
        report.amend(record.id, None)
        assert report.lapses() == {volunteer_id: ["absent"]}

    def test_it_is_in_the_order_of_the_shifts_page_by_page(self, report: Report) -> None:
        world = report.world
        before = ShiftState(
            shift_id=new_id(), starts_at=SHIFT_STARTS - timedelta(hours=4), ends_at=SHIFT_STARTS - timedelta(hours=1),
            capacity=30,
        )  # fmt: skip
        shift = world.activity_state().shifts[0]
        world.hear(world.activity_state(shifts=[shift, before]), version=2)
        people = {world.volunteer() for _ in range(3)} | {world.volunteer(accepted_for=before.shift_id)}
        report.over()

        pages, cursor = [], None
        while not pages or cursor is not None:
            page = report.page(limit=3, cursor=cursor)
            pages.append(page["items"])
            cursor = page["next_cursor"]
        assert [len(items) for items in pages] == [3, 1]
        found = [item for items in pages for item in items]
        assert {item["volunteer_id"] for item in found} == people
        assert [item["shift_id"] for item in found] == [before.shift_id, *[world.shift] * 3]


class TestWhoSees:
    def test_who_runs_the_attendance_reads_names_and_who_only_looks_reads_masked_ones(self, report: Report) -> None:
        world = report.world
        world.volunteer("欧阳明")
        report.over()

        for caller in (report.organizer, world.administrator("recorder", world.city)):
            assert [item["name"] for item in report.said(caller).values()] == ["欧阳明"]
        for role in ("viewer", "reviewer"):
            assert [item["name"] for item in report.said(world.administrator(role, world.city)).values()] == ["欧*明"]

    def test_in_another_branch_and_below_there_is_nothing_to_see(self, report: Report) -> None:
        world = report.world
        report.over()
        stranger = world.administrator("owner", world.other_city)
        with pytest.raises(Forbidden):
            report.page(stranger)
        with pytest.raises(Forbidden):
            report.sums(stranger)
        with pytest.raises(Forbidden):
            report.sums(report.organizer, world.city)

    def test_of_an_unknown_activity_there_is_no_list(self, report: Report) -> None:
        query = commands.ListPunctuality(activity_id=new_id(), limit=20, cursor=None)
        with pytest.raises(NotFound):
            report.world.do(punctuality.list_punctuality, query, report.organizer)

    def test_an_erased_person_has_no_name(self, report: Report) -> None:
        volunteer_id = report.world.volunteer()
        report.world.hear(VolunteerErased(volunteer_id=volunteer_id, account_id=new_id()), version=2)
        report.over()
        assert report.said()[volunteer_id]["name"] == ""


class TestSums:
    def test_they_count_everybody_once_a_shift_and_each_lapse_with_its_minutes(self, report: Report) -> None:
        world = report.world
        world.volunteer()
        punctual, early = report.sign_in(0), report.sign_in(0)
        late, both = report.sign_in(15), report.sign_in(15.5)
        report.sign_out(120, early)
        report.sign_out(150, both)
        forgot = report.sign_in(170)
        report.sign_out(180, punctual)
        report.sign_out(180, late)
        report.over()

        assert report.sums() == [
            {
                "organization_id": world.team, "name": "组织", "accepted": 6, "attended": 5,
                "late": 3, "late_minutes": 15 + 15 + 170, "left_early": 2, "early_minutes": 60 + 30,
                "forced": 0, "open": 1, "absent": 1,
            }
        ]  # fmt: skip
        assert forgot in report.lapses()

    def test_they_say_the_same_as_the_list(self, report: Report) -> None:
        for seconds in range(540, 720, 20):
            volunteer_id = report.sign_in(seconds / 60)
            report.sign_out(seconds / 60 + 1, volunteer_id)
        report.over()

        listed = list(report.said().values())
        (sums,) = report.sums()
        assert sums["late"] == sum("late" in item["lapses"] for item in listed) > 0
        assert sums["late_minutes"] == sum(item["late_minutes"] for item in listed)
        assert sums["left_early"] == sum("left_early" in item["lapses"] for item in listed)
        assert sums["early_minutes"] == sum(item["early_minutes"] for item in listed)

    def test_each_organization_that_had_anybody_has_its_own_and_only_those_asked_for(self, report: Report) -> None:
        world = report.world
        world.volunteer()
        cities_own = replace(world.activity_state(), activity_id=new_id(), organization_id=world.city)
        shift = replace(cities_own.shifts[0], shift_id=new_id())
        world.hear(replace(cities_own, shifts=[shift]))
        for volunteer_id in (world.volunteer(accepted_for=None), world.volunteer(accepted_for=None)):
            world.hear(
                EnrollmentChanged(
                    enrollment_id=new_id(), activity_id=cities_own.activity_id, shift_id=shift.shift_id,
                    volunteer_id=volunteer_id, status="accepted",
                )
            )  # fmt: skip
        report.over()

        above = world.administrator("viewer", world.province)
        assert [(item["organization_id"], item["absent"]) for item in report.sums(above, world.province)] == [
            (world.city, 2),
            (world.team, 1),
        ]
        assert [item["organization_id"] for item in report.sums(above)] == [world.team]
        assert report.sums(above, world.other_city) == []

    def test_the_day_on_which_a_shift_begins_says_whether_it_is_in_the_period(self, report: Report) -> None:
        report.world.volunteer()
        report.over()

        def found(since: date, until: date) -> int:
            return len(report.sums(since=since, until=until))

        day = timedelta(days=1)
        assert found(SHIFT_DAY - day, SHIFT_DAY - day) == 0
        assert found(SHIFT_DAY + day, SHIFT_DAY + day) == 0
        assert found(SHIFT_DAY - day, SHIFT_DAY + day) == 1

    def test_a_shift_that_begins_at_midnight_belongs_to_the_day_that_begins(self, report: Report) -> None:
        world = report.world
        midnight = datetime.fromisoformat("2026-03-07T00:00:00+08:00")
        shift = ShiftState(shift_id=world.shift, starts_at=midnight, ends_at=midnight + timedelta(hours=2), capacity=30)
        world.hear(world.activity_state(shifts=[shift]), version=2)
        world.volunteer()
        report.over()
        eve = SHIFT_DAY - timedelta(days=1)
        assert (len(report.sums()), report.sums(since=eve, until=eve)) == (1, [])

    def test_a_shift_that_is_not_over_is_not_counted(self, report: Report) -> None:
        report.world.volunteer()
        report.until(179)
        assert report.sums() == []
        report.until(180)
        assert [item["absent"] for item in report.sums()] == [1]

    @pytest.mark.parametrize(("days", "code"), [(-1, "before_from"), (92, "period_too_long")])
    def test_a_period_that_runs_backwards_or_takes_in_more_than_a_quarter_is_refused(
        self, report: Report, days: int, code: str
    ) -> None:
        with pytest.raises(Invalid) as refused:
            report.sums(until=SHIFT_DAY + timedelta(days=days))
        assert [(error.field, error.code) for error in refused.value.errors] == [("to", code)]
        assert report.sums(until=SHIFT_DAY + timedelta(days=91)) == []

    def test_an_organization_added_later_in_the_tree_is_counted_where_it_is_now(self, report: Report) -> None:
        world = report.world
        world.volunteer()
        report.over()
        world.hear(
            OrganizationChanged(
                organization_id=world.team, name="组织", kind="team", region="440100", status="active",
                path=[world.province, world.other_city, world.team],
            ),
            version=2,
        )  # fmt: skip
        above = world.administrator("viewer", world.province)
        assert report.sums(above, world.city) == []
        assert [item["absent"] for item in report.sums(above, world.other_city)] == [1]
