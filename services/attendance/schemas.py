"""Attendance's requests and answers, for RPC and HTTP alike."""

from __future__ import annotations

from marshmallow import fields, validate

from services.attendance import commands
from services.attendance.domain import REVIEWED_AS, Direction, Place
from services.chassis.schema import (
    Answer,
    Day,
    Id,
    Mobile,
    PageRequest,
    Request,
    Text,
    Timestamp,
    list_of,
    one_of,
    page_of,
    rule,
)

MAX_EVIDENCE = 10
MAX_DECISIONS = 100


def _degrees(limit: int) -> fields.Float:
    zh, en = f"应在 -{limit} 与 {limit} 之间", f"must be between -{limit} and {limit}"
    within = validate.Range(min=-limit, max=limit, error=rule("out_of_range", zh, en))
    return fields.Float(required=True, validate=within)


# codes and scans --------------------------------------------------------------------------------------------------


class ShowCode(Request):
    """``GET /activities/{activity_id}/shifts/{shift_id}/attendance-code``."""

    class Meta:
        command = commands.ShowCode

    activity_id = Id(required=True)
    shift_id = Id(required=True)
    kind = one_of(Direction, required=True)


class AttendanceCode(Answer):
    """A code to show as a QR, and when the next one takes its place."""

    token = fields.String()
    kind = fields.String()
    valid_until = Timestamp()


class Location(Request):
    """Where the phone says that it is, in degrees (WGS 84)."""

    class Meta:
        command = Place

    latitude = _degrees(90)
    longitude = _degrees(180)


class ScanCode(Request):
    """``POST /attendance/scans``. ``nonce``: the phone's own name of this scan; sent again, it changes nothing."""

    class Meta:
        command = commands.ScanCode

    token = Text(max=200, required=True)
    nonce = Text(min=8, max=64, required=True)
    scanned_at = Timestamp(load_default=None, allow_none=True)
    location = fields.Nested(Location, load_default=None, allow_none=True)


class ScannedRecord(Answer):
    """The service record that a scan opened or closed. ``minutes`` counts once it is closed."""

    record_id = Id(attribute="id")
    activity_id = Id()
    shift_id = Id()
    status = fields.String()
    signed_in_at = Timestamp()
    signed_out_at = Timestamp(allow_none=True)
    minutes = fields.Integer()


# supplements ------------------------------------------------------------------------------------------------------


class SupplementForm(Request):
    """``POST /activities/{activity_id}/supplements``, as a client sends it: ``evidence`` are upload ids."""

    activity_id = Id(required=True)
    volunteer_id = Id(required=True)
    shift_id = Id(required=True)
    starts_at = Timestamp(required=True)
    ends_at = Timestamp(required=True)
    reason = Text(max=500, multiline=True, required=True)
    evidence = list_of(Id(), min=1, max=MAX_EVIDENCE, required=True)


class EvidenceFile(Request):
    """What the gateway knows of an upload: it was the caller's own, and these are its bytes' hash and kind."""

    class Meta:
        command = commands.EvidenceFile

    upload_id = Id(required=True)
    sha256 = Text(min=64, max=64, required=True)
    content_type = Text(max=100, required=True)
    name = Text(max=200, required=True)


class SubmitSupplement(SupplementForm):
    """The same, with what the gateway knows of each upload."""

    class Meta:
        command = commands.SubmitSupplement

    evidence = list_of(fields.Nested(EvidenceFile), min=1, max=MAX_EVIDENCE, required=True)


class SubmittedSupplement(Answer):
    """The supplement on its way to the superior."""

    supplement_id = Id(attribute="id")
    status = fields.String()
    minutes = fields.Integer()


class ListReviews(PageRequest):
    """``GET /reviews/{kind}`` with the kind ``supplements``."""

    class Meta:
        command = commands.ListReviews

    kind = one_of(["supplements"], required=True)
    status = one_of(REVIEWED_AS, load_default="pending")


class EvidenceToJudge(Answer):
    """A file to look at; ``used_elsewhere``: another supplement carries the very same bytes."""

    upload_id = Id()
    content_type = fields.String()
    name = fields.String()
    used_elsewhere = fields.Boolean()


class SupplementReview(Answer):
    """A supplement as its superior sees it."""

    id = Id()
    kind = fields.String()
    status = fields.String()
    submitted_at = Timestamp()
    age_days = fields.Integer()
    volunteer_id = Id()
    name = fields.String()
    organization_id = Id()
    activity_id = Id()
    shift_id = Id()
    title = fields.String()
    starts_at = Timestamp()
    ends_at = Timestamp()
    minutes = fields.Integer()
    reason = fields.String()
    evidence = fields.List(Id())
    files = fields.List(fields.Nested(EvidenceToJudge))
    rejection_reason = fields.String(allow_none=True)


SupplementReviewPage = page_of(SupplementReview)


class CountReviews(Request):
    """``GET /reviews``."""

    class Meta:
        command = commands.CountReviews


class ReviewCounts(Answer):
    """How many supplements wait for the caller."""

    supplements = fields.Integer()


class DecideReview(Request):
    """``POST /reviews/{kind}/{id}/decision``."""

    class Meta:
        command = commands.DecideReview

    kind = one_of(["supplements"], required=True)
    id = Id(required=True)
    approve = fields.Boolean(required=True)
    reason = Text(min=0, max=500, multiline=True, load_default=None, allow_none=True)


class DecidedReview(Answer):
    """What was decided."""

    id = Id()
    kind = fields.String()
    status = fields.String()


class Decision(Request):
    """One of many decisions."""

    class Meta:
        command = commands.Decision

    id = Id(required=True)
    approve = fields.Boolean(required=True)
    reason = Text(min=0, max=500, multiline=True, load_default=None, allow_none=True)


class DecideReviews(Request):
    """``POST /reviews/{kind}/decisions``."""

    class Meta:
        command = commands.DecideReviews

    kind = one_of(["supplements"], required=True)
    decisions = list_of(fields.Nested(Decision), min=1, max=MAX_DECISIONS, required=True)


class DecisionRefusal(Answer):
    """Why one decision was not taken."""

    code = fields.String()
    detail = fields.String()


class DecisionResult(Answer):
    """What came of one of many decisions: a status or an error."""

    id = Id()
    status = fields.String(allow_none=True)
    error = fields.Nested(DecisionRefusal, allow_none=True)


class DecisionResults(Answer):
    """The results, in the order of the decisions."""

    items = fields.List(fields.Nested(DecisionResult))


class MaySeeUpload(Request):
    """Asked by the gateway, for ``GET /uploads/{upload_id}``."""

    class Meta:
        command = commands.MaySeeUpload

    upload_id = Id(required=True)


class UploadAccess(Answer):
    """Whether the caller may."""

    allowed = fields.Boolean()


# disclosure and objections ----------------------------------------------------------------------------------------


class OpenDisclosure(Request):
    """``POST /activities/{activity_id}/disclosure``."""

    class Meta:
        command = commands.OpenDisclosure

    activity_id = Id(required=True)


class DisclosureSummary(Answer):
    """An activity whose hours are shown; ``closes_at`` is when the last of them is confirmed."""

    activity_id = Id()
    organization_id = Id()
    title = fields.String()
    status = fields.String()
    opens_at = Timestamp()
    closes_at = Timestamp()
    records = fields.Integer()
    minutes = fields.Integer()


class ListDisclosures(PageRequest):
    """``GET /disclosures``. ``from`` and ``to`` are days on which a disclosure opened, both included."""

    class Meta:
        command = commands.ListDisclosures

    organization_id = Id(load_default=None)
    from_day = Day(data_key="from", load_default=None)
    to_day = Day(data_key="to", load_default=None)


DisclosurePage = page_of(DisclosureSummary)


class GetDisclosure(PageRequest):
    """``GET /activities/{activity_id}/disclosure``."""

    class Meta:
        command = commands.GetDisclosure

    activity_id = Id(required=True)


class DisclosedRecord(Answer):
    """One record as the public sees it; ``frozen`` while an objection to it is open."""

    record_id = Id()
    name = fields.String()
    minutes = fields.Integer()
    date = Day()
    status = fields.String()


class Disclosure(page_of(DisclosedRecord)):  # type: ignore[misc]  # the class is made at run time
    """An activity's hours; confirmed ones are not shown any more."""

    activity_id = Id()
    organization_id = Id()
    title = fields.String()
    status = fields.String()
    opens_at = Timestamp()
    closes_at = Timestamp()


class SubmitObjection(Request):
    """``POST /activities/{activity_id}/objections``. ``contact``: a mobile number, kept sealed."""

    class Meta:
        command = commands.SubmitObjection

    activity_id = Id(required=True)
    record_id = Id(load_default=None, allow_none=True)
    text = Text(max=2000, multiline=True, required=True)
    contact = Mobile(required=True)


class SubmittedObjection(Answer):
    """The objection that was taken."""

    objection_id = Id(attribute="id")
    status = fields.String()


class ListObjections(PageRequest):
    """``GET /activities/{activity_id}/objections``."""

    class Meta:
        command = commands.ListObjections

    activity_id = Id(required=True)


class Objection(Answer):
    """An objection as the organization sees it."""

    objection_id = Id()
    activity_id = Id()
    record_id = Id(allow_none=True)
    text = fields.String()
    contact_masked = fields.String(allow_none=True)
    status = fields.String()
    submitted_at = Timestamp()
    resolved_at = Timestamp(allow_none=True)
    reason = fields.String(allow_none=True)


ObjectionPage = page_of(Objection)


class CorrectedTime(Request):
    """The time that was really served."""

    class Meta:
        command = commands.CorrectedTime

    starts_at = Timestamp(required=True)
    ends_at = Timestamp(required=True)


class ResolveObjection(Request):
    """``POST /objections/{objection_id}/resolution``. Upheld without ``corrected``: the minutes are taken back."""

    class Meta:
        command = commands.ResolveObjection

    objection_id = Id(required=True)
    upheld = fields.Boolean(required=True)
    reason = Text(max=500, multiline=True, required=True)
    corrected = fields.Nested(CorrectedTime, load_default=None, allow_none=True)


class ResolvedObjection(Answer):
    """What came of it; ``minutes`` is what the record counts now."""

    objection_id = Id()
    status = fields.String()
    record_id = Id(allow_none=True)
    minutes = fields.Integer(allow_none=True)


# one's own hours --------------------------------------------------------------------------------------------------


class ListServiceRecords(PageRequest):
    """``GET /me/service-records``."""

    class Meta:
        command = commands.ListServiceRecords


class ServiceRecord(Answer):
    """One's own record. ``starts_at`` to ``ends_at`` is the time that counts."""

    record_id = Id()
    activity_id = Id()
    shift_id = Id()
    title = fields.String()
    status = fields.String()
    provenance = fields.String()
    date = Day()
    signed_in_at = Timestamp(allow_none=True)
    signed_out_at = Timestamp(allow_none=True)
    starts_at = Timestamp(allow_none=True)
    ends_at = Timestamp(allow_none=True)
    minutes = fields.Integer()
    disclosed_until = Timestamp(allow_none=True)


ServiceRecordPage = page_of(ServiceRecord)


class GetServiceSummary(Request):
    """``GET /me/service-summary``."""

    class Meta:
        command = commands.GetServiceSummary


class MinutesByProvenance(Answer):
    """Minutes that stand, by where they came from."""

    scan = fields.Integer()
    supplement = fields.Integer()
    correction = fields.Integer()


class ServiceSummary(Answer):
    """All minutes recorded; the star counts the confirmed ones. ``next_star_minutes``: confirmed minutes missing."""

    total_minutes = fields.Integer()
    confirmed_minutes = fields.Integer()
    minutes_by_provenance = fields.Nested(MinutesByProvenance)
    star = fields.Integer()
    next_star_minutes = fields.Integer(allow_none=True)


class RecountLedger(Request):
    """For platform administrators."""

    class Meta:
        command = commands.RecountLedger


class Recount(Answer):
    """What a recount found; the lists are empty when everything is as it should be."""

    entries = fields.Integer()
    sound = fields.Boolean()
    broken_chains = fields.List(Id())
    wrong_totals = fields.List(Id())
    wrong_records = fields.List(Id())
