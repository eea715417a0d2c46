"""What people want to get, and over which channel, for RPC and HTTP alike."""

from __future__ import annotations

from marshmallow import fields

from services.chassis.schema import (
    Answer,
    Request,
    list_of,
    one_of,
)
from services.notify import commands
from services.notify.domain import Channel
from services.notify.templates import TEMPLATES


class GetPreferences(Request):
    """``GET /me/notification-preferences``."""

    class Meta:
        command = commands.GetPreferences


class SwitchedOff(Request):
    """A message that is not wanted on a channel."""

    class Meta:
        command = commands.SwitchedOff

    template = one_of(sorted(TEMPLATES), required=True)
    channel = one_of(Channel, required=True)


class PutPreferences(Request):
    """``PUT /me/notification-preferences``."""

    class Meta:
        command = commands.PutPreferences

    switched_off = list_of(fields.Nested(SwitchedOff), max=300, required=True)


class Preference(Answer):
    """Whether a message comes over a channel, and whether that can be changed."""

    template = fields.String()
    channel = fields.String()
    on = fields.Boolean()
    fixed = fields.Boolean()
    reason = fields.String(allow_none=True)  # why it is fixed


class Preferences(Answer):
    """Every message and channel."""

    items = fields.List(fields.Nested(Preference))
