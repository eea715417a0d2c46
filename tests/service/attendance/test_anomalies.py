"""What looks wrong is found once, shown to whom it concerns and those above, explained, and holds nothing back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.activity.events import ShiftState
from services.attendance import commands, errors
from services.attendance.domain import Direction, Place
from services.attendance.models import Anomaly, Scan
from services.attendance.use_cases import anomalies, copying, scanning
from services.chassis.context import Caller
from services.chassis.errors import AlreadyDecided, Forbidden, NotFound
from services.chassis.ids import new_id
from services.identity.events import VolunteerErased
from tests.service.attendance.conftest import CITY_SQUARE, SHIFT_ENDS, SHIFT_STARTS, World, received

SHENZHEN = Place(22.5431, 114.0579)
TELEPHONE = "installation-0001"


@pytest.fixture
def owner(world: World) -> Caller:
    """The owner of the activity's organization."""
    return world.administrator("owner", world.team)


def look(world: World) -> int:
    """The timer, when what was written has settled."""
    world.clock.advance(minutes=1)
    with world.units() as uow:
        return anomalies.look_for_anomalies(uow)


def listed(world: World, caller: Caller, **changes: Any) -> list[Any]:
    asked = {"organization_id": world.team, "status": "open", "kind": None, "limit": 20, "cursor": None, **changes}
    found: list[Any] = world.do(anomalies.list_anomalies, commands.ListAnomalies(**asked), caller)["items"]
    return found


def resolve(world: World, anomaly_id: str, caller: Caller) -> Any:
    command = commands.ResolveAnomaly(anomaly_id=anomaly_id, outcome="explained", note="夫妻共用一部手机")
    return world.do(anomalies.resolve_anomaly, command, caller)


def scan(
    world: World, volunteer_id: str, kind: Direction, device: str | None = None, place: Place | None = None
) -> None:
    command = commands.ScanCode(token=world.token(kind), nonce=new_id(), scanned_at=None, location=place, device=device)
    world.do(scanning.scan_code, command, world.as_volunteer(volunteer_id))


def serve_with(world: World, device: str | None, people: int) -> list[str]:
    """So many people scan in and out with one telephone."""
    volunteers = [world.volunteer() for _ in range(people)]
    for one in volunteers:
        scan(world, one, Direction.SIGN_IN, device)
    world.clock.advance(minutes=30)
    for one in volunteers:
        scan(world, one, Direction.SIGN_OUT, device)
    return volunteers


class TestDevices:
    def test_one_telephone_for_four_people_is_one_finding_that_grows(self, world: World, owner: Caller) -> None:
        served = serve_with(world, TELEPHONE, 4)
        assert look(world) == 1
        serve_with(world, TELEPHONE, 1)
        assert look(world) == 0
        (found,) = listed(world, owner)
        assert (found.kind, found.facts, found.activity_id) == ("shared_device", {"people": 5}, world.activity)
        assert world.summary(served[0])["total_minutes"] == 30  # nothing is held back

    def test_three_people_and_people_without_a_telephones_name_are_none(self, world: World, owner: Caller) -> None:
        serve_with(world, TELEPHONE, 3)
        serve_with(world, None, 4)
        assert look(world) == 0
        assert listed(world, owner) == []

    def test_only_a_digest_of_its_name_is_kept(self, world: World) -> None:
        (served,) = serve_with(world, TELEPHONE, 1)
        with world.units() as uow:
            kept = uow.session.scalars(sa.select(Scan.device)).all()
            assert set(map(len, kept)) == {32}
            assert TELEPHONE.encode() not in kept
        with world.units() as uow:
            copying.erase_volunteer(received(VolunteerErased(volunteer_id=served, account_id=new_id()), 9), uow)
        with world.units() as uow:
            assert set(uow.session.scalars(sa.select(Scan.device))) == {None}


class TestDays:
    def test_fourteen_hours_a_day_are_found(self, world: World, owner: Caller) -> None:
        shift = ShiftState(
            shift_id=world.shift, starts_at=SHIFT_STARTS, ends_at=SHIFT_STARTS + timedelta(hours=14), capacity=30
        )
        world.hear(world.activity_state(shifts=[shift]), 2)
        served = world.volunteer()
        world.serve(served, 14 * 60)
        assert look(world) == 1
        (found,) = listed(world, owner)
        assert (found.kind, found.facts["minutes"], found.volunteer_id) == ("long_day", 840, served)

    def test_far_away_a_moment_later_is_found_for_both_organizations(self, world: World, owner: Caller) -> None:
        served = world.volunteer()
        scan(world, served, Direction.SIGN_IN, place=CITY_SQUARE)
        world.clock.advance(hours=3)
        scan(world, served, Direction.SIGN_OUT, place=CITY_SQUARE)
        elsewhere = World(world.units, team=world.other_city)
        shift = ShiftState(
            shift_id=elsewhere.shift, starts_at=SHIFT_ENDS, ends_at=SHIFT_ENDS + timedelta(hours=2), capacity=5
        )
        elsewhere.hear(elsewhere.activity_state(shifts=[shift], organization_id=world.other_city))
        elsewhere.accept(served, elsewhere.shift)
        world.clock.advance(minutes=20)
        scan(elsewhere, served, Direction.SIGN_IN, place=SHENZHEN)
        world.clock.advance(minutes=60)
        scan(elsewhere, served, Direction.SIGN_OUT, place=SHENZHEN)
        assert look(world) == 2
        (here,) = listed(world, owner)
        (there,) = listed(world, world.administrator("owner", world.other_city), organization_id=world.other_city)
        assert here.kind == there.kind == "impossible_travel"
        assert here.facts["kilometres"] == 104
        assert look(world) == 0  # what was looked at is not looked at again


class TestSupplements:
    def test_many_by_one_account_in_a_day_are_found_when_asked_for_and_when_approved(
        self, world: World, owner: Caller
    ) -> None:
        world.clock.advance(hours=4)
        asked = [world.supplement(world.volunteer(), owner).id for _ in range(21)]
        assert look(world) == 1
        (found,) = listed(world, world.administrator("reviewer", world.city), organization_id=world.city)
        assert (found.facts, found.account_id) == ({"deed": "submitted", "supplements": 21}, owner.account_id)
        with pytest.raises(errors.AboutOneself):
            resolve(world, found.id, owner)
        superior = world.administrator("owner", world.city)
        for supplement_id in asked:
            world.decide(supplement_id, superior)
        assert look(world) == 1
        deeds = {each.facts["deed"] for each in listed(world, superior, kind="bulk_supplements")}
        assert deeds == {"submitted", "approved"}

    def test_twenty_are_none(self, world: World, owner: Caller) -> None:
        world.clock.advance(hours=4)
        for _ in range(20):
            world.supplement(world.volunteer(), owner)
        assert look(world) == 0


class TestResolving:
    @pytest.fixture
    def found(self, world: World, owner: Caller) -> Anomaly:
        """A finding at the team."""
        serve_with(world, TELEPHONE, 4)
        look(world)
        (one,) = listed(world, owner)
        assert isinstance(one, Anomaly)
        return one

    def test_the_organization_or_one_above_says_what_it_was_once(
        self, world: World, found: Anomaly, owner: Caller
    ) -> None:
        superior = world.administrator("reviewer", world.city)
        resolve(world, found.id, superior)
        assert listed(world, owner) == []
        (resolved,) = listed(world, owner, status="explained")
        assert (resolved.note, resolved.version) == ("夫妻共用一部手机", 2)
        with pytest.raises(AlreadyDecided):
            resolve(world, found.id, owner)

    def test_others_neither_see_nor_resolve_it(self, world: World, found: Anomaly) -> None:
        for stranger in (world.administrator("owner", world.other_city), world.administrator("viewer", world.team)):
            with pytest.raises(Forbidden):
                listed(world, stranger)
            with pytest.raises(NotFound):
                resolve(world, found.id, stranger)

    def test_one_that_was_resolved_is_not_opened_again_by_more_of_the_same(
        self, world: World, found: Anomaly, owner: Caller
    ) -> None:
        resolve(world, found.id, owner)
        serve_with(world, TELEPHONE, 1)
        assert look(world) == 0
        assert listed(world, owner) == []


def test_what_is_written_meanwhile_is_looked_at_when_it_has_settled(world: World, owner: Caller) -> None:
    serve_with(world, TELEPHONE, 4)
    with world.units() as uow:
        assert anomalies.look_for_anomalies(uow) == 0
    assert look(world) == 1


def test_of_an_erased_person_nothing_is_left_to_look_into(world: World, owner: Caller) -> None:
    shift = ShiftState(
        shift_id=world.shift, starts_at=SHIFT_STARTS, ends_at=SHIFT_STARTS + timedelta(hours=14), capacity=30
    )
    world.hear(world.activity_state(shifts=[shift]), 2)
    served = world.volunteer()
    world.serve(served, 14 * 60)
    assert look(world) == 1
    with world.units() as uow:
        copying.erase_volunteer(received(VolunteerErased(volunteer_id=served, account_id=new_id()), 9), uow)
    assert listed(world, owner) == []
