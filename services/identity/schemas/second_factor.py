"""The second factor: what is asked and answered."""

from __future__ import annotations

from marshmallow import fields

from services.chassis.schema import Answer, Request, SecretText, Text
from services.identity import commands


class EnrollTotp(Request):
    """``POST /me/totp``."""

    class Meta:
        command = commands.EnrollTotp

    password = SecretText(max=128, required=True)


class NewTotp(Answer):
    """A secret that is good once it is confirmed. ``qr``: ``otpauth_uri`` as an SVG data URI."""

    secret = fields.String()
    otpauth_uri = fields.String()
    qr = fields.String()


class ConfirmTotp(Request):
    """``POST /me/totp/confirmation``."""

    class Meta:
        command = commands.ConfirmTotp

    code = Text(max=20, required=True)


class RecoveryCodes(Answer):
    """Each stands in for the app once. They are shown this one time; digests are kept."""

    recovery_codes = fields.List(fields.String())


class RemoveTotp(Request):
    """``POST /me/totp/removal``. ``code``: of the app, or a recovery code. A password has no place in an address."""

    class Meta:
        command = commands.RemoveTotp

    password = SecretText(max=128, required=True)
    code = Text(max=20, required=True)
