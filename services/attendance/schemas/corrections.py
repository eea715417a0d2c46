"""Corrections of records, for RPC and HTTP alike."""

from __future__ import annotations

from marshmallow import fields

from services.attendance import commands
from services.attendance.domain import CorrectionStatus
from services.attendance.schemas.disclosure import CorrectedTime
from services.attendance.schemas.reviews import MAX_EVIDENCE, EvidenceFile, EvidenceToJudge
from services.chassis.schema import Answer, Id, PageRequest, Request, Text, Timestamp, list_of, one_of, page_of


class CorrectionForm(Request):
    """``POST /service-records/{record_id}/corrections``, as a client sends it: ``evidence`` are upload ids."""

    record_id = Id(required=True)
    starts_at = Timestamp(required=True)
    ends_at = Timestamp(required=True)
    reason = Text(max=500, multiline=True, required=True)
    evidence = list_of(Id(), max=MAX_EVIDENCE, load_default=list)


class RequestCorrection(CorrectionForm):
    """The same, with what the gateway knows of each upload."""

    class Meta:
        command = commands.RequestCorrection

    evidence = list_of(fields.Nested(EvidenceFile), max=MAX_EVIDENCE, load_default=list)


class WithdrawCorrection(Request):
    """``POST /corrections/{correction_id}/withdrawal``."""

    class Meta:
        command = commands.WithdrawCorrection

    correction_id = Id(required=True)


class CorrectionState(Answer):
    """Where a correction stands; ``minutes`` is what the record counts now."""

    correction_id = Id()
    record_id = Id()
    status = fields.String()
    record_status = fields.String()
    minutes = fields.Integer()


class ListMyCorrections(PageRequest):
    """``GET /me/corrections``."""

    class Meta:
        command = commands.ListMyCorrections


class ListCorrections(PageRequest):
    """``GET /organizations/{organization_id}/corrections``: of the organization and those below it."""

    class Meta:
        command = commands.ListCorrections

    organization_id = Id(required=True)
    status = one_of(CorrectionStatus, load_default=CorrectionStatus.REQUESTED.value)


class Correction(Answer):
    """What was asked for, what the record counted then and counts since, and what was decided.

    Without ``on_request`` the organizer corrected of their own accord. ``starts_at`` to ``ends_at`` was asked for,
    ``granted_starts_at`` to ``granted_ends_at`` was granted. ``record_*``: what counts now. ``files``: none any more of
    what was withdrawn.
    """

    correction_id = Id()
    record_id = Id()
    activity_id = Id()
    title = fields.String()
    volunteer_id = Id()
    name = fields.String()
    on_request = fields.Boolean()
    status = fields.String()
    requested_at = Timestamp()
    starts_at = Timestamp(allow_none=True)
    ends_at = Timestamp(allow_none=True)
    reason = fields.String()
    files = fields.List(fields.Nested(EvidenceToJudge))
    decided_at = Timestamp(allow_none=True)
    decision_reason = fields.String(allow_none=True)
    granted_starts_at = Timestamp(allow_none=True)
    granted_ends_at = Timestamp(allow_none=True)
    minutes_before = fields.Integer(allow_none=True)
    minutes = fields.Integer(allow_none=True)
    record_status = fields.String()
    record_starts_at = Timestamp(allow_none=True)
    record_ends_at = Timestamp(allow_none=True)
    record_minutes = fields.Integer()


CorrectionPage = page_of(Correction)


class DecideCorrection(Request):
    """``POST /corrections/{correction_id}/decision``. A refusal, and a grant of another time, say why."""

    class Meta:
        command = commands.DecideCorrection

    correction_id = Id(required=True)
    grant = fields.Boolean(required=True)
    reason = Text(max=500, multiline=True, load_default=None, allow_none=True)
    corrected = fields.Nested(CorrectedTime, load_default=None, allow_none=True)


class AmendRecord(Request):
    """``POST /service-records/{record_id}/amendments``. Without ``corrected`` the minutes are taken back."""

    class Meta:
        command = commands.AmendRecord

    record_id = Id(required=True)
    reason = Text(max=500, multiline=True, required=True)
    corrected = fields.Nested(CorrectedTime, load_default=None, allow_none=True)
