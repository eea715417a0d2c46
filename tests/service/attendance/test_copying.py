"""Copies of what others own: late, repeated and out of order, the newest state counts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.activity.events import EnrollmentChanged, ShiftState
from services.attendance import errors
from services.attendance.use_cases import copying
from services.chassis.context import Caller
from services.chassis.ids import new_id
from services.identity.events import VolunteerChanged, VolunteerErased
from tests.service.attendance.conftest import SHIFT_ENDS, SHIFT_STARTS, World, received


def volunteer_state(world: World, volunteer_id: str, *, verified: bool, name: str = "张小丰") -> VolunteerChanged:
    return VolunteerChanged(
        volunteer_id=volunteer_id,
        account_id=new_id(),
        volunteer_no="4401000001",
        name=name,
        status="active",
        birth_date=None,
        region="440100",
        organization_id=world.team,
        verified_in_person=verified,
    )


def test_an_older_state_that_comes_late_changes_nothing(world: World) -> None:
    volunteer_id = world.volunteer()
    world.hear(volunteer_state(world, volunteer_id, verified=True), version=5)
    world.hear(volunteer_state(world, volunteer_id, verified=False), version=4)

    assert world.scan(volunteer_id).status == "open"


def test_a_newer_state_counts_from_now_on(world: World) -> None:
    volunteer_id = world.volunteer(verified_in_person=False)
    with pytest.raises(errors.NotVerifiedInPerson):
        world.scan(volunteer_id)

    world.hear(volunteer_state(world, volunteer_id, verified=True), version=2)
    assert world.scan(volunteer_id).status == "open"


def test_whose_verification_was_revoked_is_not_timed_any_more_and_keeps_the_hours(world: World) -> None:
    volunteer_id = world.volunteer()
    assert world.serve(volunteer_id).minutes == 60

    world.hear(volunteer_state(world, volunteer_id, verified=False), version=2)
    with pytest.raises(errors.NotVerifiedInPerson):
        world.scan(volunteer_id)
    assert world.summary(volunteer_id)["total_minutes"] == 60


def test_who_is_not_known_yet_is_not_timed_yet(world: World) -> None:
    volunteer_id = new_id()
    world.accept(volunteer_id, world.shift)

    with pytest.raises(errors.NotVerifiedInPerson):
        world.scan(volunteer_id)


def test_a_place_that_was_withdrawn_does_not_come_back_with_a_late_event(world: World) -> None:
    volunteer_id = world.volunteer(accepted_for=None)
    accepted = EnrollmentChanged(
        enrollment_id=new_id(),
        activity_id=world.activity,
        shift_id=world.shift,
        volunteer_id=volunteer_id,
        status="accepted",
    )
    with world.units() as uow:
        copying.copy_enrollment(received(EnrollmentChanged(**{**vars(accepted), "status": "withdrawn"}), 2), uow)
        copying.copy_enrollment(received(accepted, 1), uow)

    with pytest.raises(errors.NotAccepted):
        world.scan(volunteer_id)


def test_an_activity_that_moved_takes_its_shifts_along(world: World) -> None:
    later = ShiftState(
        shift_id=world.shift,
        starts_at=SHIFT_STARTS + timedelta(hours=5),
        ends_at=SHIFT_ENDS + timedelta(hours=5),
        capacity=30,
    )
    volunteer_id = world.volunteer()
    world.hear(world.activity_state(shifts=[later]), version=3)
    world.hear(world.activity_state(), version=2)

    with pytest.raises(errors.WrongTime):
        world.scan(volunteer_id)
    world.clock.advance(hours=5)
    assert world.scan(volunteer_id).status == "open"


def test_an_erased_volunteer_leaves_hours_and_no_name(world: World) -> None:
    volunteer_id = world.volunteer()
    world.serve(volunteer_id)
    world.clock.advance(hours=3)
    world.disclose()
    account_id = new_id()
    objector = Caller(kind="volunteer", account_id=account_id, volunteer_id=volunteer_id)
    objection = world.object_to(None, objector)
    erased = received(VolunteerErased(volunteer_id=volunteer_id, account_id=account_id), 9)
    with world.units() as uow:
        copying.erase_volunteer(erased, uow)
    world.hear(volunteer_state(world, volunteer_id, verified=True), version=8)

    with world.units() as uow:
        volunteer = uow.copies.lock_volunteer(volunteer_id)
        kept = uow.objections.find(objection.id)
        assert volunteer is not None
        assert kept is not None
        assert (volunteer.name, volunteer.volunteer_no, volunteer.verified_in_person) == ("", "", False)
        assert (kept.text, kept.contact_sealed, kept.status) == ("", None, "open")
    assert world.summary(volunteer_id)["total_minutes"] == 60
    assert world.recount().sound
