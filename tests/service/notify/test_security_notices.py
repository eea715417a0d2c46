"""Somebody touches the locks of an account: whoever owns it hears of it over every channel that a thief has not got."""

from __future__ import annotations

import dataclasses

import pytest

from services.chassis.events import Received
from services.chassis.ids import new_id
from services.identity.events import AccountSecurityNotice, ContactReplaced
from services.notify.domain import Channel
from services.notify.use_cases import telling
from tests.service.notify.conftest import CIPHER, Notify, Person


def with_mailbox(notify: Notify) -> Person:
    somebody = Person(new_id(), new_id(), "13800000009")
    notify.receive(somebody.contact(email_sealed=CIPHER.encrypt("kapok@example.org", f"contact:{somebody.account_id}")))
    return somebody


def ways(notify: Notify) -> list[tuple[str, str]]:
    notify.deliver()
    return sorted((m.channel, m.recipient) for m in notify.sent())


def test_a_security_notice_goes_by_email_as_well_to_whoever_has_a_mailbox(notify: Notify, person: Person) -> None:
    somebody = with_mailbox(notify)
    for account_id in (somebody.account_id, person.account_id):
        notify.receive(
            AccountSecurityNotice(account_id=account_id, notice="login_locked", happened_at=notify.clock.now())
        )
    assert ways(notify) == [("email", "kapok@example.org"), ("sms", person.phone), ("sms", somebody.phone)]
    assert {m.template for m in notify.messages(Channel.INBOX)} == {"security_login_locked"}


def test_where_nobody_takes_mails_none_is_tried(notify: Notify) -> None:
    somebody = with_mailbox(notify)
    event = AccountSecurityNotice(account_id=somebody.account_id, notice="login_locked", happened_at=notify.clock.now())
    received = Received(new_id(), "identity", event.wire_type(), event.subject, notify.clock.now(), 1, "", event, False)
    with notify.units() as uow:
        uow.settings = dataclasses.replace(uow.settings, email_provider="none")
        telling.tell(received, uow)
    assert ways(notify) == [("sms", somebody.phone)]


@pytest.mark.parametrize(
    ("channel", "old", "told"),
    [
        ("sms", "13700000001", [("email", "kapok@example.org"), ("sms", "13700000001")]),
        ("email", "old@example.org", [("email", "old@example.org"), ("sms", "13800000009")]),
    ],
)
def test_a_replaced_contact_is_told_to_the_old_one_and_over_every_channel_that_is_not_new(
    notify: Notify, channel: str, old: str, told: list[tuple[str, str]]
) -> None:
    somebody = with_mailbox(notify)
    sealed = CIPHER.encrypt(old, f"old_contact:{somebody.account_id}")
    event = ContactReplaced(
        account_id=somebody.account_id, channel=channel, old_sealed=sealed, happened_at=notify.clock.now()
    )
    notify.receive(event, event_id=(event_id := new_id()))
    notify.receive(event, event_id=event_id)
    assert ways(notify) == told
    assert [m.template for m in notify.messages(Channel.INBOX)] == ["contact_replaced"]
