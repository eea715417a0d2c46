"""An operator sends a message again that was given up.

The message stays as it is, failed, because that is what happened; the new one names it as what it came from, by which
it is made once. Who gets it, in which words and over which channel, does not change.
"""

from __future__ import annotations

from services.chassis.errors import NotFound
from services.notify import commands
from services.notify.domain import Channel, Status
from services.notify.errors import MessageNotResendable
from services.notify.models import Message
from services.notify.repository import NotifyUnitOfWork
from services.notify.templates import TEMPLATES
from services.notify.use_cases import codes
from services.notify.use_cases.queueing import Audience, Terms, queue_over, unseal


def resend_message(command: commands.ResendMessage, uow: NotifyUnitOfWork) -> Message | None:
    """The new message; raises ``MessageNotResendable`` where the old one is no reason for another."""
    uow.caller.require_platform()
    failed = uow.outgoing.locked(command.message_id)
    if failed is None:
        raise NotFound(what="message")
    _require_resendable(failed, uow)
    address = failed.recipient_sealed
    queue_over(
        uow,
        failed.id,
        failed.template,
        Audience(failed.account_id, failed.volunteer_id, address and unseal(uow, failed.id, address)),
        (Channel(failed.channel),),
        failed.parameters,
        terms=Terms(failed.expires_at, failed.can_wait, failed.organization_id),
    )
    uow.audit("message.resent", f"message:{failed.id}", template=failed.template, channel=failed.channel)
    return uow.outgoing.sent_again(failed.id)


def _require_resendable(message: Message, uow: NotifyUnitOfWork) -> None:
    if message.template == codes.TEMPLATE:
        raise MessageNotResendable(reason_zh="验证码须由本人重新获取", reason_en="a code is asked for anew")
    if message.status != Status.FAILED:
        raise MessageNotResendable(
            reason_zh=f"状态为 {message.status}，未失败", reason_en=f"it is {message.status}, and has not failed"
        )
    if message.expires_at is not None and message.expires_at <= uow.clock.now():
        raise MessageNotResendable(reason_zh="内容已过时", reason_en="nobody can use it any more")
    if not TEMPLATES[message.template].parameters <= message.parameters.keys():
        raise MessageNotResendable(reason_zh="收件人已注销", reason_en="its reader was erased")
    if uow.outgoing.sent_again(message.id) is not None:
        raise MessageNotResendable(reason_zh="已重发过", reason_en="it was sent again already")
