"""Notify on a scratch database: events as they arrive, and providers that can be told to fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.activity.events import EnrollmentAccepted
from services.chassis.clock import FixedClock
from services.chassis.context import Caller
from services.chassis.crypto import FieldCipher, KeyRing
from services.chassis.events import Event, Received
from services.chassis.ids import new_id
from services.chassis.testing.units import Units, test_key
from services.identity.events import CodeRequested, ContactChanged, VolunteerErased, WechatMessageReported
from services.notify.domain import CODES, OTHERS, Channel, ErrorClass, Patience, Share
from services.notify.models import Message, SimulatedMessage
from services.notify.providers.base import Batch, Provider, Recipient, Refused, Taken
from services.notify.providers.table import TableSimulator
from services.notify.repository import UNIT_OF_WORK
from services.notify.settings import SETTINGS
from services.notify.use_cases import codes, contacts, delivery, receipts, telling
from services.notify.use_cases.handing_over import Breakers, Desk

ENVIRONMENT = {
    "ZHIYUAN_MESSAGE_KEYS": test_key("m"),
    "ZHIYUAN_SMS_PROVIDERS": "simulator",
    "ZHIYUAN_EMAIL_PROVIDER": "simulator",
    "ZHIYUAN_WECHAT_PROVIDER": "simulator",
    "ZHIYUAN_SMS_PRICES": "moody:0.05",
    "ZHIYUAN_SMS_DAILY_BUDGET": "2",
    "ZHIYUAN_SMS_PARAMETER_LENGTHS": "simulator:30",
    "ZHIYUAN_TENCENT_CALLBACK_SECRET": "told-tencent",
    "ZHIYUAN_ALIYUN_CALLBACK_SECRET": "told-aliyun",
}
CIPHER = FieldCipher(KeyRing.parse(test_key("m")))


@dataclass
class MoodyProvider:
    """The simulator, except that each number it is given takes the next of ``moods``: a refusal, a fault, or None."""

    simulator: TableSimulator
    moods: list[tuple[ErrorClass, str] | BaseException | None] = field(default_factory=list)
    down: bool = False
    dies_after_sending: bool = False
    attempts: int = 0
    batches: list[Batch] = field(default_factory=list)
    name: str = "moody"
    channel: Channel = Channel.SMS
    batch_limit: int = 100

    def send(self, batch: Batch, now: datetime) -> list[Taken | Refused]:
        """Take the messages, or do what was arranged."""
        self.batches.append(batch)
        answers = [self._answer(to) for to in batch.recipients]
        taken = {answer.message_id for answer in answers if isinstance(answer, Taken)}
        recipients = tuple(to for to in batch.recipients if to.message_id in taken)
        kept = self.simulator.send(replace(batch, recipients=recipients), now) if recipients else []
        if self.dies_after_sending:
            raise KeyboardInterrupt
        by_id = {answer.message_id: answer for answer in kept}
        return [by_id.get(answer.message_id, answer) for answer in answers]

    def _answer(self, to: Recipient) -> Taken | Refused:
        self.attempts += 1
        mood = (ErrorClass.TEMPORARY, "down") if self.down else self.moods.pop(0) if self.moods else None
        if isinstance(mood, BaseException):
            raise mood
        return Taken(to.message_id, None) if mood is None else Refused(to.message_id, *mood)


class Notify:
    """A notify without Nameko: what its service class would do with each event and timer."""

    def __init__(self, units: Units) -> None:
        self.units = units
        self.clock = units.clock
        self.provider = MoodyProvider(TableSimulator(Channel.SMS, units))
        self.breakers = Breakers()
        self.wechat = MoodyProvider(TableSimulator(Channel.WECHAT, units), channel=Channel.WECHAT)
        self.mail = MoodyProvider(TableSimulator(Channel.EMAIL, units), channel=Channel.EMAIL)

    def receive(self, event: Event, *, version: int = 1, event_id: str | None = None, restated: bool = False) -> str:
        """Handle ``event``; answers its id."""
        event_id = event_id or new_id()
        received = Received(
            event_id, event.source(), event.wire_type(), event.subject, self.clock.now(), version, "", event, restated
        )
        handlers: dict[type[Event], Callable[[Any, Any], None]] = {
            CodeRequested: codes.send_code,
            ContactChanged: contacts.keep_contact,
            VolunteerErased: contacts.forget,
            WechatMessageReported: receipts.take_wechat,
        }
        with self.units() as uow:
            handlers.get(type(event), telling.tell)(received, uow)
        return event_id

    def deliver(self) -> None:
        """What the timers do."""
        with self.units() as uow:
            delivery.queue_abandoned(uow)
        desks = {
            delivery.SMS_CODES: self.desk(self.provider, patience=CODES),
            delivery.SMS: self.desk(self.provider),
            delivery.EMAIL_CODES: self.desk(self.mail, patience=CODES),
            delivery.EMAIL: self.desk(self.mail),
            delivery.WECHAT: self.desk(self.wechat),
        }
        for lane, desk in reversed(desks.items()):
            delivery.deliver_all_due(self.units.factory(), lane, desk)

    def desk(self, *providers: Provider, patience: Patience = OTHERS) -> Desk:
        """Where messages are handed to these."""
        return Desk({Share(provider.name, 1): provider for provider in providers}, self.breakers, patience)

    def sent(self) -> list[SimulatedMessage]:
        """What the simulator was given, oldest first."""
        with self.units() as uow:
            return list(uow.messages.simulated(None, None, 1000))

    def messages(self, channel: Channel = Channel.SMS) -> list[Message]:
        """Every message of a channel, oldest first."""
        with self.units() as uow:
            statement = sa.select(Message).where(Message.channel == channel).order_by(Message.created_at, Message.id)
            return list(uow.session.scalars(statement))


@pytest.fixture
def notify(scratch_database: Callable[[str], str], clock: FixedClock) -> Iterator[Notify]:
    """Notify with an empty database."""
    units = Units("notify", UNIT_OF_WORK, SETTINGS, scratch_database("notify"), clock, ENVIRONMENT)
    yield Notify(units)
    units.close()


@dataclass(frozen=True)
class Person:
    """Somebody who can be reached."""

    account_id: str
    volunteer_id: str
    phone: str

    def contact(self, **changed: Any) -> ContactChanged:
        """Identity's event about them."""
        context = f"contact:{self.account_id}"
        values: dict[str, Any] = {
            "account_id": self.account_id,
            "volunteer_id": self.volunteer_id,
            "phone_sealed": CIPHER.encrypt(self.phone, context),
            "email_sealed": None,
            **changed,
        }
        return ContactChanged(**values)

    @property
    def caller(self) -> Caller:
        """They, signed in."""
        return Caller(kind="volunteer", account_id=self.account_id, volunteer_id=self.volunteer_id)


@pytest.fixture
def person(notify: Notify) -> Person:
    """A volunteer whose contact has arrived."""
    somebody = Person(new_id(), new_id(), "13800000001")
    notify.receive(somebody.contact())
    return somebody


def acceptance(volunteer_id: str, **changed: Any) -> EnrollmentAccepted:
    """A volunteer has a place in a shift."""
    values: dict[str, Any] = {
        "enrollment_id": new_id(),
        "activity_id": new_id(),
        "shift_id": new_id(),
        "volunteer_id": volunteer_id,
        "title": "社区清洁日",
        "starts_at": datetime.fromisoformat("2026-03-05T14:30:00+08:00"),
        "address": "越秀区示例路1号",
        **changed,
    }
    return EnrollmentAccepted(**values)


def code_request(now: datetime, *, channel: str = "sms", recipient: str = "13900000002") -> CodeRequested:
    """A code that is good for five minutes."""
    code_id = new_id()
    context = f"code:{code_id}"
    return CodeRequested(
        code_id=code_id,
        channel=channel,
        purpose="register",
        recipient_sealed=CIPHER.encrypt(recipient, context),
        code_sealed=CIPHER.encrypt("246810", context),
        expires_at=now + timedelta(minutes=5),
    )
