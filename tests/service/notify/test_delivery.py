"""From an event to a provider that has taken the message, whatever happens on the way."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.activity.events import EnrollmentReminderDue
from services.chassis.ids import new_id
from services.notify import commands
from services.notify.domain import MAX_ATTEMPTS, Channel, ErrorClass, Status
from services.notify.models import Message
from services.notify.use_cases import delivery, preferences
from tests.service.notify.conftest import CIPHER, Notify, Person, acceptance, code_request


def test_a_code_goes_to_its_number_and_leaves_no_trace_in_the_row(notify: Notify) -> None:
    notify.receive(code_request(notify.clock.now()))
    notify.deliver()
    (sent,) = notify.sent()
    assert (sent.recipient, sent.channel) == ("13900000002", "sms")
    assert "246810" in sent.text
    assert "5分钟" in sent.text
    (message,) = notify.messages()
    assert message.secrets_sealed is None
    assert message.recipient_masked == "139****0002"
    assert "246810" not in str(message.parameters)


def test_a_code_by_mail_goes_to_the_mail_address(notify: Notify) -> None:
    notify.receive(code_request(notify.clock.now(), channel="email", recipient="someone@example.org"))
    notify.deliver()
    assert [(m.recipient, m.channel) for m in notify.sent()] == [("someone@example.org", "email")]


def test_a_stale_code_is_dropped(notify: Notify) -> None:
    notify.receive(code_request(notify.clock.now()))
    notify.clock.advance(minutes=5)
    notify.deliver()
    assert notify.sent() == []
    (message,) = notify.messages()
    assert (message.status, message.failure, message.secrets_sealed) == (Status.FAILED, "stale", None)


def test_codes_go_before_news_that_has_waited_longer(notify: Notify, person: Person) -> None:
    notify.receive(acceptance(person.volunteer_id))
    notify.clock.advance(seconds=1)
    notify.receive(code_request(notify.clock.now()))
    notify.deliver()
    with notify.units() as uow:
        order = uow.session.scalars(sa.select(Message.template).order_by(Message.priority)).all()
    assert order[0] == "verification_code"
    assert len(notify.sent()) == 2


def test_the_same_event_twice_makes_one_message_a_channel(notify: Notify, person: Person) -> None:
    event = acceptance(person.volunteer_id)
    event_id = notify.receive(event)
    notify.receive(event, event_id=event_id)
    notify.deliver()
    assert len(notify.sent()) == 1
    assert len(notify.messages(Channel.INBOX)) == 1


def test_what_is_told_again_for_lost_copies_is_no_news(notify: Notify, person: Person) -> None:
    notify.receive(acceptance(person.volunteer_id), restated=True)
    assert notify.messages() == []

    notify.receive(acceptance(person.volunteer_id))
    assert len(notify.messages()) == 1


def test_a_message_waits_for_a_contact_that_has_not_arrived(notify: Notify) -> None:
    late = Person(new_id(), new_id(), "13800000003")
    notify.receive(acceptance(late.volunteer_id))
    notify.deliver()
    assert notify.sent() == []
    notify.receive(late.contact())
    notify.clock.advance(seconds=2)
    notify.deliver()
    assert [m.recipient for m in notify.sent()] == ["13800000003"]


def test_whoever_has_no_number_is_not_tried_again(notify: Notify) -> None:
    somebody = Person(new_id(), new_id(), "-")
    notify.receive(somebody.contact(phone_sealed=None))
    notify.receive(acceptance(somebody.volunteer_id))
    notify.deliver()
    (message,) = notify.messages()
    assert (message.status, message.failure) == (Status.FAILED, "no_address")


def test_an_older_contact_does_not_replace_a_newer_one(notify: Notify, person: Person) -> None:
    moved = Person(person.account_id, person.volunteer_id, "13800000009")
    notify.receive(moved.contact(), version=3)
    notify.receive(person.contact(), version=2)
    notify.receive(acceptance(person.volunteer_id))
    notify.deliver()
    assert [m.recipient for m in notify.sent()] == ["13800000009"]


def test_english_readers_get_english_words_and_times(notify: Notify, person: Person) -> None:
    notify.receive(person.contact(locale="en"), version=2)
    notify.receive(acceptance(person.volunteer_id, title="Clean-up day"))
    notify.deliver()
    assert "You are accepted for “Clean-up day”, starting 5 March 14:30" in notify.sent()[0].text


@pytest.mark.parametrize(
    ("failures", "seconds", "expected"),
    [
        ([(ErrorClass.TEMPORARY, "throttled")], 2, Status.SENT),
        ([(ErrorClass.PERMANENT, "daily_limit")], 2, Status.FAILED),
        ([RuntimeError("a bug in the provider")], 2, Status.SENT),
        ([(ErrorClass.TEMPORARY, "throttled")], 1, Status.QUEUED),
    ],
)
def test_only_temporary_failures_are_tried_again_and_only_after_a_while(
    notify: Notify, person: Person, failures: list[Any], seconds: int, expected: Status
) -> None:
    notify.provider.moods = list(failures)
    notify.receive(acceptance(person.volunteer_id))
    notify.deliver()
    notify.clock.advance(seconds=seconds)
    notify.deliver()
    assert notify.messages()[0].status == expected


def test_a_message_is_given_up_after_its_last_attempt_and_that_is_told(notify: Notify, person: Person) -> None:
    notify.provider.moods = [(ErrorClass.TEMPORARY, "throttled")] * MAX_ATTEMPTS
    notify.receive(acceptance(person.volunteer_id))
    for _ in range(2 * MAX_ATTEMPTS):
        notify.deliver()
        notify.clock.advance(hours=9)  # some fall into quiet hours
    (message,) = notify.messages()
    assert (message.status, message.failure, notify.provider.attempts) == (Status.FAILED, "throttled", MAX_ATTEMPTS)
    assert [e["data"]["reason"] for e in notify.units.published("message.failed")] == ["throttled"]


def test_one_failing_batch_does_not_hold_up_the_next(notify: Notify, person: Person) -> None:
    notify.provider.moods = [RuntimeError("broken"), None]
    for title in ("社区清洁日", "图书整理"):
        notify.receive(acceptance(person.volunteer_id, title=title))
    notify.deliver()
    assert len(notify.sent()) == 1


def test_an_unreadable_message_is_given_up_and_not_first_in_line_for_ever(notify: Notify, person: Person) -> None:
    wrong_place = CIPHER.encrypt(person.phone, "contact:somebody else's row")
    notify.receive(person.contact(phone_sealed=wrong_place), version=2)
    notify.receive(acceptance(person.volunteer_id))
    notify.receive(code_request(notify.clock.now()))
    notify.deliver()
    assert len(notify.sent()) == 1
    assert notify.messages()[0].failure == "unreadable"


def test_a_provider_that_is_down_for_an_hour_costs_nobody_their_message(notify: Notify, person: Person) -> None:
    for title in "甲乙丙丁戊己庚":
        notify.receive(acceptance(person.volunteer_id, title=title))
    notify.provider.down = True
    for _ in range(60):
        notify.deliver()
        notify.clock.advance(minutes=1)
    notify.provider.down = False
    for _ in range(4):
        notify.deliver()
        notify.clock.advance(hours=1)
    assert {message.status for message in notify.messages()} == {Status.SENT}
    assert len(notify.sent()) == 7


@pytest.mark.parametrize(("channel", "recipient"), [("sms", "1390000{:04}"), ("email", "reader{}@example.org")])
def test_codes_around_an_outage_are_all_sent_and_those_asked_for_after_it_within_two_seconds(
    notify: Notify, channel: str, recipient: str
) -> None:
    provider = {"sms": notify.provider, "email": notify.mail}[channel]
    began, asked = notify.clock.now(), {}
    down = (began + timedelta(seconds=10), began + timedelta(seconds=70))
    for tick in range(180):  # a minute and a half of sweeps; a code every two seconds
        if tick % 4 == 0:
            to = recipient.format(tick)
            asked[to] = notify.clock.now()
            notify.receive(code_request(notify.clock.now(), channel=channel, recipient=to))
        provider.down = down[0] <= notify.clock.now() < down[1]
        notify.deliver()
        notify.clock.advance(seconds=0.5)
    waits = {sent.recipient: (sent.at - asked[sent.recipient]).total_seconds() for sent in notify.sent()}
    assert waits.keys() == asked.keys()
    assert max(wait for to, wait in waits.items() if asked[to] >= down[1]) < 2
    assert max((sent.at - down[1]).total_seconds() for sent in notify.sent() if asked[sent.recipient] < down[1]) <= 8
    assert provider.attempts < len(asked) + 70  # a request a second


def test_a_crash_between_hand_over_and_mark_sends_nothing_twice(notify: Notify, person: Person) -> None:
    notify.provider.dies_after_sending = True
    notify.receive(acceptance(person.volunteer_id))
    with pytest.raises(KeyboardInterrupt):
        notify.deliver()
    assert notify.messages()[0].status == Status.SENDING
    notify.provider.dies_after_sending = False

    notify.clock.advance(seconds=30)
    notify.deliver()
    assert notify.provider.attempts == 1, "it may still be on its way"

    notify.clock.advance(seconds=31)
    notify.deliver()
    assert notify.provider.attempts == 2
    assert len(notify.sent()) == 1, "the provider knows the id"
    assert notify.messages()[0].status == Status.SENT


def test_two_replicas_share_the_work_and_send_everything_once(notify: Notify, person: Person) -> None:
    for _ in range(40):
        notify.receive(acceptance(person.volunteer_id))
    threads = [threading.Thread(target=notify.deliver) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(notify.sent()) == 40
    assert notify.provider.attempts == 40


def test_all_that_is_due_is_sent_in_one_sweep(notify: Notify, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "TAKEN_AT_ONCE", 10)
    for _ in range(25):
        notify.receive(acceptance(person.volunteer_id))
    notify.deliver()
    assert len(notify.sent()) == 25


def test_messages_with_the_same_words_go_to_the_provider_together(notify: Notify) -> None:
    people = [Person(new_id(), new_id(), f"1380000001{n}") for n in range(3)]
    for somebody, locale in zip(people, ("zh", "zh", "en"), strict=True):
        notify.receive(somebody.contact(locale=locale))
        notify.receive(acceptance(somebody.volunteer_id))
    notify.receive(acceptance(people[0].volunteer_id, title="另一个活动"))
    notify.deliver()
    groups = [sorted(to.address[-1] for to in batch.recipients) for batch in notify.provider.batches]
    assert sorted(groups) == [["0"], ["0", "1"], ["2"]]
    assert notify.provider.batches[0].parameters["starts_at"] == "3月5日 14:30", "as people read it"


def reminder(notify: Notify, volunteer_id: str) -> EnrollmentReminderDue:
    """A shift of theirs starts in two hours."""
    starts_at = notify.clock.now() + timedelta(hours=2)
    return EnrollmentReminderDue(
        enrollment_id=new_id(), activity_id=new_id(), shift_id=new_id(), volunteer_id=volunteer_id,
        title="越秀公园环境清洁", address="解放北路988号正门", starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=3),
        role="引导员", hours=2,
    )  # fmt: skip


def test_a_reminder_says_what_when_where_and_as_what(notify: Notify, person: Person) -> None:
    notify.receive(reminder(notify, person.volunteer_id))
    notify.deliver()
    (sent,) = notify.sent()
    assert all(part in sent.text for part in ("越秀公园环境清洁", "3月2日 12:00", "解放北路988号正门", "引导员"))


def test_a_reminder_is_not_sent_once_the_shift_has_begun(notify: Notify, person: Person) -> None:
    notify.receive(reminder(notify, person.volunteer_id))
    notify.clock.advance(hours=2)
    notify.deliver()
    assert notify.sent() == []
    assert [message.failure for message in notify.messages()] == ["stale"]


def test_whoever_wants_no_reminder_by_sms_finds_it_in_the_inbox_alone(notify: Notify, person: Person) -> None:
    unwanted = commands.SwitchedOff(template="shift_reminder", channel="sms")
    with notify.units(person.caller) as uow:
        preferences.put_preferences(commands.PutPreferences(switched_off=[unwanted]), uow)
    notify.receive(reminder(notify, person.volunteer_id))
    notify.deliver()
    assert notify.sent() == []
    assert [message.template for message in notify.messages(Channel.INBOX)] == ["shift_reminder"]
