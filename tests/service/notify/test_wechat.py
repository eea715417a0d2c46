"""Whoever has bound their WeChat: what comes there, what comes by SMS all the same, and what when it cannot come."""

from __future__ import annotations

import pytest

from services.attendance.events import StarAwarded
from services.chassis.ids import new_id
from services.notify import commands
from services.notify.domain import Channel, ErrorClass, Status
from services.notify.use_cases import preferences
from tests.service.notify.conftest import CIPHER, Notify, Person, acceptance
from tests.service.notify.test_delivery import reminder


@pytest.fixture
def follower(notify: Notify) -> Person:
    """A volunteer who has bound their WeChat."""
    somebody = Person(new_id(), new_id(), "13800000005")
    openid = CIPHER.encrypt("openid-5", f"contact:{somebody.account_id}")
    notify.receive(somebody.contact(wechat_openid_sealed=openid))
    return somebody


def arrived(notify: Notify) -> list[tuple[str, str]]:
    """(channel, address) of what has gone out."""
    return sorted((sent.channel, sent.recipient) for sent in notify.sent())


def test_what_the_notice_sends_by_sms_comes_by_sms_and_over_wechat(notify: Notify, follower: Person) -> None:
    notify.receive(acceptance(follower.volunteer_id))
    notify.deliver()
    assert arrived(notify) == [("sms", "13800000005"), ("wechat", "openid-5")]


def test_what_can_be_switched_off_comes_over_wechat_instead_of_by_sms(notify: Notify, follower: Person) -> None:
    notify.receive(reminder(notify, follower.volunteer_id))
    notify.receive(StarAwarded(volunteer_id=follower.volunteer_id, stars=1, hours=100))
    notify.deliver()
    assert arrived(notify) == [("wechat", "openid-5"), ("wechat", "openid-5")]


def test_whoever_no_longer_follows_gets_the_sms_after_all_and_once(notify: Notify, follower: Person) -> None:
    notify.wechat.moods = [(ErrorClass.UNREACHABLE, "43004"), (ErrorClass.UNREACHABLE, "43004")]
    event = reminder(notify, follower.volunteer_id)
    event_id = notify.receive(event)
    notify.receive(acceptance(follower.volunteer_id))
    notify.deliver()
    notify.receive(event, event_id=event_id)
    notify.deliver()
    assert arrived(notify) == [("sms", "13800000005"), ("sms", "13800000005")]
    assert {message.status for message in notify.messages(Channel.WECHAT)} == {Status.FAILED}


def test_whoever_wants_no_sms_gets_none_when_wechat_fails(notify: Notify, follower: Person) -> None:
    unwanted = commands.SwitchedOff(template="shift_reminder", channel="sms")
    with notify.units(follower.caller) as uow:
        preferences.put_preferences(commands.PutPreferences(switched_off=[unwanted]), uow)
    notify.wechat.moods = [(ErrorClass.UNREACHABLE, "43004")]
    notify.receive(reminder(notify, follower.volunteer_id))
    notify.deliver()
    assert arrived(notify) == []


def test_whoever_wants_no_wechat_gets_the_sms_that_it_would_have_replaced(notify: Notify, follower: Person) -> None:
    unwanted = commands.SwitchedOff(template="shift_reminder", channel="wechat")
    with notify.units(follower.caller) as uow:
        preferences.put_preferences(commands.PutPreferences(switched_off=[unwanted]), uow)
    notify.receive(reminder(notify, follower.volunteer_id))
    notify.deliver()
    assert arrived(notify) == [("sms", "13800000005")]
