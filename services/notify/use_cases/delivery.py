"""From a queued message to a provider that has taken it.

Why this module exists: no transaction is open while a provider is asked. So it goes in three steps: take due messages
(``sending``), hand them over, mark them. A process that dies in between leaves ``sending`` rows; they are queued again
after a minute, under the same id, by which a provider recognises them: at least once, and in practice once.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.chassis.crypto import CannotDecrypt
from services.chassis.logs import get_logger
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
from services.notify.models import ContactPoint, Message
from services.notify.providers.base import Batch, Provider, Recipient, Refused, Taken
from services.notify.repository import ABANDONED_AFTER, NotifyUnitOfWork
from services.notify.templates import TEMPLATES
from services.notify.use_cases.queueing import unseal

log = get_logger(__name__)

# What is taken at once must be marked before it counts as abandoned, slow providers included.
TAKEN_AT_ONCE = 20


@dataclass(frozen=True)
class _Outgoing:
    """A message that is ready to go; those whose words are the same go together."""

    channel: Channel
    template: str
    locale: str
    words: tuple[tuple[str, str], ...]
    text: str
    to: Recipient

    @property
    def together(self) -> tuple[Any, ...]:
        return (self.channel, self.template, self.locale, self.words)


def deliver_all_due(units: Any, providers: Mapping[Channel, Provider]) -> None:
    """Send until nothing is due any more."""
    while deliver_due(units, providers) == TAKEN_AT_ONCE:
        pass


def deliver_due(units: Any, providers: Mapping[Channel, Provider]) -> int:
    """Send one helping of what is due, codes first; answers how many messages were looked at."""
    outgoing: list[_Outgoing] = []
    with units() as uow:
        for message in uow.messages.take_abandoned(uow.clock.now() - ABANDONED_AFTER):
            message.status = change_status(Status(message.status), Status.QUEUED)
        due = uow.messages.take_due(uow.clock.now(), TAKEN_AT_ONCE)
        for message in due:
            prepared = _prepare_or_give_up(uow, message)
            if prepared is not None:
                outgoing.append(prepared)
    for channel, batch in _batches(outgoing, providers):
        answers = _hand_over(providers[channel], batch, units.clock.now())
        with units() as uow:
            for answer in answers:
                _mark(uow, answer)
    return len(due)


def _batches(outgoing: Iterable[_Outgoing], providers: Mapping[Channel, Provider]) -> Iterator[tuple[Channel, Batch]]:
    """What has the same words, as large as the provider takes it; in the order of the first of each."""
    groups: dict[Any, list[_Outgoing]] = defaultdict(list)
    for item in outgoing:
        groups[item.together].append(item)
    for group in groups.values():
        first = group[0]
        limit = providers[first.channel].batch_limit
        for start in range(0, len(group), limit):
            recipients = tuple(item.to for item in group[start : start + limit])
            yield first.channel, Batch(first.template, first.locale, dict(first.words), first.text, recipients)


def _prepare_or_give_up(uow: NotifyUnitOfWork, message: Message) -> _Outgoing | None:
    try:
        return _prepare(uow, message)
    except (CannotDecrypt, KeyError, ValueError):  # it would be the first in line again and again
        log.error("message_unreadable", template=message.template, exc_info=True)
        _give_up(uow, message, "unreadable")
        return None


def _prepare(uow: NotifyUnitOfWork, message: Message) -> _Outgoing | None:
    """The message with its address and words, now ``sending``; None if it cannot go."""
    now = uow.clock.now()
    if message.expires_at is not None and message.expires_at <= now:
        _give_up(uow, message, "stale")
        return None
    contact = uow.contacts.of(message.account_id, message.volunteer_id)
    if contact is not None and (message.template, message.channel) in uow.preferences.switched_off(contact.account_id):
        message.status = change_status(Status(message.status), Status.SUPPRESSED)
        return None
    address = _address(uow, message, contact)
    if address is None:
        if contact is None:
            _try_later(uow, message, ErrorClass.TEMPORARY, "no_contact_yet")
        else:
            _give_up(uow, message, "no_address")
        return None
    parameters = dict(message.parameters)
    if message.secrets_sealed is not None:
        parameters |= json.loads(unseal(uow, message, message.secrets_sealed))
    template, locale = TEMPLATES[message.template], "zh" if contact is None else contact.locale
    words, text = template.words(locale, parameters), template.render(locale, parameters)
    message.status = change_status(Status(message.status), Status.SENDING)
    message.next_attempt_at = now
    message.recipient_masked = masked_recipient(address)
    message.segments = segments(text) if message.channel == Channel.SMS else None
    to = Recipient(message.id, address)
    return _Outgoing(Channel(message.channel), message.template, locale, tuple(sorted(words.items())), text, to)


def _address(uow: NotifyUnitOfWork, message: Message, contact: ContactPoint | None) -> str | None:
    if message.recipient_sealed is not None:
        return unseal(uow, message, message.recipient_sealed)
    if contact is None:
        return None
    sealed = contact.phone_sealed if message.channel == Channel.SMS else contact.email_sealed
    if sealed is None:
        return None
    return str(uow.settings.message_cipher.decrypt(sealed, f"contact:{contact.account_id}"))


def _hand_over(provider: Provider, batch: Batch, now: datetime) -> list[Taken | Refused]:
    try:
        answers = {answer.message_id: answer for answer in provider.send(batch, now)}
    except Exception:  # a fault of ours in one batch must not hold up those behind it
        log.error("provider_broke", provider=provider.name, template=batch.template, exc_info=True)
        answers = {}
    return [
        answers.get(to.message_id, Refused(to.message_id, ErrorClass.TEMPORARY, "no_answer")) for to in batch.recipients
    ]


def _mark(uow: NotifyUnitOfWork, answer: Taken | Refused) -> None:
    message = uow.messages.get(answer.message_id)
    if message is None or message.status != Status.SENDING:
        return  # another replica took it for abandoned, and has marked it
    if isinstance(answer, Refused):
        message.status = change_status(Status.SENDING, Status.QUEUED)
        _try_later(uow, message, answer.error_class, answer.reason)
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


def _try_later(uow: NotifyUnitOfWork, message: Message, error_class: ErrorClass, reason: str) -> None:
    message.attempts += 1
    if error_class in (ErrorClass.PERMANENT, ErrorClass.UNREACHABLE) or message.attempts >= MAX_ATTEMPTS:
        _give_up(uow, message, reason)
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
