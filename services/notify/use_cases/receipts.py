"""What became of what providers took: receipts are noted when they come, and settled soon after.

Why this module exists: a receipt may be quicker than our own mark that the message was sent, and comes once only. So it
waits in a table of its own until its message is ``sent``; one that finds none within an hour is nobody's.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import timedelta
from hmac import compare_digest

from services.chassis.errors import BadRequest
from services.chassis.events import Event, Received
from services.identity.events import WechatMessageReported
from services.notify import commands, metrics
from services.notify.domain import Channel, Status
from services.notify.errors import CallbackRefused
from services.notify.events import MessageDelivered, MessageFailed
from services.notify.providers import receipts
from services.notify.providers.receipts import Receipt
from services.notify.repository import NotifyUnitOfWork
from services.notify.use_cases.falling_back import send_by_sms_instead

TENCENT, ALIYUN, WECHAT = "tencent", "aliyun", "wechat"
_NOBODYS_AFTER = timedelta(hours=1)


def take_tencent(command: commands.TakeReceipts, uow: NotifyUnitOfWork) -> dict[str, object]:
    """Tencent's receipts, answered as Tencent wants it; raises ``CallbackRefused``."""
    _require_secret(command.secret, uow.settings.tencent_callback_secret)
    _note(uow, TENCENT, receipts.of_tencent(_body(command)))
    return {"result": 0, "errmsg": "OK"}


def take_aliyun(command: commands.TakeReceipts, uow: NotifyUnitOfWork) -> dict[str, object]:
    """Aliyun's receipts, answered as Aliyun wants it; raises ``CallbackRefused``."""
    secret = uow.settings.aliyun_callback_secret
    _require_secret(command.secret, secret)
    _note(uow, ALIYUN, receipts.of_aliyun(_body(command), secret.reveal()))
    return {"code": 0, "msg": "接收成功"}


def take_wechat(received: Received[WechatMessageReported], uow: NotifyUnitOfWork) -> None:
    """WeChat's, which identity has read and found to be signed."""
    _note(uow, WECHAT, [receipts.of_wechat(received.data.msg_id, received.data.outcome)])


def settle(uow: NotifyUnitOfWork) -> None:
    """Give every receipt to its message; what is final already stays as it is, and is counted as late."""
    settled = uow.receipts.take_matched()
    events: list[tuple[Event, int]] = []
    for row in settled:
        if row.status != Status.SENT:
            metrics.RECEIPTS.labels(row.provider, "late").inc()
            continue
        metrics.RECEIPTS.labels(row.provider, "delivered" if row.delivered else "failed").inc()
        about = {"message_id": row.message_id, "template": row.template, "channel": row.channel}
        if row.delivered:
            events.append((MessageDelivered(**about), row.version + 1))
        else:
            metrics.MESSAGES_FAILED.labels(row.channel, "not_delivered").inc()
            events.append((MessageFailed(**about, reason=row.reason), row.version + 1))
    sent = [row for row in settled if row.status == Status.SENT]
    uow.receipts.mark_delivered([row.message_id for row in sent if row.delivered])
    uow.receipts.mark_failed([(row.message_id, row.reason) for row in sent if not row.delivered])
    send_by_sms_instead(uow, [row.message_id for row in sent if row.channel == Channel.WECHAT and not row.delivered])
    uow.publish_many(events)
    for provider, count in uow.receipts.drop_before(uow.clock.now() - _NOBODYS_AFTER).items():
        metrics.RECEIPTS.labels(provider, "unknown").inc(count)


def _note(uow: NotifyUnitOfWork, provider: str, found: Sequence[Receipt]) -> None:
    uow.receipts.add_once(provider, found, uow.clock.now())


def _require_secret(given: str, expected: str) -> None:
    """Neither provider signs what it pushes: a secret in the address that only they were told stands for it."""
    if not expected or not compare_digest(given.encode(), expected.encode()):
        raise CallbackRefused()


def _body(command: commands.TakeReceipts) -> bytes:
    try:
        return base64.b64decode(command.body_base64, validate=True)
    except binascii.Error:
        raise BadRequest(why_zh="回执内容无法解析。", why_en="The receipts cannot be read.") from None
