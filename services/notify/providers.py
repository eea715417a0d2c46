"""Who takes a message out of the house.

Why this module exists: delivery knows one sentence, :meth:`Provider.send`. Behind it stands the simulator, whose inbox
is a table that the development gateway shows, or the Null twin that takes nothing. Providers of the real world join
here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.dialects.postgresql import insert

from services.notify.domain import Channel, ErrorClass
from services.notify.models import SimulatedMessage


@dataclass(frozen=True)
class Outgoing:
    """A message ready to go. ``id`` is the same on every attempt, so that a provider can recognise it."""

    id: str
    channel: Channel
    recipient: str
    text: str
    template: str


class SendFailed(Exception):
    """The provider did not take it; ``error_class`` says whether another attempt makes sense."""

    def __init__(self, error_class: ErrorClass, reason: str) -> None:
        super().__init__(reason)
        self.error_class = error_class
        self.reason = reason


class Provider(Protocol):
    """Anything that takes a message."""

    def send(self, message: Outgoing, now: datetime) -> None:
        """Hand over; raises :class:`SendFailed`."""
        ...


class NullProvider:
    """Takes nothing, and says so: for an installation that has no contract for a channel."""

    def send(self, message: Outgoing, now: datetime) -> None:
        """Always fails for good."""
        raise SendFailed(ErrorClass.PERMANENT, "no_provider")


class SimulatorProvider:
    """Takes everything, once, and keeps it where developers and the demonstration can read it."""

    def __init__(self, units: Any) -> None:
        self._units = units

    def send(self, message: Outgoing, now: datetime) -> None:
        """Write into the simulator's inbox; the same id again changes nothing, as with the real ones' own ids."""
        with self._units() as uow:
            uow.session.execute(
                insert(SimulatedMessage)
                .values(
                    id=message.id,
                    channel=message.channel,
                    recipient=message.recipient,
                    text=message.text,
                    template=message.template,
                    at=now,
                )
                .on_conflict_do_nothing()
            )
