"""What delivery knows of whoever takes messages out of the house.

Why this module exists: delivery knows one sentence, :meth:`Provider.send`. Behind it stand the table that development
reads, the Null twin, and the providers of the real world, a module each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from services.notify.domain import Channel, ErrorClass


@dataclass(frozen=True)
class Recipient:
    """One who gets the batch's words. ``message_id`` is the same on every attempt: a provider can recognise it."""

    message_id: str
    address: str = field(repr=False)  # what is shown in a log names nobody


@dataclass(frozen=True)
class Batch:
    """One template with one set of parameters, in the words of ``locale``, for up to ``Provider.batch_limit``.

    ``parameters`` are as people read them (a moment is 3月5日 14:30), ``text`` is the whole message with its signature.
    """

    template: str
    locale: str
    parameters: Mapping[str, str] = field(repr=False)  # a code is among them
    text: str = field(repr=False)
    recipients: tuple[Recipient, ...]


@dataclass(frozen=True)
class Taken:
    """The provider has it; ``provider_id`` is its own number, which a receipt will name.

    ``shortened``: the parameters that were longer than it takes them; the same for all of a batch.
    """

    message_id: str
    provider_id: str | None
    shortened: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refused:
    """The provider does not have it; ``error_class`` says what to do next, ``reason`` is for operators and metrics."""

    message_id: str
    error_class: ErrorClass
    reason: str


class Provider(Protocol):
    """Anything that takes messages of one channel."""

    name: str
    channel: Channel
    batch_limit: int

    def send(self, batch: Batch, now: datetime) -> Sequence[Taken | Refused]:
        """Hand over, and answer for every recipient. Raises nothing that it can put into an answer."""
        ...


class NullProvider:
    """Takes nothing, and says so: for an installation that has no contract for a channel."""

    name = "none"
    batch_limit = 1000

    def __init__(self, channel: Channel) -> None:
        self.channel = channel

    def send(self, batch: Batch, now: datetime) -> list[Refused]:
        """Refuses everything for good."""
        return [Refused(to.message_id, ErrorClass.PERMANENT, "no_provider") for to in batch.recipients]
