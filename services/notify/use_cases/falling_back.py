"""What WeChat could not deliver goes by SMS, where the message is one that goes by SMS.

Why this module exists: somebody may have stopped following the service account, which only shows when a message is sent
there, or later by its receipt. The row's key (event, reader, template, channel) keeps a second SMS from being written.
"""

from __future__ import annotations

from collections.abc import Sequence

from services.notify.domain import Channel
from services.notify.repository import NotifyUnitOfWork
from services.notify.use_cases.queueing import Audience, Terms, queue_over
from services.notify.use_cases.telling import WAYS


def send_by_sms_instead(uow: NotifyUnitOfWork, message_ids: Sequence[str]) -> None:
    """Queue an SMS for each of these WeChat messages that were given up; who has switched it off will get none."""
    for message in uow.due.read(message_ids):
        way = WAYS.get(message.template)
        if message.channel == Channel.WECHAT and way is not None and Channel.SMS in way.channels:
            queue_over(
                uow,
                message.event_id,
                message.template,
                Audience(message.account_id, message.volunteer_id),
                (Channel.SMS,),
                message.parameters,
                terms=Terms(message.expires_at, message.can_wait, message.organization_id),
            )
