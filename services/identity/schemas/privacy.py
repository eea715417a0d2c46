"""Consents and exports: requests and answers."""

from __future__ import annotations

from marshmallow import fields

from services.chassis.schema import Answer, Id, Request, Text, Timestamp, list_of
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


class OwnUpload(Request):
    """What the gateway knows of a file that the caller handed in. ``fetch``: where its content is to be had."""

    class Meta:
        command = commands.OwnUpload

    upload_id = Id(required=True)
    name = Text(max=200, required=True)
    content_type = Text(max=100, required=True)
    size = fields.Integer(required=True)
    sha256 = Text(min=64, max=64, required=True)
    created_at = Timestamp(required=True)
    fetch = Text(max=200, required=True)


class RequestExport(Request):
    """``POST /me/exports``, with what the gateway keeps of the caller: all of it, however much."""

    class Meta:
        command = commands.RequestExport

    uploads = fields.List(fields.Nested(OwnUpload), required=True)


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
    """What has come, by service; rows by table, in identity's beside what GET /me/export says.

    ``gateway`` lists the files that one has handed in, with name, kind, size, SHA-256, when, and where to fetch each.
    """

    data = fields.Dict(keys=fields.String(), values=fields.Dict())


class FindErasedAccounts(Request):
    """Asked by the gateway, which keeps what people have uploaded."""

    class Meta:
        command = commands.FindErasedAccounts

    account_ids = list_of(Id(), max=BATCH, required=True)


class ErasedAccounts(Answer):
    """Those that were erased."""

    account_ids = fields.List(Id())
