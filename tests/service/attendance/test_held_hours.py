"""Hours beyond what a day counts at once: they wait, somebody above decides, and corrections leave nothing behind."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.activity.events import ShiftState
from services.attendance import commands, errors
from services.attendance.domain import Band, Direction, RecordStatus
from services.attendance.use_cases import held_reviews, reviewing
from services.chassis.clock import SHANGHAI
from services.chassis.context import Caller, Role
from services.chassis.errors import AlreadyDecided, AppError, Invalid, NotFound
from services.chassis.ids import new_id
from services.identity.events import VolunteerErased
from tests.service.attendance.conftest import SHIFT_STARTS, World

SIX = SHIFT_STARTS.astimezone(SHANGHAI).replace(hour=6)


@dataclass
class Long:
    """A day of long shifts, and everybody who decides about it."""

    world: World
    volunteer_id: str
    recorder: Caller
    superior: Caller
    province: Caller
    outings: dict[str, World] = field(default_factory=dict)

    def shift(self, starts_at: datetime, hours: float) -> World:
        """An activity of the team with one shift, at which the volunteer is accepted."""
        outing = World(self.world.units, self.world.province, self.world.city, self.world.team)
        state = ShiftState(
            shift_id=outing.shift, starts_at=starts_at, ends_at=starts_at + timedelta(hours=hours), capacity=9
        )
        outing.hear(outing.activity_state(shifts=[state]))
        outing.accept(self.volunteer_id, outing.shift)
        return outing

    def served(self, hour: float, hours: float) -> str:
        """The volunteer serves from ``hour`` o'clock on, scanned; answers the record."""
        starts_at = SIX + timedelta(hours=hour - 6)
        outing = self.shift(starts_at, hours)
        clock = self.world.clock
        clock.advance(seconds=(starts_at - clock.now()).total_seconds())
        outing.scan(self.volunteer_id)
        clock.advance(hours=hours)
        record = outing.scan(self.volunteer_id, Direction.SIGN_OUT)
        self.outings[record.id] = outing
        return str(record.id)

    def supplemented(self, hour: float, hours: float) -> str:
        """The same by a supplement that the superior has approved."""
        starts_at = SIX + timedelta(hours=hour - 6)
        outing = self.shift(starts_at, hours)
        self.world.clock.advance(days=1)
        supplement = outing.supplement(
            self.volunteer_id, self.recorder, starts_at=starts_at, ends_at=starts_at + timedelta(hours=hours)
        )
        self.world.decide(supplement.id, self.superior)
        with self.world.units() as uow:
            record_id = str(uow.supplements.find(supplement.id).record_id)
        self.outings[record_id] = outing
        return record_id

    def correct(self, record_id: str, hour: float, hours: float | None) -> None:
        """An objection to a record is upheld: it was ``hours`` long, from ``hour`` o'clock on; None: it was nothing."""
        outing = self.outings[record_id]
        self.world.clock.advance(days=1)
        outing.disclose()
        objection = outing.object_to(record_id)
        starts_at = SIX + timedelta(hours=hour - 6)
        corrected = None
        if hours is not None:
            corrected = commands.CorrectedTime(starts_at=starts_at, ends_at=starts_at + timedelta(hours=hours))
        outing.resolve_as(objection.id, self.recorder, corrected)

    def inbox(self, caller: Caller, status: str = "pending") -> list[dict[str, Any]]:
        query = commands.ListReviews(kind="hours", status=status, limit=20, cursor=None)
        items: list[dict[str, Any]] = self.world.do(held_reviews.list_hours_reviews, query, caller)["items"]
        return items

    def bands(self, caller: Caller) -> list[tuple[str, int]]:
        return [(item["band"], item["minutes"]) for item in self.inbox(caller)]

    def decide(self, held_id: str, caller: Caller, *, approve: bool = True, **why: Any) -> Any:
        command = commands.DecideReview(
            kind="hours", id=held_id, approve=approve, reason=why.get("reason"), reason_code=why.get("reason_code")
        )
        return self.world.do(held_reviews.decide_hours_review, command, caller)

    def figures(self, record_id: str) -> tuple[int, int]:
        """What a record counts, and what of it waits."""
        (record,) = [one for one in self.world.records(self.volunteer_id) if one["record_id"] == record_id]
        return record["minutes"], record["held_minutes"]

    def day(self) -> tuple[int, int]:
        """What the volunteer has altogether, and what waits."""
        summary = self.world.summary(self.volunteer_id)
        assert self.world.recount().sound
        return summary["total_minutes"], summary["held_minutes"]


@pytest.fixture
def long(world: World) -> Long:
    """Nobody has served yet; it is six in the morning."""
    world.clock.advance(seconds=(SIX - world.clock.now()).total_seconds())
    return Long(
        world,
        world.volunteer(accepted_for=None),
        world.administrator("recorder", world.team),
        world.administrator("reviewer", world.city),
        world.administrator("owner", world.province),
    )


class TestHolding:
    def test_eight_hours_a_day_count_at_once_and_the_rest_waits(self, long: Long) -> None:
        record_id = long.served(8, 9)

        assert long.figures(record_id) == (480, 60)
        assert long.day() == (480, 60)
        (told,) = long.world.units.published("hours.held")
        assert (told["data"]["minutes"], told["data"]["volunteer_id"]) == (60, long.volunteer_id)

    def test_up_to_twelve_hours_wait_for_the_parent_and_beyond_for_the_province(self, long: Long) -> None:
        long.served(6, 13)

        assert long.bands(long.superior) == [("parent", 240)]
        assert long.bands(long.province) == [("parent", 240), ("province", 60)]

    def test_several_records_of_a_day_share_its_eight_hours(self, long: Long) -> None:
        morning, noon, evening = long.served(6, 5), long.served(11, 5), long.served(17, 4)

        assert [long.figures(one) for one in (morning, noon, evening)] == [(300, 0), (180, 120), (0, 240)]
        assert long.bands(long.province) == [("parent", 120), ("parent", 120), ("province", 120)]

    def test_what_waits_is_divided_by_the_time_of_day_whatever_was_entered_first(self, long: Long) -> None:
        late, middle = long.served(8, 8), long.served(17, 3)
        early = long.supplemented(6, 2)

        assert [long.figures(one) for one in (late, middle, early)] == [(480, 0), (0, 180), (0, 120)]
        assert {(item["record_id"], item["band"], item["minutes"]) for item in long.inbox(long.province)} == {
            (early, "parent", 120), (middle, "parent", 120), (middle, "province", 60),
        }  # fmt: skip

    def test_a_service_across_midnight_is_divided_between_its_days(self, long: Long) -> None:
        evening, night = long.served(14, 6), long.served(21, 12)

        assert (long.figures(evening), long.figures(night)) == ((360, 0), (120 + 480, 60 + 60))
        dates = [(item["date"].day, item["minutes"]) for item in long.inbox(long.superior)]
        assert dates == [(7, 60), (8, 60)]

    def test_offline_scans_pass_through_the_same_door(self, long: Long) -> None:
        outing = long.shift(SIX, 10)
        kept = [outing.kept(Direction.SIGN_IN)]
        outing.clock.advance(hours=10)
        kept.append(outing.kept(Direction.SIGN_OUT))
        outing.upload(long.volunteer_id, *kept)

        assert long.day() == (480, 120)
        assert [item["provenance"] for item in long.inbox(long.superior)] == ["offline_scan"]

    def test_two_records_at_the_same_moment_do_not_take_the_same_room(self, long: Long) -> None:
        long.served(6, 5)
        begin = [SIX + timedelta(hours=6), SIX + timedelta(hours=11)]
        outings = [long.shift(starts_at, 4) for starts_at in begin]
        long.world.clock.advance(days=1)
        asked = [
            outing.supplement(
                long.volunteer_id, long.recorder, starts_at=starts_at, ends_at=starts_at + timedelta(hours=4)
            )
            for outing, starts_at in zip(outings, begin, strict=True)
        ]
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda supplement: long.world.decide(supplement.id, long.superior), asked))

        assert long.day() == (480, 300)


class TestInAnothersPlace:
    def test_a_delegate_decides_what_the_delegator_might_and_no_more(self, long: Long) -> None:
        long.served(6, 13)
        world, delegate = long.world, long.world.administrator("reviewer", long.world.other_city)
        world.hold(delegate, world.other_city, "reviewer")
        world.hold(long.superior, world.city, "reviewer")
        world.hold(long.province, world.province, "owner")
        for_the_parent, for_the_province = (item["id"] for item in long.inbox(long.province))
        world.lend(long.superior, world.city, delegate)
        assert long.bands(delegate) == [("parent", 240)]
        with pytest.raises(NotFound):
            long.decide(for_the_province, delegate)
        world.lend(long.province, world.province, delegate)
        assert long.bands(delegate) == [("parent", 240), ("province", 60)]
        for held_id, delegator in ((for_the_parent, long.superior), (for_the_province, long.province)):
            long.decide(held_id, delegate)
            query = commands.ReviewHistory(kind="hours", id=held_id)
            history = world.do(held_reviews.hours_review_history, query, delegate)["items"]
            assert history[0]["on_behalf_of"] == delegator.account_id

    def test_nobody_decides_in_their_place_about_hours_that_the_delegator_entered(self, long: Long) -> None:
        world, delegate = long.world, long.world.administrator("reviewer", long.world.other_city)
        long.recorder = replace(long.recorder, roles=(*long.recorder.roles, Role(world.city, "reviewer")))
        long.served(6, 8)
        long.supplemented(15, 2)
        world.hold(delegate, world.other_city, "reviewer")
        world.hold(long.recorder, world.city, "reviewer")
        (held,) = long.inbox(long.superior)
        world.lend(long.recorder, world.city, delegate)
        assert long.inbox(delegate) == []
        with pytest.raises(errors.OwnHours):
            long.decide(held["id"], delegate)


class TestDeciding:
    @pytest.fixture
    def held(self, long: Long) -> dict[str, Any]:
        """An hour that waits for the parent."""
        long.served(8, 9)
        (item,) = long.inbox(long.superior)
        return item

    def test_granted_minutes_count_and_keep_where_they_come_from(self, long: Long, held: dict[str, Any]) -> None:
        assert long.decide(held["id"], long.superior)["status"] == "approved"

        assert (long.figures(held["record_id"]), long.day()) == ((540, 0), (540, 0))
        assert long.world.summary(long.volunteer_id)["minutes_by_provenance"]["scan"] == 540
        assert [e["data"]["minutes"] for e in long.world.units.published("hours.recorded")] == [480, 60]
        assert [item["id"] for item in long.inbox(long.superior, "approved")] == [held["id"]]

    def test_refused_minutes_never_count_and_the_volunteer_sees_why(self, long: Long, held: dict[str, Any]) -> None:
        long.decide(held["id"], long.superior, approve=False, reason_code="breaks_counted", reason="午休一小时")

        (record,) = long.world.records(long.volunteer_id)
        assert (record["minutes"], record["held_minutes"], long.day()) == (480, 0, (480, 0))
        assert [(part["status"], part["reason"]) for part in record["held"]] == [
            ("refused", "包含休息、用餐或往返时间：午休一小时")
        ]
        (told,) = long.world.units.published("held_hours.decided")
        assert (told["data"]["granted"], told["data"]["reason"]) == (False, "包含休息、用餐或往返时间：午休一小时")

    def test_a_refusal_without_a_reason_is_none(self, long: Long, held: dict[str, Any]) -> None:
        with pytest.raises(Invalid):
            long.decide(held["id"], long.superior, approve=False)
        assert long.day() == (480, 60)

    def test_it_is_decided_once(self, long: Long, held: dict[str, Any]) -> None:
        long.decide(held["id"], long.superior)
        with pytest.raises(AlreadyDecided):
            long.decide(held["id"], long.province, approve=False, reason="迟了")

    def test_only_the_root_decides_beyond_twelve_hours(self, long: Long) -> None:
        long.served(6, 13)
        (beyond,) = [item for item in long.inbox(long.province) if item["band"] == "province"]
        with pytest.raises(errors.ProvinceDecides):
            long.decide(beyond["id"], long.superior)
        long.decide(beyond["id"], long.province)

        assert long.day() == (540, 240)

    @pytest.mark.parametrize("grants", [True, False])
    def test_whoever_decides_first_what_the_other_decides_about_stays_the_same(self, long: Long, grants: bool) -> None:
        long.served(6, 11)
        long.served(18, 2)
        parent, beyond = ([one for one in long.inbox(long.province) if one["band"] == band] for band in Band)
        assert (sum(one["minutes"] for one in parent), sum(one["minutes"] for one in beyond)) == (240, 60)

        long.decide(beyond[0]["id"], long.province, approve=grants, reason="理由")
        assert [one["id"] for one in long.inbox(long.superior)] == [one["id"] for one in parent]
        long.decide(parent[0]["id"], long.superior, approve=grants, reason="理由")
        assert [one["id"] for one in long.inbox(long.superior)] == [parent[1]["id"]]

    @pytest.mark.parametrize(
        ("role", "where", "refusal"),
        [
            ("owner", "team", errors.SuperiorDecides),
            ("reviewer", "other_city", NotFound),
            ("recorder", "city", errors.SuperiorDecides),
        ],
    )
    def test_it_is_decided_above_by_a_reviewer(
        self, long: Long, held: dict[str, Any], role: str, where: str, refusal: type[AppError]
    ) -> None:
        caller = long.world.administrator(role, getattr(long.world, where))
        assert long.inbox(caller) == []
        with pytest.raises(refusal):
            long.decide(held["id"], caller)

    def test_nobody_decides_their_own(self, long: Long, held: dict[str, Any]) -> None:
        roles = (Role(long.world.city, "reviewer"),)
        own = Caller(kind="administrator", account_id=new_id(), volunteer_id=long.volunteer_id, roles=roles)
        assert long.inbox(own) == []
        with pytest.raises(errors.OwnHours):
            long.decide(held["id"], own)

    def test_nobody_decides_about_what_they_entered(self, long: Long) -> None:
        asking = long.world.administrator("recorder", long.world.team, Role(long.world.city, "reviewer"))
        long.recorder = asking
        long.supplemented(6, 9)
        (item,) = long.inbox(long.superior)
        assert long.inbox(asking) == []
        with pytest.raises(errors.OwnHours):
            long.decide(item["id"], asking)

    def test_many_are_decided_at_once_each_by_itself(self, long: Long, held: dict[str, Any]) -> None:
        decisions = [commands.Decision(id=held["id"], approve=True, reason=None),
                     commands.Decision(id=held["id"], approve=False, reason=None),
                     commands.Decision(id=new_id(), approve=True, reason=None)]  # fmt: skip
        command = commands.DecideReviews(kind="hours", decisions=decisions)
        items = long.world.do(held_reviews.decide_hours_reviews, command, long.superior)["items"]

        assert [item["status"] for item in items] == ["approved", None, None]
        assert [item["error"] and item["error"]["code"] for item in items] == [None, "already_decided", "not_found"]
        assert long.day() == (540, 0)

    def test_whoever_decides_sees_how_many_wait_and_since_when(self, long: Long, held: dict[str, Any]) -> None:
        long.world.clock.advance(days=3)

        assert [item["age_days"] for item in long.inbox(long.superior)] == [3]
        counts = long.world.do(reviewing.count_reviews, commands.CountReviews(), long.superior)
        assert (counts["hours"], counts["waiting_since"]["hours"]) == (1, long.world.clock.now() - timedelta(days=3))

    def test_what_was_decided_about_the_record_is_seen_by_whoever_decides_again(self, long: Long) -> None:
        record_id = long.served(6, 13)
        parent, beyond = long.inbox(long.province)
        long.decide(parent["id"], long.superior, approve=False, reason="不合理")
        query = commands.ReviewHistory(kind="hours", id=beyond["id"])
        history = long.world.do(held_reviews.hours_review_history, query, long.province)["items"]

        assert [(one["status"], one["decision_reason"]) for one in history] == [("rejected", "不合理")]
        assert long.figures(record_id) == (480, 60)
        with pytest.raises(NotFound):
            long.world.do(held_reviews.hours_review_history, query, long.superior)


class TestDisclosing:
    def test_a_record_is_not_confirmed_while_some_of_it_waits(self, long: Long) -> None:
        record_id = long.served(8, 9)
        long.world.clock.advance(days=1)
        long.world.disclose()
        long.world.clock.advance(days=8)
        assert long.world.confirm() == 0

        (item,) = long.inbox(long.superior)
        long.decide(item["id"], long.superior, approve=False, reason="不合理")
        assert long.world.confirm() == 1
        assert long.world.status_of(record_id) == RecordStatus.CONFIRMED

    def test_what_was_granted_is_shown_as_long_as_the_rest_was(self, long: Long) -> None:
        record_id = long.served(8, 9)
        long.world.clock.advance(days=1)
        long.world.disclose()
        long.world.clock.advance(days=8)
        long.world.confirm()
        (item,) = long.inbox(long.superior)
        long.decide(item["id"], long.superior)
        assert long.world.confirm() == 0
        assert long.outings[record_id].object_to(record_id).status == "open"

        with long.world.units() as uow:
            disclosure = uow.disclosures.find(long.outings[record_id].activity)
        assert (disclosure.status, disclosure.closes_at) == ("open", long.world.clock.now() + timedelta(days=7))


class TestCorrecting:
    def test_what_waits_takes_the_room_that_a_correction_leaves(self, long: Long) -> None:
        first, second = long.served(6, 8), long.served(15, 3)
        assert long.figures(second) == (0, 180)

        long.correct(first, 6, 6)
        assert (long.figures(first), long.figures(second), long.day()) == ((360, 0), (120, 60), (480, 60))
        assert long.bands(long.superior) == [("parent", 60)]

        long.correct(first, 6, None)
        assert (long.figures(first), long.figures(second), long.day()) == ((0, 0), (180, 0), (180, 0))
        assert long.inbox(long.province) == []

    def test_what_counted_before_keeps_its_place(self, long: Long) -> None:
        first, second = long.served(6, 8), long.served(15, 3)

        long.correct(first, 6, 9)
        assert (long.figures(first), long.figures(second)) == ((480, 60), (0, 180))

    def test_a_grant_holds_for_the_record_up_to_as_much(self, long: Long) -> None:
        record_id = long.served(6, 11)
        (item,) = long.inbox(long.superior)
        long.decide(item["id"], long.superior)

        long.correct(record_id, 6, 10)
        assert (long.figures(record_id), long.inbox(long.superior)) == ((600, 0), [])
        long.correct(record_id, 6, 12)
        assert (long.figures(record_id), long.day()) == ((660, 60), (660, 60))

    def test_the_parent_has_never_granted_more_than_its_four_hours(self, long: Long) -> None:
        first = long.served(6, 12)
        long.decide(long.inbox(long.superior)[0]["id"], long.superior)
        long.correct(first, 6, None)
        second = long.supplemented(6, 12)
        long.decide(long.inbox(long.superior)[0]["id"], long.superior)
        assert (long.figures(first), long.figures(second)) == ((0, 0), (720, 0))

        long.correct(first, 18, 2)
        assert (long.figures(first), long.bands(long.province)) == ((0, 120), [("province", 120)])

    def test_a_refusal_is_asked_again_when_the_record_has_another_time(self, long: Long) -> None:
        record_id = long.served(6, 9)
        (item,) = long.inbox(long.superior)
        long.decide(item["id"], long.superior, approve=False, reason="不合理")

        long.correct(record_id, 6, 10)
        (again,) = long.inbox(long.superior)
        assert (again["minutes"], long.figures(record_id), long.day()) == (120, (480, 120), (480, 120))

    def test_nobody_decides_about_a_part_that_waits_no_longer(self, long: Long) -> None:
        record_id = long.served(6, 9)
        (item,) = long.inbox(long.superior)
        long.correct(record_id, 6, 10)
        with pytest.raises(AlreadyDecided):
            long.decide(item["id"], long.superior)

    def test_minutes_that_come_to_count_are_shown_as_long_as_the_others(self, long: Long) -> None:
        first, second = long.served(6, 8), long.served(15, 3)
        long.world.clock.advance(days=1)
        long.world.disclose()
        long.correct(first, 6, 6)

        with long.world.units() as uow:
            assert uow.records.get(second).disclosed_until == long.world.clock.now() + timedelta(days=7)


class TestRecount:
    @pytest.mark.parametrize(
        "change", ["UPDATE held_hours SET minutes = minutes + 1", "UPDATE held_hours SET status = 'granted'"]
    )
    def test_held_minutes_that_were_changed_behind_its_back_are_found(self, long: Long, change: str) -> None:
        record_id = long.served(8, 9)
        assert long.world.recount().sound
        with long.world.units() as uow:
            uow.session.execute(sa.text(change))

        assert long.world.recount().wrong_records == (record_id,)


def test_why_hours_of_an_erased_person_were_refused_is_forgotten(long: Long) -> None:
    long.served(8, 9)
    (item,) = long.inbox(long.superior)
    long.decide(item["id"], long.superior, approve=False, reason="张小丰提前离开")
    long.world.hear(VolunteerErased(volunteer_id=long.volunteer_id, account_id=new_id()), 9)

    with long.world.units() as uow:
        held = uow.held.find(item["id"])
    assert (held.status, held.decision_reason) == ("refused", None)
