"""Copies of other services' state, whatever the order in which events arrive."""

from __future__ import annotations

import pytest

from services.activity.errors import EnrollmentNeedsActiveVolunteer
from services.activity.use_cases import copies
from services.identity.events import VolunteerErased
from tests.service.activity.conftest import World


def test_older_news_of_a_volunteer_changes_nothing(world: World) -> None:
    activity = world.published()
    person = world.volunteer(status="suspended", version=5)
    world.hear_again(person, status="active", version=4)
    with pytest.raises(EnrollmentNeedsActiveVolunteer):
        world.enroll(person, activity)
    world.hear_again(person, status="active", version=6)
    assert world.enroll(person, activity)["status"] == "accepted"


def test_who_was_erased_stays_erased_even_if_older_news_comes_afterwards(world: World) -> None:
    person = world.volunteer(version=1)
    erased = VolunteerErased(volunteer_id=str(person.volunteer_id), account_id=str(person.account_id))
    world.forget(person)
    world.hears(copies.erase_volunteer, erased, version=3)
    world.hear_again(person, status="active", version=2)
    assert world.name_of(person) == ""
