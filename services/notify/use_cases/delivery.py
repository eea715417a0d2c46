"""From a queued message to a provider that has taken it.

Why this module exists: no transaction is open while a provider is asked. So it goes in three steps: take due messages
(``sending``), hand them over, mark them. A process that dies in between leaves ``sending`` rows; they are queued again
after a minute, under the same id, by which a provider recognises them: at least once, and in practice once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.notify import metrics
from services.notify.domain import (
    MAX_ATTEMPTS,
    Channel,
    ErrorClass,
    Status,
    change_status,
    delay_before_attempt,
    masked_recipient,
    segments,
)
from services.notify.events import MessageDelivered, MessageFailed
from services.notify.models import Message
from services.notify.providers import Outgoing, Provider, SendFailed
from services.notify.repository import ABANDONED_AFTER, NotifyUnitOfWork
from services.notify.templates import TEMPLATES
from services.notify.use_cases.queueing import unseal

BATCH = 50


@dataclass(frozen=True)
class _Failure:
    error_class: ErrorClass
    reason: str


def deliver_due(units: Any, providers: Mapping[Channel, Provider]) -> int:
    """Send what is due, codes first; answers how many messages were looked at."""
    outgoing: list[Outgoing] = []
    with units() as uow:
        for message in uow.messages.take_abandoned(uow.clock.now() - ABANDONED_AFTER):
            message.status = change_status(Status(message.status), Status.QUEUED)
        due = uow.messages.take_due(uow.clock.now(), BATCH)
        for message in due:
            prepared = _prepare(uow, message)
            if prepared is not None:
                outgoing.append(prepared)
    for item in outgoing:
        failure = _hand_over(providers[item.channel], item, units.clock.now())
        with units() as uow:
            _mark(uow, item, failure)
    return len(due)


def _prepare(uow: NotifyUnitOfWork, message: Message) -> Outgoing | None:
    """The message with its address and words, now ``sending``; None if it cannot go."""
    now = uow.clock.now()
    if message.expires_at is not None and message.expires_at <= now:
        _give_up(uow, message, "stale")
        return None
    address, locale = _address(uow, message)
    if address is None:
        _try_later(uow, message, _Failure(ErrorClass.TEMPORARY, "no_contact_yet"))
        return None
    parameters = dict(message.parameters)
    if message.secrets_sealed is not None:
        parameters |= json.loads(unseal(uow, message, message.secrets_sealed))
    text = TEMPLATES[message.template].render(locale, parameters)
    message.status = change_status(Status(message.status), Status.SENDING)
    message.next_attempt_at = now
    message.recipient_masked = masked_recipient(address)
    message.segments = segments(text) if message.channel == Channel.SMS else None
    return Outgoing(message.id, Channel(message.channel), address, text, message.template)


def _address(uow: NotifyUnitOfWork, message: Message) -> tuple[str | None, str]:
    if message.recipient_sealed is not None:
        return unseal(uow, message, message.recipient_sealed), "zh"
    contact = uow.contacts.of(message)
    if contact is None:
        return None, "zh"
    sealed = contact.phone_sealed if message.channel == Channel.SMS else contact.email_sealed
    if sealed is None:
        return None, contact.locale
    return str(uow.settings.message_cipher.decrypt(sealed, f"contact:{contact.account_id}")), contact.locale


def _hand_over(provider: Provider, item: Outgoing, now: Any) -> _Failure | None:
    try:
        provider.send(item, now)
    except SendFailed as failed:
        return _Failure(failed.error_class, failed.reason)
    return None


def _mark(uow: NotifyUnitOfWork, item: Outgoing, failure: _Failure | None) -> None:
    message = uow.messages.get(item.id)
    if message is None or message.status != Status.SENDING:
        return  # another replica took it for abandoned, and has marked it
    if failure is not None:
        message.status = change_status(Status.SENDING, Status.QUEUED)
        _try_later(uow, message, failure)
        return
    message.status = change_status(Status.SENDING, Status.SENT)
    message.sent_at = uow.clock.now()
    message.secrets_sealed = None  # a code has no business here once it is out
    message.version += 1
    metrics.MESSAGES_SENT.labels(message.template, message.channel).inc()
    metrics.SMS_SEGMENTS.inc(message.segments or 0)
    metrics.WAIT_SECONDS.labels(message.template).observe(
        max((message.sent_at - message.created_at).total_seconds(), 0.0)
    )
    uow.publish(
        MessageDelivered(message_id=message.id, template=message.template, channel=message.channel),
        version=message.version,
    )


def _try_later(uow: NotifyUnitOfWork, message: Message, failure: _Failure) -> None:
    message.attempts += 1
    if failure.error_class is ErrorClass.PERMANENT or message.attempts >= MAX_ATTEMPTS:
        _give_up(uow, message, failure.reason)
        return
    message.next_attempt_at = uow.clock.now() + delay_before_attempt(message.attempts)


def _give_up(uow: NotifyUnitOfWork, message: Message, reason: str) -> None:
    message.status = change_status(Status(message.status), Status.FAILED)
    message.failure = reason
    message.secrets_sealed = None
    message.version += 1
    metrics.MESSAGES_FAILED.labels(message.channel, reason).inc()
    uow.publish(
        MessageFailed(message_id=message.id, template=message.template, channel=message.channel, reason=reason),
        version=message.version,
    )
