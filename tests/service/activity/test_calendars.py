"""One's shifts as a calendar, read back as a phone would read it."""

from __future__ import annotations

from typing import Any

import pytest
from icalendar import Calendar

from services.activity import commands
from services.activity.models import CalendarToken
from services.activity.use_cases import calendars, copies
from services.chassis.context import ANONYMOUS, Caller
from services.chassis.errors import NotFound
from services.identity.events import VolunteerErased
from tests.service.activity.conftest import World
from tests.service.activity.test_amending import later


def token_for(world: World, volunteer: Caller) -> str:
    """A new address of the volunteer's calendar."""
    with world.units(volunteer) as uow:
        return str(calendars.create_token(commands.CreateCalendarToken(), uow)["token"])


def text_at(world: World, token: str) -> str:
    """What stands at an address, for whoever asks."""
    with world.units(ANONYMOUS) as uow:
        return str(calendars.read_calendar(commands.ReadCalendar(token=token), uow)["calendar"])


def events_at(world: World, token: str) -> list[Any]:
    """The same, read back."""
    return list(Calendar.from_ical(text_at(world, token)).walk("VEVENT"))


def standings(world: World, token: str) -> list[str]:
    """The state of each entry."""
    return [str(event["STATUS"]) for event in events_at(world, token)]


def test_an_accepted_shift_says_when_where_and_as_what(world: World) -> None:
    volunteer = world.volunteer()
    activity = world.published(shifts=[world.shift(role="引导员")], location={"latitude": 23.13, "longitude": 113.26})
    enrollment = world.enroll(volunteer, activity)
    (event,) = events_at(world, token_for(world, volunteer))
    (shift,) = activity["shifts"]
    assert (event.start, event.end) == (shift["starts_at"], shift["ends_at"])
    assert (str(event["SUMMARY"]), str(event["LOCATION"])) == (activity["title"], activity["address"])
    assert event["GEO"].to_ical() == "23.13;113.26"
    assert enrollment["enrollment_id"] in event["UID"]
    description = str(event["DESCRIPTION"])
    assert all(part in description for part in ("引导员", activity["contact"], activity["description"]))
    assert event["STATUS"] == "CONFIRMED"


def test_what_is_not_decided_is_tentative_and_who_waits_has_nothing_in_it(world: World) -> None:
    volunteer, holder = world.volunteer(), world.volunteer()
    token = token_for(world, volunteer)
    world.enroll(volunteer, world.published(approval="manual"))
    assert standings(world, token) == ["TENTATIVE"]
    full = world.published(shifts=[world.shift(starts=96)])
    held = world.enroll(holder, full)
    world.enroll(volunteer, full)
    assert standings(world, token) == ["TENTATIVE"]
    world.withdraw(holder, held)  # the place is offered now
    assert standings(world, token) == ["TENTATIVE", "TENTATIVE"]


def test_what_will_not_be_is_cancelled_for_a_while_and_then_gone(world: World) -> None:
    volunteer = world.volunteer()
    token = token_for(world, volunteer)
    withdrawn = world.published(shifts=[world.shift(starts=24 * 30)])
    revoked = world.published(shifts=[world.shift(starts=24 * 31)])
    enrollment = world.enroll(volunteer, withdrawn)
    world.enroll(volunteer, revoked)
    world.withdraw(volunteer, enrollment)
    world.revoke(revoked["activity_id"])
    assert standings(world, token) == ["CANCELLED", "CANCELLED"]
    world.clock.advance(days=14)
    assert standings(world, token) == []


def test_who_withdrew_and_came_again_has_one_entry(world: World) -> None:
    volunteer = world.volunteer()
    activity = world.published()
    world.withdraw(volunteer, world.enroll(volunteer, activity))
    world.enroll(volunteer, activity)
    assert standings(world, token_for(world, volunteer)) == ["CONFIRMED"]


def test_an_entry_keeps_its_name_and_every_change_of_it_counts_up(world: World) -> None:
    volunteer = world.volunteer()
    token = token_for(world, volunteer)
    activity = world.published(approval="manual")
    enrollment = world.enroll(volunteer, activity)
    seen = [events_at(world, token)[0]]
    for change in (
        lambda: world.decide(enrollment, accept=True),
        lambda: world.edit(activity["activity_id"], shifts=later(activity, 1, 0)),
        lambda: world.revoke(activity["activity_id"]),
    ):
        world.clock.advance(minutes=5)
        change()
        seen.append(events_at(world, token)[0])
    assert len({str(event["UID"]) for event in seen}) == 1
    for name in ("SEQUENCE", "LAST-MODIFIED"):
        values = [event[name].dt if name == "LAST-MODIFIED" else int(event[name]) for event in seen]
        assert values == sorted(set(values)), name
    assert (seen[1].start, seen[3].start) == (seen[0].start, seen[2].start)


def test_nothing_new_reads_the_same_and_what_is_long_past_is_gone(world: World) -> None:
    volunteer = world.volunteer()
    token = token_for(world, volunteer)
    world.enroll(volunteer, world.published())
    first = text_at(world, token)
    world.clock.advance(days=60)
    assert text_at(world, token) == first
    world.clock.advance(days=40)
    assert standings(world, token) == []


def test_a_calendar_holds_nobody_elses_shifts(world: World) -> None:
    activity = world.published(shifts=[world.shift(capacity=2)])
    world.enroll(world.volunteer(), activity)
    assert events_at(world, token_for(world, world.volunteer())) == []


def test_a_new_address_replaces_the_old_one_and_a_closed_one_leads_nowhere(world: World) -> None:
    volunteer = world.volunteer()
    old = token_for(world, volunteer)
    new = token_for(world, volunteer)
    for unknown in (old, "x" * 43):
        with pytest.raises(NotFound):
            text_at(world, unknown)
    assert events_at(world, new) == []
    for _ in range(2):
        with world.units(volunteer) as uow:
            calendars.revoke_token(commands.RevokeCalendarToken(), uow)
    with pytest.raises(NotFound):
        text_at(world, new)


def test_the_address_is_kept_as_a_digest_and_leaves_with_the_person(world: World) -> None:
    volunteer = world.volunteer()
    token = token_for(world, volunteer)
    with world.units() as uow:
        assert token.encode() not in uow.session.get_one(CalendarToken, volunteer.volunteer_id).token_hash
    erased = VolunteerErased(volunteer_id=str(volunteer.volunteer_id), account_id=str(volunteer.account_id))
    world.hears(copies.erase_volunteer, erased, 2)
    with pytest.raises(NotFound):
        text_at(world, token)
