"""What is held: at night, and when an organization has sent its share of the day."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from services.activity.events import InvitationSent
from services.chassis.ids import new_id
from services.notify.domain import ErrorClass, Status
from tests.service.notify.conftest import Notify, Person, acceptance, code_request

_DAY = timedelta(days=1)


def invitation(notify: Notify, volunteer_id: str, organization_id: str) -> InvitationSent:
    """An organization invites somebody to next week's activity."""
    return InvitationSent(
        invitation_id=new_id(), activity_id=new_id(), volunteer_id=volunteer_id, organization_id=organization_id,
        organization_name="示例志愿者协会", title="植树", starts_at=notify.clock.now() + 7 * _DAY,
    )  # fmt: skip


def test_at_night_only_codes_and_what_begins_soon_make_a_phone_buzz(notify: Notify, person: Person) -> None:
    notify.clock.advance(hours=13)  # 23:00 in Shanghai
    notify.receive(acceptance(person.volunteer_id, title="周末", starts_at=notify.clock.now() + 3 * _DAY))
    notify.receive(acceptance(person.volunteer_id, title="明早", starts_at=notify.clock.now() + _DAY / 3))
    notify.receive(code_request(notify.clock.now()))
    notify.deliver()
    assert ["周末" in sent.text for sent in notify.sent()] == [False, False]

    notify.clock.advance(hours=9)
    notify.deliver()
    assert "周末" in notify.sent()[-1].text
    assert {message.attempts for message in notify.messages()} == {0}, "waiting is no failed attempt"


def test_what_is_above_an_organizations_budget_waits_for_tomorrow_and_the_others_do_not(
    notify: Notify, person: Person
) -> None:
    eager, modest = new_id(), new_id()
    for organization_id in (eager, eager, eager, modest):
        notify.receive(invitation(notify, person.volunteer_id, organization_id))
    notify.receive(acceptance(person.volunteer_id))
    notify.deliver()
    waiting = [message for message in notify.messages() if message.status == Status.QUEUED]
    assert [message.organization_id for message in waiting] == [eager], "the budget of these tests is two segments"
    assert {message.cost for message in notify.messages()} == {Decimal("0.05"), None}

    notify.clock.advance(hours=22)
    notify.deliver()
    assert {message.status for message in notify.messages()} == {Status.SENT}


def test_a_second_attempt_takes_nothing_more_from_the_budget(notify: Notify, person: Person) -> None:
    organization_id = new_id()
    notify.provider.moods = [(ErrorClass.TEMPORARY, "down")]
    for _ in range(2):
        notify.receive(invitation(notify, person.volunteer_id, organization_id))
    notify.deliver()
    notify.clock.advance(seconds=2)
    notify.deliver()
    assert len(notify.sent()) == 2
