"""The public page behind the QR on a card's front."""

from __future__ import annotations

from marshmallow import fields

from services.card import commands
from services.chassis.schema import Answer, Day, Request, SecretText, Timestamp


class MakeCardPage(Request):
    """``POST /me/card-page``."""

    class Meta:
        command = commands.MakeCardPage


class ShowOwnCardPage(Request):
    """``GET /me/card-page``."""

    class Meta:
        command = commands.ShowOwnCardPage


class CloseCardPage(Request):
    """``DELETE /me/card-page``."""

    class Meta:
        command = commands.CloseCardPage


class PageToken(Answer):
    """For the gateway, which makes an address and a QR of it."""

    token = fields.String()
    created_at = Timestamp()


class OpenCardPage(Request):
    """``GET /card-pages/{token}``."""

    class Meta:
        command = commands.OpenCardPage

    token = SecretText(max=100, required=True)


class CardPage(Answer):
    """What the card shows, to anybody who scans its QR. The name is masked.

    ``organization_name`` is null for who belongs to none. ``confirmed_minutes`` and ``star`` are null while they
    cannot be read; everything else is as ever then.
    """

    volunteer_no = fields.String()
    name_masked = fields.String()
    organization_name = fields.String(allow_none=True)
    bank = fields.String()
    bank_name = fields.String()
    card_since = Day()
    confirmed_minutes = fields.Integer(allow_none=True)
    star = fields.Integer(allow_none=True)
