"""What other services ask about a volunteer's hours; no HTTP leads here."""

from __future__ import annotations

from marshmallow import fields

from services.attendance import commands
from services.chassis.schema import Answer, Id, Request


class SumConfirmedHours(Request):
    """``sum_confirmed_hours``; for the service card alone."""

    class Meta:
        command = commands.SumConfirmedHours

    volunteer_id = Id(required=True)


class ConfirmedHours(Answer):
    """Minutes that nobody can object to any more, and the star that they are worth, 0 to 5."""

    confirmed_minutes = fields.Integer()
    star = fields.Integer()
