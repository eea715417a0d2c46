"""Certificates of service, for RPC and HTTP alike."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields

from services.attendance import commands
from services.attendance.domain.certificates import MOST_MEMBERS, read_code, read_serial
from services.chassis.schema import (
    Answer,
    Day,
    Id,
    PageRequest,
    Request,
    Text,
    Timestamp,
    list_of,
    page_of,
    rule,
    whole_number,
)


class Serial(Text):
    """A serial as it is printed; a mistyped one is told by its check digit."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max=30, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        serial = read_serial(super()._deserialize(value, attr, data, **kwargs))
        if serial is None:
            zh, en = "不是有效的证明编号，请核对是否输错", "is no serial of a certificate; look for a mistyped digit"
            raise ma.ValidationError(rule("bad_serial", zh, en))
        return serial


class VerificationCode(Text):
    """A code as somebody types it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max=30, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        return read_code(super()._deserialize(value, attr, data, **kwargs))


class _Period(Request):
    """``from`` and ``to`` are days of service, both included."""

    from_day = Day(data_key="from", load_default=None, allow_none=True)
    to_day = Day(data_key="to", load_default=None, allow_none=True)

    @ma.validates_schema
    def _forwards(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("from_day") and data.get("to_day") and data["from_day"] > data["to_day"]:
            raise ma.ValidationError(rule("before_from", "不能早于起始日期", "must not be before `from`"), "to")


class IssueCertificate(_Period):
    """``POST /me/service-certificates``."""

    class Meta:
        command = commands.IssueCertificate


class ListCertificates(PageRequest):
    """``GET /me/service-certificates``."""

    class Meta:
        command = commands.ListCertificates


class GetCertificate(Request):
    """``GET /me/service-certificates/{serial}``."""

    class Meta:
        command = commands.GetCertificate

    serial = Serial(required=True)


class RevokeCertificate(Request):
    """``POST /service-certificates/{serial}/revocation``."""

    class Meta:
        command = commands.RevokeCertificate

    serial = Serial(required=True)
    reason = Text(max=200, required=True)


class VerifyCertificate(Request):
    """``GET /service-certificates/{serial}?code=``."""

    class Meta:
        command = commands.VerifyCertificate

    serial = Serial(required=True)
    code = VerificationCode(required=True)


class Certificate(Answer):
    """A certificate in a list. ``status``: ``valid``, ``outdated`` (a record it counts was corrected), ``revoked``.

    ``organization_id``: it lists only hours for that organization and those below it; null: all.
    """

    serial = fields.String()
    status = fields.String()
    organization_id = Id(allow_none=True)
    from_day = Day(data_key="from", allow_none=True)
    to_day = Day(data_key="to", allow_none=True)
    minutes = fields.Integer()
    services = fields.Integer()
    issued_at = Timestamp()
    changed_at = Timestamp(allow_none=True)
    reason = fields.String(allow_none=True)


CertificatePage = page_of(Certificate)


class CertifiedService(Answer):
    """One service as it was when the certificate was issued."""

    date = Day(attribute="served_on")
    starts_at = Timestamp()
    ends_at = Timestamp()
    minutes = fields.Integer()
    title = fields.String()
    address = fields.String(allow_none=True)
    organization_name = fields.String()


class CertificateDocument(Certificate):
    """All of a certificate: what is printed."""

    name = fields.String()
    volunteer_no = fields.String()
    code = fields.String()
    items = fields.List(fields.Nested(CertifiedService))


class VerifiedCertificate(Answer):
    """What whoever holds a certificate is told: enough to compare, and no more of the person than they hold."""

    serial = fields.String()
    status = fields.String()
    name_masked = fields.String()
    from_day = Day(data_key="from", allow_none=True)
    to_day = Day(data_key="to", allow_none=True)
    minutes = fields.Integer()
    services = fields.Integer()
    organizations = fields.List(fields.String())
    issued_at = Timestamp()
    changed_at = Timestamp(allow_none=True)


class RequestBatch(_Period):
    """``POST /organizations/{organization_id}/service-certificates``."""

    class Meta:
        command = commands.RequestBatch

    organization_id = Id(required=True)
    activity_id = Id(load_default=None, allow_none=True)
    volunteer_ids = list_of(Id(), min=1, max=MOST_MEMBERS, load_default=None, allow_none=True)


class ListBatches(PageRequest):
    """``GET /organizations/{organization_id}/service-certificates``."""

    class Meta:
        command = commands.ListBatches

    organization_id = Id(required=True)


class GetBatch(Request):
    """``GET /certificate-batches/{batch_id}``."""

    class Meta:
        command = commands.GetBatch

    batch_id = Id(required=True)


class HandOutCertificates(PageRequest):
    """The gateway's, for ``GET /certificate-batches/{batch_id}/certificates``; a page is some thousand lines."""

    class Meta:
        command = commands.HandOutCertificates

    batch_id = Id(required=True)
    limit = whole_number(min=1, max=20, load_default=20)


class Batch(Answer):
    """How far it has come: ``running`` or ``done``. ``nothing``: for how many nothing was left to certify."""

    batch_id = Id()
    organization_id = Id()
    activity_id = Id(allow_none=True)
    from_day = Day(data_key="from", allow_none=True)
    to_day = Day(data_key="to", allow_none=True)
    status = fields.String()
    requested_at = Timestamp()
    members = fields.Integer()
    issued = fields.Integer()
    nothing = fields.Integer()


BatchPage = page_of(Batch)
BatchCertificatePage = page_of(CertificateDocument)
