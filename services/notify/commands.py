"""What notify can be asked, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime


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
class MessageFilter:
    """Which of the messages that left the house; days are those of Asia/Shanghai, both included."""

    status: str | None = None
    channel: str | None = None
    template: str | None = None
    provider: str | None = None
    organization_id: str | None = None
    failure: str | None = None
    shortened: bool | None = None
    from_day: date | None = None
    to_day: date | None = None


@dataclass(frozen=True, kw_only=True)
class ListMessages(MessageFilter):
    """A page of them, for operators."""

    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class SumMessages(MessageFilter):
    """How many they are, and what they cost."""

    from_day: date
    to_day: date


@dataclass(frozen=True, kw_only=True)
class ResendMessage:
    """Send one again that has failed."""

    message_id: str


@dataclass(frozen=True, kw_only=True)
class TakeReceipts:
    """What an SMS provider pushes: its body, and the secret of the address it was told."""

    secret: str
    body_base64: str


@dataclass(frozen=True, kw_only=True)
class ListTemplates:
    """Every template."""


@dataclass(frozen=True, kw_only=True)
class GivenParameter:
    """What is to stand in a gap."""

    name: str
    value: str


@dataclass(frozen=True, kw_only=True)
class PreviewTemplate:
    """One template as it would be read."""

    key: str
    locale: str = "zh"
    parameters: list[GivenParameter] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class ListSimulatedMessages:
    """The simulator's inbox."""

    recipient: str | None
    since: datetime | None
    limit: int
