"""What people see of their messages, what they may switch off, and what is left when they are erased."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from services.attendance.events import HoursRecorded, ObjectionResolved
from services.chassis.audit import AUDIT_LOG
from services.chassis.context import Caller
from services.chassis.errors import NotFound
from services.chassis.ids import new_id
from services.identity.events import AccountSecurityNotice, VolunteerErased
from services.notify import commands
from services.notify.domain import Channel, Status
from services.notify.errors import PreferenceFixed
from services.notify.models import ContactPoint
from services.notify.use_cases import inbox as inboxes
from services.notify.use_cases import preferences, reading
from services.organization.events import (
    AdministratorInvitationAnswered,
    AdministratorInvited,
    DelegationChanged,
    OrganizationRejected,
)
from tests.service.notify.conftest import CIPHER, Notify, Person, acceptance

PLATFORM = Caller(kind="platform", account_id=new_id())


def hours(volunteer_id: str, minutes: int) -> HoursRecorded:
    return HoursRecorded(
        record_id=new_id(),
        volunteer_id=volunteer_id,
        activity_id=new_id(),
        organization_id=new_id(),
        title="社区清洁日",
        minutes=minutes,
        provenance="scan",
        served_on="2026-03-05",
    )


def inbox(notify: Notify, person: Person) -> dict[str, Any]:
    with notify.units(person.caller) as uow:
        return inboxes.list_notifications(commands.ListNotifications(limit=20, cursor=None), uow)


def test_news_stands_in_the_inbox_and_costs_no_sms(notify: Notify, person: Person) -> None:
    notify.receive(hours(person.volunteer_id, 120))
    notify.deliver()
    assert notify.sent() == []
    page = inbox(notify, person)
    assert (page["unread"], "120分钟" in page["items"][0]["text"]) == (1, True)


def test_a_reversing_entry_is_told_as_a_correction(notify: Notify, person: Person) -> None:
    notify.receive(hours(person.volunteer_id, -30))
    assert "核减30分钟" in inbox(notify, person)["items"][0]["text"]


def test_a_notification_is_read_once_and_by_its_reader_only(notify: Notify, person: Person) -> None:
    notify.receive(hours(person.volunteer_id, 120))
    (shown,) = inbox(notify, person)["items"]
    read = commands.ReadNotification(notification_id=shown["id"])
    stranger = Person(new_id(), new_id(), "13800000005")
    with notify.units(stranger.caller) as uow, pytest.raises(NotFound):
        inboxes.read_notification(read, uow)
    with notify.units(person.caller) as uow:
        first = inboxes.read_notification(read, uow)["read_at"]
    notify.clock.advance(minutes=1)
    with notify.units(person.caller) as uow:
        assert inboxes.read_notification(read, uow)["read_at"] == first
    assert inbox(notify, person)["unread"] == 0


def test_whoever_is_invited_to_a_role_is_told_until_when_and_the_inviter_how_it_ended(
    notify: Notify, person: Person
) -> None:
    invitation = {"invitation_id": new_id(), "organization_id": new_id(), "organization_name": "示例志愿队"}
    owner = Person(new_id(), new_id(), "13800000006")
    notify.receive(owner.contact(volunteer_id=None))
    notify.receive(
        AdministratorInvited(
            **invitation, account_id=person.account_id, role="recorder",
            expires_at=datetime.fromisoformat("2026-03-19T14:30:00+08:00"),
        )
    )  # fmt: skip
    notify.receive(
        AdministratorInvitationAnswered(
            **invitation, account_id=owner.account_id, role="recorder", outcome="declined"
        )
    )  # fmt: skip
    notify.deliver()
    (sent,) = notify.sent()
    assert "“示例志愿队”邀请您担任考勤记录员，请在3月19日 14:30前" in sent.text
    assert "已被谢绝" in inbox(notify, owner)["items"][0]["text"]


def test_whoever_stands_in_is_told_by_sms_for_how_long_and_in_the_inbox_when_it_was_taken_back(
    notify: Notify, person: Person
) -> None:
    delegation: dict[str, Any] = {
        "delegation_id": new_id(),
        "organization_id": new_id(),
        "organization_name": "示例志愿队",
        "delegator_id": new_id(),
        "account_id": person.account_id,
        "starts_on": date(2026, 3, 5),
        "ends_on": date(2026, 3, 12),
        "created_at": notify.clock.now(),
    }
    notify.receive(DelegationChanged(**delegation, revoked=False))
    notify.deliver()
    (sent,) = notify.sent()
    assert "“示例志愿队”的审核人委托您自2026-03-05至2026-03-12代为审核" in sent.text
    notify.receive(DelegationChanged(**delegation, revoked=True))
    notify.deliver()
    assert len(notify.sent()) == 1
    assert "已撤回对您的代审委托" in inbox(notify, person)["items"][0]["text"]


def test_a_rejected_organization_is_told_why_by_sms(notify: Notify) -> None:
    owner = Person(new_id(), new_id(), "13800000006")
    notify.receive(owner.contact(volunteer_id=None))
    event = OrganizationRejected(
        organization_id=new_id(), name="示例志愿队", account_id=owner.account_id, reason="名称与已有组织重复"
    )
    notify.receive(event)
    notify.deliver()
    (sent,) = notify.sent()
    assert sent.recipient == "13800000006"
    assert "名称与已有组织重复" in sent.text


def test_whoever_objected_without_an_account_is_told_at_the_number_they_left(notify: Notify) -> None:
    administrator = Person(new_id(), new_id(), "13800000007")
    notify.receive(administrator.contact(volunteer_id=None))
    objection_id = new_id()
    notify.receive(
        ObjectionResolved(
            objection_id=objection_id,
            activity_id=new_id(),
            account_id=None,
            contact_sealed=CIPHER.encrypt("13700000008", f"objection:{objection_id}"),
            upheld=True,
            reason="签退时间有误",
        )
    )
    notify.deliver()
    assert [m.recipient for m in notify.sent()] == ["13700000008"]
    assert notify.messages(Channel.INBOX) == []


def switch_off(notify: Notify, person: Person, template: str, channel: str = "sms") -> dict[str, Any]:
    wanted = commands.PutPreferences(switched_off=[commands.SwitchedOff(template=template, channel=channel)])
    with notify.units(person.caller) as uow:
        return preferences.put_preferences(wanted, uow)


def test_what_is_switched_off_stays_in_the_inbox_and_sends_no_sms(notify: Notify, person: Person) -> None:
    shown = switch_off(notify, person, "objection_upheld")
    (off,) = (each for each in shown["items"] if not each["on"])
    assert (off["template"], off["channel"], off["fixed"], off["reason"]) == ("objection_upheld", "sms", False, None)
    fixed = {(each["template"], each["channel"]): each["reason"] for each in shown["items"] if each["fixed"]}
    assert "短信" in fixed["enrollment_accepted", "sms"]
    assert ("enrollment_accepted", "wechat") not in fixed
    assert "安全" in fixed["security_bound", "wechat"]
    assert "留存" in fixed["hours_recorded", "inbox"]
    notify.receive(
        ObjectionResolved(
            objection_id=new_id(),
            activity_id=new_id(),
            account_id=person.account_id,
            contact_sealed=None,
            upheld=True,
            reason="属实",
        )
    )
    notify.deliver()
    assert notify.sent() == []
    assert notify.messages()[0].status == Status.SUPPRESSED
    assert inbox(notify, person)["unread"] == 1


@pytest.mark.parametrize(
    ("template", "channel"),
    [
        ("enrollment_accepted", "sms"),
        ("verification_code", "sms"),
        ("objection_upheld", "inbox"),
        ("security_bound", "wechat"),
        ("hours_recorded", "sms"),
    ],
)
def test_what_the_notice_demands_cannot_be_switched_off(
    notify: Notify, person: Person, template: str, channel: str
) -> None:
    with pytest.raises(PreferenceFixed):
        switch_off(notify, person, template, channel)


def test_an_erased_person_is_forgotten_and_still_counted(notify: Notify, person: Person) -> None:
    notify.receive(acceptance(person.volunteer_id))
    notify.deliver()
    notify.receive(acceptance(person.volunteer_id))  # still queued when the person goes
    notify.receive(VolunteerErased(volunteer_id=person.volunteer_id, account_id=person.account_id))
    notify.deliver()
    assert notify.sent() == []  # the simulator's inbox forgets, too
    assert [m.status for m in notify.messages()] == [Status.SENT, Status.SUPPRESSED]
    assert all(m.parameters == {} and m.recipient_masked is None for m in notify.messages())
    with notify.units() as uow:
        contact = uow.session.get(ContactPoint, person.account_id)
        assert (contact.phone_sealed, contact.email_sealed) == (None, None)
        assert uow.session.scalars(sa.select(AUDIT_LOG.c.action)).all() == ["contact.erased"]


def test_a_contact_or_news_that_comes_after_the_erasure_brings_nobody_back(notify: Notify) -> None:
    gone = Person(new_id(), new_id(), "13800000004")
    notify.receive(VolunteerErased(volunteer_id=gone.volunteer_id, account_id=gone.account_id), version=9)
    notify.receive(gone.contact(), version=3)
    notify.receive(acceptance(gone.volunteer_id))
    notify.deliver()
    assert notify.sent() == []
    assert notify.messages() == notify.messages(Channel.INBOX) == []


def test_the_simulators_inbox_shows_the_newest_by_recipient_and_time(notify: Notify, person: Person) -> None:
    for title in ("一", "二", "三"):
        notify.receive(acceptance(person.volunteer_id, title=title))
        notify.deliver()
        notify.clock.advance(minutes=1)
    asked = commands.ListSimulatedMessages(recipient=person.phone, since=None, limit=2)
    with notify.units() as uow:
        shown = reading.list_simulated_messages(asked, uow)["items"]
    assert [("二" in m.text, "三" in m.text) for m in shown] == [(True, False), (False, True)]
    since = commands.ListSimulatedMessages(recipient=None, since=shown[-1].at, limit=100)
    with notify.units() as uow:
        assert len(reading.list_simulated_messages(since, uow)["items"]) == 1


def test_a_security_notice_goes_by_sms_and_cannot_be_switched_off(notify: Notify, person: Person) -> None:
    with pytest.raises(PreferenceFixed):
        switch_off(notify, person, "security_login_locked")
    notify.receive(
        AccountSecurityNotice(account_id=person.account_id, notice="login_locked", happened_at=notify.clock.now())
    )
    notify.deliver()
    assert ["暂时锁定" in sent.text for sent in notify.sent()] == [True]
    assert inbox(notify, person)["unread"] == 1
