"""From an event to the messages that somebody gets for it.

Why this module exists: the notice says who is told what, and over which channel. :class:`Audience` is who, ``queue``
writes one row a channel; the row's key (event, recipient, template, channel) makes a repeated event harmless.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.chassis.ids import new_id
from services.notify import metrics
from services.notify.domain import Channel, Status
from services.notify.models import ContactPoint
from services.notify.repository import NotifyUnitOfWork
from services.notify.templates import TEMPLATES


@dataclass(frozen=True)
class Audience:
    """Who gets a message: an account, a volunteer (whose account notify knows or will know), or a bare address."""

    account_id: str | None = None
    volunteer_id: str | None = None
    address: str | None = None

    @property
    def key(self) -> str:
        """What tells recipients of one event apart; an address only shows as part of a sealed field."""
        return self.account_id or self.volunteer_id or "address"


@dataclass(frozen=True)
class Terms:
    """When a message goes out (not after ``expires_at``, in the morning if it ``can_wait``), on whose budget, and
    whether it goes over WeChat instead of by SMS to those who have bound theirs.
    """

    expires_at: datetime | None = None
    can_wait: bool = False
    organization_id: str | None = None
    wechat_replaces_sms: bool = False


AT_ONCE = Terms()


def queue(
    uow: NotifyUnitOfWork,
    event_id: str,
    template: str,
    audience: Audience,
    channels: tuple[Channel, ...],
    parameters: dict[str, str],
    *,
    secrets: dict[str, str] | None = None,
    terms: Terms = AT_ONCE,
) -> None:
    """Queue ``template`` for ``audience``, once a channel. ``secrets`` are parameters that are kept sealed.

    Nothing is written for a person who has been erased: news of them may still be on its way. An e-mail goes to those
    who have a mailbox, a WeChat message to those who have bound theirs, where somebody takes them; nobody has to have
    one.
    """
    if audience.address is None:
        contact = uow.contacts.of(audience.account_id, audience.volunteer_id)
        if contact is not None and contact.erased_at is not None:
            return
        channels = _those_that_reach(uow, contact, template, channels, terms)
    queue_over(uow, event_id, template, audience, channels, parameters, secrets=secrets, terms=terms)


def _those_that_reach(
    uow: NotifyUnitOfWork, contact: ContactPoint | None, template: str, channels: tuple[Channel, ...], terms: Terms
) -> tuple[Channel, ...]:
    out, settings = set(), uow.settings
    if contact is None or contact.email_sealed is None or settings.email_provider == "none":
        out.add(Channel.EMAIL)
    if contact is None or contact.wechat_openid_sealed is None or settings.wechat_provider == "none":
        out.add(Channel.WECHAT)
    elif terms.wechat_replaces_sms and Channel.WECHAT in channels:
        unwanted = (template, Channel.WECHAT.value) in uow.preferences.switched_off(contact.account_id)
        out.add(Channel.WECHAT if unwanted else Channel.SMS)
    return tuple(channel for channel in channels if channel not in out)


def queue_over(
    uow: NotifyUnitOfWork,
    event_id: str,
    template: str,
    audience: Audience,
    channels: tuple[Channel, ...],
    parameters: Mapping[str, str],
    *,
    secrets: dict[str, str] | None = None,
    terms: Terms = AT_ONCE,
) -> None:
    """Write the rows, one a channel."""
    now = uow.clock.now()
    rows = []
    for channel in channels:
        message_id = new_id()
        in_house = channel is Channel.INBOX
        rows.append(
            {
                "id": message_id,
                "event_id": event_id,
                "template": template,
                "channel": channel,
                "account_id": audience.account_id,
                "volunteer_id": audience.volunteer_id,
                "recipient_sealed": seal(uow, message_id, audience.address),
                "recipient_key": audience.key,
                "parameters": parameters,
                "secrets_sealed": seal(uow, message_id, json.dumps(secrets) if secrets else None),
                "organization_id": terms.organization_id,
                "priority": TEMPLATES[template].priority,
                "can_wait": terms.can_wait,
                "status": Status.DELIVERED if in_house else Status.QUEUED,
                "attempts": 0,
                "next_attempt_at": now,
                "expires_at": terms.expires_at,
                "created_at": now,
                "sent_at": now if in_house else None,
                "version": 1,
            }
        )
    for added_template, added_channel in uow.messages.add_once(rows):
        metrics.MESSAGES_QUEUED.labels(added_template, added_channel).inc()


def seal(uow: NotifyUnitOfWork, message_id: str, text: str | None) -> str | None:
    """``text`` encrypted for the row ``message_id``."""
    if text is None:
        return None
    return str(uow.settings.message_cipher.encrypt(text, f"message:{message_id}"))


def unseal(uow: NotifyUnitOfWork, message_id: str, sealed: str) -> str:
    """What :func:`seal` wrote."""
    return str(uow.settings.message_cipher.decrypt(sealed, f"message:{message_id}"))
