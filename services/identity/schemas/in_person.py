"""The verifications in person of a volunteer, as their history."""

from __future__ import annotations

from marshmallow import fields

from services.chassis.schema import Answer, Id, Request, Timestamp
from services.identity import commands


class ListInPersonVerifications(Request):
    """``GET /volunteers/{volunteer_id}/in-person-verifications``: those of the caller's organizations and below."""

    class Meta:
        command = commands.ListInPersonVerifications

    volunteer_id = Id(required=True)


class ListMyInPersonVerifications(Request):
    """``GET /me/in-person-verifications``."""

    class Meta:
        command = commands.ListMyInPersonVerifications


class MyVerification(Answer):
    """One verification. ``expires_at``: when it ends by itself, if the place lets them; null once it has ended.

    ``cause``: revoked, expired or new_certificate; ``reason``: that of a revocation.
    """

    verification_id = Id()
    organization_id = Id()
    organization_name = fields.String()
    verified_at = Timestamp()
    expires_at = Timestamp(allow_none=True)
    ended_at = Timestamp(allow_none=True)
    cause = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    verified_by_masked = fields.String()


class MyVerifications(Answer):
    """All of one's own, the newest first."""

    items = fields.List(fields.Nested(MyVerification))


class Verification(MyVerification):
    """One verification with who was at work, for those who answer for them: empty for whoever was erased since."""

    class Meta:
        exclude = ("verified_by_masked",)

    verified_by_name = fields.String()
    ended_by_name = fields.String(allow_none=True)


class Verifications(Answer):
    """Those of the caller's organizations, the newest first."""

    items = fields.List(fields.Nested(Verification))
