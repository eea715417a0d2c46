"""Hours that volunteers miss in their records, for RPC and HTTP alike."""

from __future__ import annotations

from marshmallow import fields

from services.attendance import commands
from services.attendance.domain import MissingEntryStatus
from services.attendance.schemas.disclosure import CorrectedTime
from services.attendance.schemas.reviews import MAX_EVIDENCE, EvidenceFile, EvidenceToJudge
from services.chassis.schema import Answer, Id, PageRequest, Request, Text, Timestamp, list_of, one_of, page_of


class MissingEntryForm(Request):
    """``POST /activities/{activity_id}/missing-entries``, as a client sends it.

    ``witness``: who saw it; kept sealed. ``evidence``: upload ids, if there are files; whoever decides sees them.
    """

    activity_id = Id(required=True)
    shift_id = Id(required=True)
    starts_at = Timestamp(required=True)
    ends_at = Timestamp(required=True)
    note = Text(max=500, multiline=True, required=True)
    witness = Text(max=50, load_default=None, allow_none=True)
    evidence = list_of(Id(), max=MAX_EVIDENCE, load_default=list)


class ReportMissingEntry(MissingEntryForm):
    """The same, with what the gateway knows of each upload."""

    class Meta:
        command = commands.ReportMissingEntry

    evidence = list_of(fields.Nested(EvidenceFile), max=MAX_EVIDENCE, load_default=list)


class WithdrawMissingEntry(Request):
    """``POST /missing-entries/{missing_entry_id}/withdrawal``."""

    class Meta:
        command = commands.WithdrawMissingEntry

    missing_entry_id = Id(required=True)


class ListMyMissingEntries(PageRequest):
    """``GET /me/missing-entries``."""

    class Meta:
        command = commands.ListMyMissingEntries


class ListMissingEntries(PageRequest):
    """``GET /organizations/{organization_id}/missing-entries``: of the organization and those below it."""

    class Meta:
        command = commands.ListMissingEntries

    organization_id = Id(required=True)
    status = one_of(MissingEntryStatus, load_default=MissingEntryStatus.ASKED.value)


class MissingEntry(Answer):
    """What the volunteer wants counted, and what was answered; ``supplement_id``: what went to the superior.

    ``files`` are the volunteer's; a claim that was withdrawn has taken them back.
    """

    missing_entry_id = Id()
    activity_id = Id()
    shift_id = Id()
    title = fields.String()
    volunteer_id = Id()
    name = fields.String()
    starts_at = Timestamp()
    ends_at = Timestamp()
    note = fields.String()
    witness = fields.String(allow_none=True)
    files = fields.List(fields.Nested(EvidenceToJudge))
    status = fields.String()
    asked_at = Timestamp()
    decided_at = Timestamp(allow_none=True)
    decision_reason = fields.String(allow_none=True)
    supplement_id = Id(allow_none=True)


MissingEntryPage = page_of(MissingEntry)


class MissingEntryState(Answer):
    """Where it stands."""

    missing_entry_id = Id()
    status = fields.String()
    supplement_id = Id(allow_none=True)


class MissingEntryDecision(Request):
    """``POST /missing-entries/{missing_entry_id}/decision``, as a client sends it: ``evidence`` are upload ids.

    A confirmation needs evidence, for the superior: the organizer's, or, without any, the files of the claim. A
    rejection, and another time, need a reason.
    """

    missing_entry_id = Id(required=True)
    confirm = fields.Boolean(required=True)
    reason = Text(max=500, multiline=True, load_default=None, allow_none=True)
    corrected = fields.Nested(CorrectedTime, load_default=None, allow_none=True)
    evidence = list_of(Id(), max=MAX_EVIDENCE, load_default=list)


class DecideMissingEntry(MissingEntryDecision):
    """The same, with what the gateway knows of each upload."""

    class Meta:
        command = commands.DecideMissingEntry

    evidence = list_of(fields.Nested(EvidenceFile), max=MAX_EVIDENCE, load_default=list)
