"""One's own shifts as a calendar."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class CreateCalendarToken:
    """A new address of one's calendar; the one before leads nowhere from then on."""


@dataclass(frozen=True, kw_only=True)
class RevokeCalendarToken:
    """Let the address lead nowhere."""


@dataclass(frozen=True, kw_only=True)
class ReadCalendar:
    """The calendar at an address."""

    token: str
