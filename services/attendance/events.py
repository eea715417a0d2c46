"""What attendance tells the others: scans, hours, what superiors decided, and stars.

``version`` is the record's, the held hours', the supplement's or the objection's; a star's is the star itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.chassis.events import Event
from services.chassis.personal_data import Exported


@dataclass(frozen=True, kw_only=True)
class SignedIn(Event):
    """A volunteer's service record was opened by a scan."""

    type = "attendance.signed_in"
    subject_field = "record_id"
    mandatory = False

    record_id: str
    volunteer_id: str
    activity_id: str
    shift_id: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class SignedOut(Event):
    """A volunteer's service record was closed, by a scan or by the organizer."""

    type = "attendance.signed_out"
    subject_field = "record_id"
    mandatory = False

    record_id: str
    volunteer_id: str
    activity_id: str
    shift_id: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class SignOutEntered(Event):
    """An organizer entered the sign-out that a volunteer had forgotten; ``minutes`` is what the record counts now."""

    type = "attendance.sign_out_entered"
    subject_field = "record_id"

    record_id: str
    volunteer_id: str
    activity_id: str
    title: str
    signed_out_at: datetime
    minutes: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class HoursRecorded(Event):
    """Minutes were added to the ledger (negative: a reversing entry). ``provenance``: scan, supplement, correction …"""

    type = "hours.recorded"
    subject_field = "record_id"

    record_id: str
    volunteer_id: str
    activity_id: str
    organization_id: str
    title: str
    minutes: int
    provenance: str
    served_on: str
    shift_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class HoursHeld(Event):
    """Minutes of a record go beyond what a day counts at once, and wait for an organization above."""

    type = "hours.held"
    subject_field = "record_id"

    record_id: str
    volunteer_id: str
    activity_id: str
    title: str
    minutes: int
    served_on: str


@dataclass(frozen=True, kw_only=True)
class HeldHoursDecided(Event):
    """An organization above, or the province, granted or refused held minutes; granted ones are recorded, too."""

    type = "held_hours.decided"
    subject_field = "held_id"

    held_id: str
    record_id: str
    volunteer_id: str
    activity_id: str
    title: str
    minutes: int
    granted: bool
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class SupplementDecided(Event):
    """A superior organization approved or rejected a supplement (notice, attachment 2, 三.9)."""

    type = "supplement.decided"
    subject_field = "supplement_id"

    supplement_id: str
    volunteer_id: str
    activity_id: str
    title: str
    approved: bool
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class MissingEntryDecided(Event):
    """The organizer confirmed hours that a volunteer misses, so that the superior decides about them; or did not."""

    type = "missing_entry.decided"
    subject_field = "missing_entry_id"

    missing_entry_id: str
    volunteer_id: str
    activity_id: str
    title: str
    confirmed: bool
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class CorrectionDecided(Event):
    """A correction was granted or refused; or made by the organizer, unasked (not ``on_request``)."""

    type = "correction.decided"
    subject_field = "correction_id"

    correction_id: str
    record_id: str
    volunteer_id: str
    activity_id: str
    title: str
    on_request: bool
    granted: bool
    minutes: int
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class ScanConflictDecided(Event):
    """An organizer decided whether a scan counts that was handed in later and could not count by itself."""

    type = "scan_conflict.decided"
    subject_field = "conflict_id"

    conflict_id: str
    volunteer_id: str
    activity_id: str
    title: str
    accepted: bool
    reason: str


@dataclass(frozen=True, kw_only=True)
class ObjectionResolved(Event):
    """An objection was upheld or dismissed. Whoever objected is told: by account, or by the contact they left.

    ``contact_sealed``: a mobile number, sealed with the message keys and the context ``objection:<objection_id>``.
    ``appeal_until``: until when whoever objected may appeal; None for who may not.
    """

    type = "objection.resolved"
    subject_field = "objection_id"

    objection_id: str
    activity_id: str
    account_id: str | None
    contact_sealed: str | None
    upheld: bool
    reason: str
    appeal_until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class RecordDutyChanged(Event):
    """Whether an activity's hours were recorded within ten working days after it (民政部令67号).

    ``status``: ``in_time``, ``overdue``, ``late`` (complete by now, and it was overdue), or ``void``: revoked since.
    ``title`` is the activity's; none in what was told before it was added.
    """

    type = "record_duty.changed"
    subject_field = "activity_id"

    activity_id: str
    organization_id: str
    due_on: str
    status: str
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class AppealDecided(Event):
    """An appeal was upheld or dismissed, finally. Whoever appealed is told."""

    type = "appeal.decided"
    subject_field = "appeal_id"

    appeal_id: str
    objection_id: str
    activity_id: str
    title: str
    account_id: str
    upheld: bool
    reason: str


@dataclass(frozen=True, kw_only=True)
class StarAwarded(Event):
    """A volunteer's confirmed hours reached the next star (FACTS.md, Stars)."""

    type = "star.awarded"
    subject_field = "volunteer_id"

    volunteer_id: str
    stars: int
    hours: int


@dataclass(frozen=True, kw_only=True)
class PersonalDataExported(Exported):
    """Everything that attendance holds of a person who has asked for it, sealed for identity."""

    type = "personal_data.exported"
