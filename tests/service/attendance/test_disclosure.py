"""Disclosure, objections and confirmation: what the public sees, what freezes, what counts in the end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.attendance import commands, errors
from services.attendance.domain import Direction, Interval, Provenance
from services.attendance.ledger import Stamp
from services.attendance.models import ServiceRecord
from services.attendance.use_cases import confirmed_hours, disclosing, objecting
from services.chassis.context import Caller, Role
from services.chassis.errors import Forbidden, Invalid, NotFound
from services.chassis.ids import new_id
from services.chassis.testing.processes import eventually
from services.identity.events import VolunteerErased
from tests.service.attendance.conftest import CONTACT, SHIFT_STARTS, World, waits_for_a_lock


@pytest.fixture
def owner(world: World) -> Caller:
    """The owner of the activity's organization."""
    return world.administrator("owner", world.team)


@pytest.fixture
def disclosed(world: World) -> World:
    """Two volunteers served an hour; the shift is over and the hours are disclosed."""
    one, two = world.volunteer("张小丰"), world.volunteer("李雷")
    world.scan(one)
    world.scan(two)
    world.clock.advance(minutes=60)
    world.scan(one, Direction.SIGN_OUT)
    world.scan(two, Direction.SIGN_OUT)
    world.clock.advance(hours=2)
    assert world.disclose() == 1
    return world


def shown(world: World, **changes: Any) -> dict[str, Any]:
    query = commands.GetDisclosure(**{"activity_id": world.activity, "limit": 100, "cursor": None, **changes})
    answer: dict[str, Any] = world.do(disclosing.get_disclosure, query, Caller())
    return answer


def record_of(world: World, name: str = "张*丰") -> str:
    return next(str(item["record_id"]) for item in shown(world)["items"] if item["name"] == name)


class TestOpening:
    def test_it_opens_by_itself_when_the_shifts_are_over_and_nobody_is_signed_in(self, world: World) -> None:
        one, two = world.volunteer(), world.volunteer()
        world.scan(two)
        world.serve(one)
        assert world.disclose() == 0
        world.clock.advance(hours=2)
        assert world.disclose() == 0  # the second is still signed in
        world.scan(two, Direction.SIGN_OUT)

        assert world.disclose() == 1
        assert world.disclose() == 0
        answer = shown(world)
        assert (answer["status"], answer["closes_at"] - answer["opens_at"]) == ("open", timedelta(days=7))
        assert len(answer["items"]) == 2

    def test_the_organizer_opens_it_by_hand_once_it_is_complete(self, world: World, owner: Caller) -> None:
        command = commands.OpenDisclosure(activity_id=world.activity)
        volunteer_id = world.volunteer()
        record = world.scan(volunteer_id)
        with pytest.raises(errors.ShiftsNotEnded):
            world.do(disclosing.open_disclosure, command, owner)
        world.clock.advance(hours=3)
        with pytest.raises(errors.OpenRecords) as refused:
            world.do(disclosing.open_disclosure, command, owner)
        assert refused.value.data["records"] == [{"record_id": record.id, "volunteer_id": volunteer_id}]
        world.scan(volunteer_id, Direction.SIGN_OUT)

        opened = world.do(disclosing.open_disclosure, command, owner)
        assert (opened["status"], opened["records"], opened["minutes"]) == ("open", 1, 180)
        assert world.do(disclosing.open_disclosure, command, owner) == opened

    def test_nothing_is_not_disclosed_nor_by_strangers(self, world: World, owner: Caller) -> None:
        world.clock.advance(hours=3)
        command = commands.OpenDisclosure(activity_id=world.activity)

        with pytest.raises(errors.NothingToDisclose):
            world.do(disclosing.open_disclosure, command, owner)
        with pytest.raises(Forbidden):
            world.do(disclosing.open_disclosure, command, world.administrator("owner", world.other_city))
        with pytest.raises(NotFound):
            shown(world)

    def test_a_record_that_comes_late_joins_and_is_shown_as_long_as_the_others(self, disclosed: World) -> None:
        disclosed.clock.advance(days=5)
        late = disclosed.volunteer("王小明")
        supplement = disclosed.supplement(late, disclosed.administrator("recorder", disclosed.team))
        disclosed.decide(supplement.id, disclosed.administrator("owner", disclosed.city))
        disclosed.disclose()
        disclosed.clock.advance(days=2)

        assert disclosed.confirm() == 2
        assert [(item["name"], item["status"]) for item in shown(disclosed)["items"]] == [("王*明", "disclosed")]
        disclosed.clock.advance(days=5)
        assert disclosed.confirm() == 1
        assert (shown(disclosed)["status"], shown(disclosed)["items"]) == ("closed", [])


class TestReading:
    def test_everybody_reads_masked_names_and_minutes(self, disclosed: World) -> None:
        items = shown(disclosed)["items"]

        assert sorted((item["name"], item["minutes"]) for item in items) == [("张*丰", 60), ("李*", 60)]
        assert items[0]["date"].isoformat() == "2026-03-07"

    def test_it_comes_in_pages(self, disclosed: World) -> None:
        first = shown(disclosed, limit=1)
        second = shown(disclosed, limit=1, cursor=first["next_cursor"])

        assert {first["items"][0]["name"], second["items"][0]["name"]} == {"张*丰", "李*"}
        assert second["next_cursor"] is None

    @pytest.mark.parametrize(
        ("where", "from_day", "to_day", "found"),
        [
            (None, None, None, True),
            ("province", "2026-03-07", "2026-03-07", True),
            ("city", None, None, True),
            ("other_city", None, None, False),
            (None, "2026-03-08", None, False),
            (None, None, "2026-03-06", False),
        ],
    )
    def test_it_is_found_by_organization_and_day(
        self, disclosed: World, where: str | None, from_day: str | None, to_day: str | None, found: bool
    ) -> None:
        query = commands.ListDisclosures(
            organization_id=None if where is None else getattr(disclosed, where),
            from_day=None if from_day is None else datetime.fromisoformat(from_day).date(),
            to_day=None if to_day is None else datetime.fromisoformat(to_day).date(),
            limit=20,
            cursor=None,
        )
        items = disclosed.do(disclosing.list_disclosures, query, Caller())["items"]

        assert [(item["title"], item["records"], item["minutes"]) for item in items] == (
            [("春季植树", 2, 120)] if found else []
        )


class TestConfirming:
    def test_what_nobody_objects_to_is_confirmed_when_the_days_are_over(self, disclosed: World) -> None:
        assert disclosed.confirm() == 0
        disclosed.clock.advance(days=7)

        assert disclosed.confirm() == 2
        assert shown(disclosed)["status"] == "closed"

    def test_a_frozen_record_is_not_confirmed_and_the_others_are(self, disclosed: World, owner: Caller) -> None:
        frozen = record_of(disclosed)
        objection = disclosed.object_to(frozen)
        disclosed.clock.advance(days=8)

        assert disclosed.confirm() == 1
        assert disclosed.status_of(frozen) == "frozen"
        disclosed.resolve(objection.id, owner, upheld=False)
        assert disclosed.status_of(frozen) == "disclosed"
        assert disclosed.confirm() == 1
        assert disclosed.status_of(frozen) == "confirmed"

    def test_who_objects_while_the_timer_waits_is_heard(self, disclosed: World) -> None:
        record_id = record_of(disclosed)
        command = commands.SubmitObjection(
            activity_id=disclosed.activity, record_id=record_id, text="他提前走了", contact=CONTACT
        )
        with ThreadPoolExecutor(1) as pool:
            with disclosed.units() as uow:
                objecting.submit_objection(command, uow)
                uow.session.flush()
                disclosed.clock.advance(days=7)
                confirming = pool.submit(disclosed.confirm)
                eventually(lambda: waits_for_a_lock(disclosed))
            assert confirming.result() == 1
        assert disclosed.status_of(record_id) == "frozen"

    def test_confirmed_hours_bring_each_star_once(self, world: World) -> None:
        volunteer_id = world.volunteer()
        seeds = [(0, 6_000), (7_000, 11_999)]  # minutes from the epoch of this test: 100 h, then just below 300 h
        for starts, minutes in seeds:
            seed_disclosed(world, volunteer_id, starts, minutes)
            world.clock.advance(days=8)
            world.confirm()
        assert world.summary(volunteer_id)["star"] == 1
        assert world.summary(volunteer_id)["next_star_minutes"] == 1

        seed_disclosed(world, volunteer_id, 20_000, 1)
        world.confirm()
        world.confirm()
        stars = [(e["data"]["stars"], e["data"]["hours"]) for e in world.units.published("star.awarded")]
        assert stars == [(1, 100), (2, 300)]

    def test_a_public_page_gets_what_is_confirmed_and_only_card_asks_for_it(self, disclosed: World) -> None:
        def told(volunteer_id: str, caller: Caller) -> Any:
            query = commands.SumConfirmedHours(volunteer_id=volunteer_id)
            return disclosed.do(confirmed_hours.sum_confirmed_hours, query, caller)

        card, volunteer_id = Caller(kind="service", account_id="card"), new_id()
        seed_disclosed(disclosed, volunteer_id, 0, 6_030)
        assert told(volunteer_id, card) == {"confirmed_minutes": 0, "star": 0}
        disclosed.clock.advance(days=8)
        disclosed.confirm()
        assert told(volunteer_id, card) == {"confirmed_minutes": 6_030, "star": 1}
        assert told(new_id(), card) == {"confirmed_minutes": 0, "star": 0}
        for caller in (Caller(), disclosed.as_volunteer(volunteer_id), Caller(kind="service", account_id="notify")):
            with pytest.raises(Forbidden):
                told(volunteer_id, caller)


def seed_disclosed(world: World, volunteer_id: str, starts: int, minutes: int) -> None:
    """A disclosed record of so many minutes, granted or not, whose time for objections has passed."""
    epoch = datetime(2020, 1, 1, tzinfo=UTC)
    time = Interval(epoch + timedelta(minutes=starts), epoch + timedelta(minutes=starts + minutes))
    with world.units() as uow:
        record = ServiceRecord(
            id=new_id(),
            volunteer_id=volunteer_id,
            activity_id=world.activity,
            shift_id=world.shift,
            organization_id=world.team,
            status="disclosed",
            provenance="scan",
            served_on=epoch.date(),
            disclosed_until=world.clock.now(),
            starts_at=time.starts_at,
            ends_at=time.ends_at,
            created_at=epoch,
            minutes=minutes,
            version=1,
        )
        uow.records.add(record)
        uow.ledger.give(volunteer_id, record.id, time, Provenance.SCAN, Stamp("platform:-", world.clock.now()))


class TestObjecting:
    def test_it_freezes_its_record_and_no_other(self, disclosed: World) -> None:
        record_id = record_of(disclosed)
        assert disclosed.object_to(record_id).status == "open"

        assert {item["name"]: item["status"] for item in shown(disclosed)["items"]} == {
            "张*丰": "frozen",
            "李*": "disclosed",
        }

    def test_the_contact_is_sealed_and_the_organization_reads_it_masked(self, disclosed: World, owner: Caller) -> None:
        objection = disclosed.object_to(record_of(disclosed))
        assert CONTACT not in objection.contact_sealed

        query = commands.ListObjections(activity_id=disclosed.activity, limit=20, cursor=None)
        (item,) = disclosed.do(objecting.list_objections, query, owner)["items"]
        assert (item["text"], item["contact_masked"]) == ("他提前走了", "138****0001")
        with pytest.raises(Forbidden):
            disclosed.do(objecting.list_objections, query, disclosed.administrator("owner", disclosed.other_city))

    def test_it_is_taken_only_while_the_hours_are_disclosed(self, disclosed: World) -> None:
        record_id = record_of(disclosed)
        disclosed.clock.advance(days=7)

        for target in (record_id, None):
            with pytest.raises(errors.NotDisclosed):
                disclosed.object_to(target)

    def test_a_record_of_another_activity_is_not_found(self, disclosed: World) -> None:
        with pytest.raises(NotFound):
            disclosed.object_to(new_id())


class TestResolving:
    def test_upheld_with_the_true_time_it_reverses_and_enters_anew(self, disclosed: World, owner: Caller) -> None:
        record_id = record_of(disclosed)
        objector = Caller(kind="volunteer", account_id=new_id(), volunteer_id=new_id())
        objection = disclosed.object_to(record_id, objector)
        before = len(disclosed.units.published("hours.recorded"))

        answer = disclosed.resolve(objection.id, owner, served_minutes=40)
        assert answer == {
            "objection_id": objection.id,
            "status": "upheld",
            "record_id": record_id,
            "minutes": 40,
        }
        entries = disclosed.units.published("hours.recorded")[before:]
        assert [(e["data"]["minutes"], e["data"]["provenance"]) for e in entries] == [(-60, "scan"), (40, "correction")]
        versions = [e["aggregateversion"] for e in entries]
        assert versions[0] < versions[1]
        assert disclosed.status_of(record_id) == "disclosed"
        (told,) = disclosed.units.published("objection.resolved")
        assert (told["data"]["account_id"], told["data"]["upheld"]) == (objector.account_id, True)
        assert disclosed.recount().sound

    def test_upheld_without_a_time_it_takes_the_minutes_back(self, disclosed: World, owner: Caller) -> None:
        record_id = record_of(disclosed)
        disclosed.resolve(disclosed.object_to(record_id).id, owner)

        assert next(i["minutes"] for i in shown(disclosed)["items"] if i["record_id"] == record_id) == 0
        assert disclosed.recount().sound

    def test_dismissed_it_changes_no_minute(self, disclosed: World, owner: Caller) -> None:
        record_id = record_of(disclosed)
        answer = disclosed.resolve(disclosed.object_to(record_id).id, owner, upheld=False)

        assert (answer["status"], answer["minutes"]) == ("dismissed", 60)
        assert len(disclosed.units.published("hours.recorded")) == 2

    def test_it_is_resolved_once(self, disclosed: World, owner: Caller) -> None:
        objection = disclosed.object_to(record_of(disclosed))
        disclosed.resolve(objection.id, owner, upheld=False)

        with pytest.raises(errors.ObjectionAlreadyResolved) as refused:
            disclosed.resolve(objection.id, owner)
        assert refused.value.data["status"] == "dismissed"

    def test_a_record_with_two_objections_stays_frozen_until_the_last(self, disclosed: World, owner: Caller) -> None:
        record_id = record_of(disclosed)
        one, two = disclosed.object_to(record_id), disclosed.object_to(record_id)
        disclosed.resolve(one.id, owner, served_minutes=30)
        assert disclosed.status_of(record_id) == "frozen"

        disclosed.resolve(two.id, owner, served_minutes=20)
        assert disclosed.status_of(record_id) == "disclosed"
        assert disclosed.recount().sound

    def test_one_against_the_whole_is_resolved_without_a_record(self, disclosed: World, owner: Caller) -> None:
        objection = disclosed.object_to(None)
        with pytest.raises(Invalid, match="no_record"):
            disclosed.resolve(objection.id, owner, served_minutes=10)

        assert disclosed.resolve(objection.id, owner)["status"] == "upheld"

    def test_for_who_has_no_business_there_is_none(self, disclosed: World) -> None:
        objection = disclosed.object_to(record_of(disclosed))

        for caller in (
            disclosed.administrator("owner", disclosed.other_city),
            disclosed.administrator("viewer", disclosed.team),
        ):
            with pytest.raises(NotFound):
                disclosed.resolve(objection.id, caller)
        above = disclosed.administrator("reviewer", disclosed.province)
        assert disclosed.resolve(objection.id, above, upheld=False)["status"] == "dismissed"

    def test_nobody_resolves_what_they_objected_to_or_what_is_about_their_own_hours(self, disclosed: World) -> None:
        record_id, role = record_of(disclosed), Role(disclosed.team, "owner")
        objector = Caller(kind="administrator", account_id=new_id(), roles=(role,))
        objection = disclosed.object_to(record_id, objector)
        with disclosed.units() as uow:
            volunteer_id = uow.records.get(record_id).volunteer_id
        beneficiary = Caller(kind="volunteer", account_id=new_id(), volunteer_id=volunteer_id, roles=(role,))

        for caller in (objector, beneficiary):
            with pytest.raises(errors.AboutOneself):
                disclosed.resolve(objection.id, caller, upheld=False)
        assert disclosed.status_of(record_id) == "frozen"

    def test_a_correction_into_another_record_is_refused(self, disclosed: World, owner: Caller) -> None:
        record_id = record_of(disclosed)
        objection = disclosed.object_to(record_id)
        volunteer_id = disclosed.do(lambda _, uow: uow.records.get(record_id).volunteer_id, None, Caller())
        later = disclosed.supplement(
            volunteer_id,
            disclosed.administrator("recorder", disclosed.team),
            starts_at=SHIFT_STARTS + timedelta(hours=2),
            ends_at=SHIFT_STARTS + timedelta(hours=3),
        )
        disclosed.decide(later.id, disclosed.administrator("owner", disclosed.city))

        with pytest.raises(errors.OverlapsRecord):
            disclosed.resolve(objection.id, owner, served_minutes=121)
        assert disclosed.resolve(objection.id, owner, served_minutes=120)["minutes"] == 120


def test_hours_of_an_erased_volunteer_are_counted_on_without_a_name(disclosed: World, owner: Caller) -> None:
    """What an activity disclosed stays the same sum, is confirmed like any other, and the ledger proves it."""
    world = disclosed

    def sums() -> tuple[int, int]:
        opened = world.do(disclosing.open_disclosure, commands.OpenDisclosure(activity_id=world.activity), owner)
        return opened["records"], opened["minutes"]

    erased_id, other_id = (volunteer_of(world, name) for name in ("张*丰", "李*"))
    before = sums()
    world.hear(VolunteerErased(volunteer_id=erased_id, account_id=new_id()), version=2)

    assert sums() == before == (2, 120)
    assert sorted((item["name"], item["minutes"]) for item in shown(world)["items"]) == [("*", 60), ("李*", 60)]
    world.clock.advance(days=7)
    assert world.confirm() == 2
    for volunteer_id in (erased_id, other_id):
        summary = world.summary(volunteer_id)
        assert (summary["total_minutes"], summary["minutes_by_provenance"]["scan"]) == (60, 60)
        assert [record["status"] for record in world.records(volunteer_id)] == ["confirmed"]
    assert world.recount().sound


def volunteer_of(world: World, name: str) -> str:
    """Whose hours are shown under a masked name."""
    with world.units() as uow:
        return str(uow.records.get(record_of(world, name)).volunteer_id)
