"""Consents and exports: requests and answers."""

from __future__ import annotations

from marshmallow import fields

from services.chassis.schema import Answer, Id, Request, Timestamp, list_of
from services.chassis.uploads import BATCH
from services.identity import commands


class ListConsents(Request):
    """``GET /me/consents``."""

    class Meta:
        command = commands.ListConsents


class WithdrawConsent(Request):
    """``POST /me/consents/{consent_id}/withdrawal``."""

    class Meta:
        command = commands.WithdrawConsent

    consent_id = Id(required=True)


class RequestExport(Request):
    """``POST /me/exports``."""

    class Meta:
        command = commands.RequestExport


class GetExport(Request):
    """``GET /me/exports/{export_id}``."""

    class Meta:
        command = commands.GetExport

    export_id = Id(required=True)


class Consent(Answer):
    """One consent. ``text_*`` are the words, if they are still the ones in force; ``text_hash`` is SHA-256 of both."""

    consent_id = Id()
    purpose = fields.String()
    version = fields.String()
    text_hash = fields.String()
    text_zh = fields.String(allow_none=True)
    text_en = fields.String(allow_none=True)
    given_by = fields.String()
    given_at = Timestamp()
    withdrawn_at = Timestamp(allow_none=True)
    can_be_withdrawn = fields.Boolean()


class ConsentList(Answer):
    """All of one's consents."""

    items = fields.List(fields.Nested(Consent))


class ExportState(Answer):
    """An export: ``collecting`` while ``missing`` services have not answered, then ``complete``."""

    export_id = Id()
    status = fields.String()
    missing = fields.List(fields.String())
    requested_at = Timestamp()
    expires_at = Timestamp()


class FullExport(ExportState):
    """What has come, by service; rows by table, in identity's beside what GET /me/export says."""

    data = fields.Dict(keys=fields.String(), values=fields.Dict())


class FindErasedAccounts(Request):
    """Asked by the gateway, which keeps what people have uploaded."""

    class Meta:
        command = commands.FindErasedAccounts

    account_ids = list_of(Id(), max=BATCH, required=True)


class ErasedAccounts(Answer):
    """Those that were erased."""

    account_ids = fields.List(Id())
