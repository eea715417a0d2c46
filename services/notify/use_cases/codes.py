"""Verification codes on their way to a phone or a mailbox."""

from __future__ import annotations

import math

from services.chassis.events import Received
from services.identity.events import CodeRequested
from services.notify.domain import Channel
from services.notify.repository import NotifyUnitOfWork
from services.notify.use_cases.queueing import Audience, Terms, queue

TEMPLATE = "verification_code"


def send_code(received: Received[CodeRequested], uow: NotifyUnitOfWork) -> None:
    """Queue the code for its number or address, which may belong to no account yet; stale codes are never sent."""
    event, cipher = received.data, uow.settings.message_cipher
    context = f"code:{event.code_id}"
    recipient = str(cipher.decrypt(event.recipient_sealed, context))
    if not recipient:  # identity does the same work whether or not there is an account
        return
    minutes = max(1, math.ceil((event.expires_at - received.time).total_seconds() / 60))
    queue(
        uow,
        received.id,
        TEMPLATE,
        Audience(address=recipient),
        (Channel(event.channel),),
        {"minutes": str(minutes)},
        secrets={"code": str(cipher.decrypt(event.code_sealed, context))},
        terms=Terms(expires_at=event.expires_at),
    )
