"""What notify tells the others: what became of a message. Nobody has to listen."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis.events import Event
from services.chassis.personal_data import Exported


@dataclass(frozen=True, kw_only=True)
class MessageDelivered(Event):
    """A receipt says that the message arrived; that a provider took it is in the list and the metrics alone."""

    type = "message.delivered"
    subject_field = "message_id"
    mandatory = False

    message_id: str
    template: str
    channel: str


@dataclass(frozen=True, kw_only=True)
class MessageFailed(Event):
    """The message will not be tried again, or a receipt says that it did not arrive."""

    type = "message.failed"
    subject_field = "message_id"
    mandatory = False

    message_id: str
    template: str
    channel: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class PersonalDataExported(Exported):
    """Everything that notify holds of a person who has asked for it, sealed for identity."""

    type = "personal_data.exported"
