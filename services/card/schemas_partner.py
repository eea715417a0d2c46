"""What the exchange with the banks is asked and answers, beside the reports themselves (``schemas/partner.py``)."""

from __future__ import annotations

from marshmallow import fields

from services.card import commands
from services.chassis.schema import Answer, Id, PageRequest, Request, Text, Timestamp, page_of


class StatusMessage(Request):
    """The AMQP properties of a report that count: ``message_id`` is what ``webhook-id`` is over HTTP."""

    message_id = Text(max=256, required=True)


class ListRefusedMessages(PageRequest):
    """``GET /card/refused-messages``, for platform administrators."""

    class Meta:
        command = commands.ListRefusedMessages


class RefusedMessage(Answer):
    """A message over AMQP that could not be taken: why, and the beginning of what it said."""

    refused_id = Id()
    bank = fields.String()
    message_id = fields.String()
    code = fields.String()
    why = fields.String()
    body = fields.String()
    received_at = Timestamp()


RefusedMessagePage = page_of(RefusedMessage)
