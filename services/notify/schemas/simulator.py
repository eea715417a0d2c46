"""The simulators' inbox, for RPC and HTTP alike."""

from __future__ import annotations

from marshmallow import fields

from services.chassis.schema import (
    Answer,
    Id,
    Request,
    Text,
    Timestamp,
    whole_number,
)
from services.notify import commands


class ListSimulatedMessages(Request):
    """``GET /dev/messages``: what the simulators were given to send. Not in production."""

    class Meta:
        command = commands.ListSimulatedMessages

    recipient = Text(max=100, load_default=None)
    since = Timestamp(load_default=None)
    limit = whole_number(min=1, max=1000, load_default=100)


class SimulatedMessage(Answer):
    """One message in the simulator's inbox."""

    id = Id()
    channel = fields.String()
    recipient = fields.String()
    text = fields.String()
    template = fields.String()
    at = Timestamp()
    shortened = fields.List(fields.String())  # the parameters that were cut


class SimulatedMessageList(Answer):
    """The simulator's inbox, oldest first."""

    items = fields.List(fields.Nested(SimulatedMessage))
