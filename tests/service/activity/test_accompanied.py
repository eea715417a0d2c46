"""Whoever is too young to come alone says who comes along; the organizers see it, and nobody after an erasure."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.activity.models import Enrollment
from services.activity.schemas import enrollments as schemas
from services.activity.use_cases import copies, reading
from services.chassis.clock import local_day
from services.chassis.errors import Invalid
from services.identity.events import VolunteerErased
from tests.service.activity.conftest import World

ADULT = "林守护"


def list_of(world: World, activity: dict[str, Any]) -> list[dict[str, Any]]:
    """What the organizers see."""
    request = schemas.ListEnrollments().parse({"activity_id": activity["activity_id"]})
    with world.units(world.administrator(world.team)) as uow:
        listed = reading.list_enrollments(request, uow)
        return list(schemas.EnrollmentPage().dump(listed)["items"])


def day_of_shift(world: World) -> date:
    return local_day(world.at(hours=48))


def test_a_child_enrolls_with_an_adult_whom_the_organizers_see(world: World) -> None:
    activity = world.published()
    child = world.volunteer(accompanied_until=date(2030, 5, 1))
    for others in ({}, {"accompanied_by": None}):
        with pytest.raises(Invalid) as refusal:
            world.enroll(child, activity, **others)
        assert [(e.field, e.code) for e in refusal.value.errors] == [("accompanied_by", "companion_required")]
    assert world.enroll(child, activity, accompanied_by=ADULT)["accompanied_by"] == ADULT
    (shown,) = list_of(world, activity)
    assert (shown["must_be_accompanied"], shown["accompanied_by"]) == (True, ADULT)


@pytest.mark.parametrize("until", [None, "the day of the shift"])
def test_of_whoever_comes_alone_no_companion_is_kept(world: World, until: str | None) -> None:
    activity = world.published()
    person = world.volunteer(accompanied_until=until and day_of_shift(world))
    assert world.enroll(person, activity, accompanied_by=ADULT)["accompanied_by"] is None
    (shown,) = list_of(world, activity)
    assert (shown["must_be_accompanied"], shown["accompanied_by"]) == (False, None)


def test_the_name_is_sealed_and_forgotten_with_the_child(world: World) -> None:
    child = world.volunteer(accompanied_until=date(2030, 5, 1))
    enrollment = world.enroll(child, world.published(), accompanied_by=ADULT)
    with world.units() as uow:
        assert ADULT not in uow.session.get_one(Enrollment, enrollment["enrollment_id"]).accompanied_by_sealed
    erased = VolunteerErased(volunteer_id=str(child.volunteer_id), account_id=str(child.account_id))
    world.hears(copies.erase_volunteer, erased, version=2)
    with world.units() as uow:
        assert uow.session.get_one(Enrollment, enrollment["enrollment_id"]).accompanied_by_sealed is None


def test_a_changed_age_arrives_by_what_is_told_again(world: World) -> None:
    activity = world.published(shifts=[world.shift(capacity=2)])
    child = world.volunteer(version=3)
    world.hear_again(child, version=3, accompanied_until=date(2030, 5, 1))
    world.hear_again(child, version=2, restated=True, accompanied_until=date(2030, 5, 1))
    world.enroll(child, activity)
    assert not list_of(world, activity)[0]["must_be_accompanied"]
    world.hear_again(child, version=3, restated=True, accompanied_until=date(2030, 5, 1))
    assert list_of(world, activity)[0]["must_be_accompanied"]
