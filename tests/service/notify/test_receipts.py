"""A message that a provider took is delivered or failed by its receipt, whenever that comes and however often."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from deploy.simulators.app import simulators
from deploy.simulators.moods import Mood, phone_with
from deploy.simulators.world import World
from services.chassis.ids import new_id
from services.identity.events import WechatMessageReported
from services.notify import commands, metrics
from services.notify.domain import Channel, Status
from services.notify.errors import CallbackRefused
from services.notify.models import Message, WaitingReceipt
from services.notify.providers.aliyun import receipt_id
from services.notify.providers.base import Provider
from services.notify.use_cases import delivery, receipts
from tests.service.notify.conftest import CIPHER, Notify, Person, acceptance
from tests.service.notify.test_delivery import reminder
from tests.unit.notify.test_providers import aliyun, over, tencent, wechat


def pushed(body: object, secret: str = "told-tencent") -> commands.TakeReceipts:
    return commands.TakeReceipts(secret=secret, body_base64=base64.b64encode(json.dumps(body).encode()).decode())


def of_tencent(serial: str, status: str = "SUCCESS") -> dict[str, str]:
    return {"sid": serial, "report_status": status, "errmsg": "DELIVRD" if status == "SUCCESS" else "UNDELIV"}


def take(notify: Notify, *found: dict[str, str]) -> None:
    with notify.units() as uow:
        assert receipts.take_tencent(pushed(list(found)), uow) == {"result": 0, "errmsg": "OK"}


def settle(notify: Notify) -> dict[str, tuple[str, str | None]]:
    """Every message's status and failure, by provider and its number."""
    with notify.units() as uow:
        receipts.settle(uow)
    with notify.units() as uow:
        return {f"{m.provider} {m.provider_id}": (m.status, m.failure) for m in uow.session.scalars(sa.select(Message))}


def sent(notify: Notify, provider: str, provider_id: str, status: Status = Status.SENT) -> None:
    """A message that ``provider`` has taken under its number."""
    now = notify.clock.now()
    with notify.units() as uow:
        uow.session.add(
            Message(
                id=new_id(),
                event_id=new_id(),
                template="enrollment_accepted",
                channel=Channel.SMS,
                recipient_key="",
                parameters={},
                priority=5,
                status=status,
                attempts=0,
                next_attempt_at=now,
                created_at=now,
                sent_at=now,
                provider=provider,
                provider_id=provider_id,
                version=2,
            )
        )


def counted(outcome: str, provider: str = "tencent") -> float:
    return float(metrics.RECEIPTS.labels(provider, outcome)._value.get())


def test_receipts_end_their_messages_once_early_late_or_twice(notify: Notify) -> None:
    late, unknown = counted("late"), counted("unknown")
    for serial in ("arrives", "does not", "silent"):
        sent(notify, "tencent", serial)
    sent(notify, "aliyun", "arrives")  # another's number is another's
    take(notify, of_tencent("arrives"), of_tencent("does not", "FAIL"), of_tencent("early"), of_tencent("nobody's"))
    assert settle(notify) == {
        "tencent arrives": ("delivered", None),
        "tencent does not": ("failed", "UNDELIV"),
        "tencent silent": ("sent", None),
        "aliyun arrives": ("sent", None),
    }

    sent(notify, "tencent", "early")  # our own mark comes after the receipt
    take(notify, of_tencent("does not"), of_tencent("early"))
    ended = settle(notify)
    assert (ended["tencent early"], ended["tencent does not"]) == (("delivered", None), ("failed", "UNDELIV"))
    assert (counted("late"), counted("unknown")) == (late + 1, unknown)

    notify.clock.advance(minutes=61)
    settle(notify)
    assert counted("unknown") == unknown + 1
    with notify.units() as uow:
        assert uow.session.scalars(sa.select(WaitingReceipt)).all() == []


def test_each_provider_proves_itself_and_gets_the_answer_that_it_wants(notify: Notify) -> None:
    sent(notify, "aliyun", receipt_id("told-aliyun", "900^0", "13800000001"))
    sent(notify, "wechat", "3000000001")
    one = {"biz_id": "900^0", "phone_number": "13800000001", "success": True, "err_code": "DELIVERED"}
    with notify.units() as uow:
        assert receipts.take_aliyun(pushed([one], "told-aliyun"), uow) == {"code": 0, "msg": "接收成功"}
        for take_from in (receipts.take_tencent, receipts.take_aliyun):
            for secret in ("", "guessed"):
                with pytest.raises(CallbackRefused):
                    take_from(pushed([], secret), uow)
    notify.receive(WechatMessageReported(msg_id="3000000001", outcome="success"))
    assert [status for status, _ in settle(notify).values()] == ["delivered", "delivered"]


@pytest.mark.parametrize(("of", "take_from"), [(tencent, receipts.take_tencent), (aliyun, receipts.take_aliyun)])
def test_from_the_event_over_a_real_adapter_to_the_receipt(
    notify: Notify, of: Callable[..., Provider], take_from: Callable[..., object]
) -> None:
    world = World()
    provider = of(over(simulators(world)), **({"receipt_key": "told-aliyun"} if of is aliyun else {}))
    phones = ("13800000001", phone_with(Mood.UNDELIVERED), phone_with(Mood.BLACKLISTED))
    people = [Person(new_id(), new_id(), phone) for phone in phones]
    for somebody in people:
        notify.receive(somebody.contact())
        notify.receive(acceptance(somebody.volunteer_id))
    delivery.deliver_all_due(notify.units.factory(), delivery.SMS, notify.desk(provider))
    for push in world.take_due(time.time() + 10):
        with notify.units() as uow:
            take_from(pushed(json.loads(push.body), f"told-{provider.name}"), uow)
    settle(notify)
    ends = {m.recipient_masked: (m.status, m.failure) for m in notify.messages()}
    refusal = ends.pop("199****0002")
    assert ends == {"138****0001": ("delivered", None), "199****0008": ("failed", "UNDELIV")}
    assert refusal[0] == "failed"
    assert "BLACK" in str(refusal[1]).upper()


def test_what_wechat_says_did_not_arrive_goes_by_sms_after_all(notify: Notify) -> None:
    world, somebody = World(), Person(new_id(), new_id(), "13800000001")
    openid = CIPHER.encrypt("undelivered-1", f"contact:{somebody.account_id}")
    notify.receive(somebody.contact(wechat_openid_sealed=openid))
    notify.receive(reminder(notify, somebody.volunteer_id))
    provider = wechat(over(simulators(world)))
    delivery.deliver_all_due(notify.units.factory(), delivery.WECHAT, notify.desk(provider))
    assert notify.messages(Channel.SMS) == []

    (taken,) = notify.messages(Channel.WECHAT)
    for _ in range(2):
        notify.receive(WechatMessageReported(msg_id=str(taken.provider_id), outcome="failed:user block"))
        settle(notify)
    assert [message.status for message in notify.messages(Channel.WECHAT)] == ["failed"]
    assert [message.status for message in notify.messages(Channel.SMS)] == ["queued"]
