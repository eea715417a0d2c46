"""One's own shifts as a calendar."""

from __future__ import annotations

from marshmallow import fields

from services.activity import commands
from services.chassis.schema import Answer, Request, SecretText, Timestamp


class CreateCalendarToken(Request):
    """``POST /me/calendar-token``."""

    class Meta:
        command = commands.CreateCalendarToken


class NewCalendarToken(Answer):
    """Shown this once. ``path`` is the calendar's address on this platform: whoever has it may read."""

    token = fields.String()
    path = fields.String()
    created_at = Timestamp()


class RevokeCalendarToken(Request):
    """``DELETE /me/calendar-token``."""

    class Meta:
        command = commands.RevokeCalendarToken


class ReadCalendar(Request):
    """``GET /me/calendar.ics``."""

    class Meta:
        command = commands.ReadCalendar

    token = SecretText(max=100, required=True)


class CalendarFile(Answer):
    """The calendar; over HTTP the bare text (RFC 5545)."""

    calendar = fields.String()
