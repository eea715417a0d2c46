"""What notify can be asked, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class ListNotifications:
    """A page of one's own notifications, newest first."""

    limit: int
    cursor: str | None
    unread: bool = False


@dataclass(frozen=True, kw_only=True)
class ReadNotification:
    """Mark one of one's own as read."""

    notification_id: str


@dataclass(frozen=True, kw_only=True)
class ReadNotifications:
    """Mark all of one's own as read that came until then."""

    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class WatchInbox:
    """What is new in one's inbox; ``since`` is how far one has seen."""

    since: str | None = None


@dataclass(frozen=True, kw_only=True)
class ListReadersOfNews:
    """Whose inboxes have changed; ``since`` is how far the gateway has seen."""

    since: str | None = None


@dataclass(frozen=True, kw_only=True)
class GetPreferences:
    """One's own preferences."""


@dataclass(frozen=True, kw_only=True)
class SwitchedOff:
    """A message that is not wanted on a channel."""

    template: str
    channel: str


@dataclass(frozen=True, kw_only=True)
class PutPreferences:
    """All that is to be switched off from now on."""

    switched_off: list[SwitchedOff] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class ListMessages:
    """A page of what left the house, for operators."""

    status: str | None
    template: str | None
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class TakeReceipts:
    """What an SMS provider pushes: its body, and the secret of the address it was told."""

    secret: str
    body_base64: str


@dataclass(frozen=True, kw_only=True)
class ListTemplates:
    """Every template."""


@dataclass(frozen=True, kw_only=True)
class ListSimulatedMessages:
    """The simulator's inbox."""

    recipient: str | None
    since: datetime | None
    limit: int
