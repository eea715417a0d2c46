"""What activity tells the others: activities with their shifts, and what became of each enrollment.

``version`` is the activity's, the enrollment's or the invitation's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from services.chassis.events import Event
from services.chassis.personal_data import Exported


@dataclass(frozen=True, kw_only=True)
class ShiftState:
    """One shift of an activity."""

    shift_id: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    role: str | None = None


@dataclass(frozen=True, kw_only=True)
class ActivityChanged(Event):
    """The present state of an activity that has been published (``published`` or ``revoked``), for copies.

    ``fence_metres`` with ``latitude`` and ``longitude``: scans must come from there; None: from anywhere.
    ``static_codes_allowed``: printed codes that do not change are taken, too.
    """

    type = "activity.changed"
    subject_field = "activity_id"

    activity_id: str
    organization_id: str
    title: str
    category: str
    region: str
    address: str
    status: str
    latitude: float | None = None
    longitude: float | None = None
    fence_metres: int | None = None
    static_codes_allowed: bool = False
    shifts: list[ShiftState] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class ActivityPublished(Event):
    """An activity can be found and enrolled for (counted by supervision)."""

    type = "activity.published"
    subject_field = "activity_id"

    activity_id: str
    organization_id: str
    title: str
    region: str
    published_at: datetime


@dataclass(frozen=True, kw_only=True)
class ActivityRevoked(Event):
    """An activity will not take place; this is final (notice, attachment 2, 三.6)."""

    type = "activity.revoked"
    subject_field = "activity_id"
    mandatory = False

    activity_id: str
    organization_id: str
    title: str
    reason: str
    revoked_at: datetime


@dataclass(frozen=True, kw_only=True)
class EnrollmentChanged(Event):
    """The present state of an enrollment, for copies (``status``: DESIGN.md, 6)."""

    type = "enrollment.changed"
    subject_field = "enrollment_id"

    enrollment_id: str
    activity_id: str
    shift_id: str
    volunteer_id: str
    status: str


@dataclass(frozen=True, kw_only=True)
class _EnrollmentNews(Event):
    """What a volunteer is told with any news of an enrollment: what, when and where."""

    subject_field = "enrollment_id"

    enrollment_id: str
    activity_id: str
    shift_id: str
    volunteer_id: str
    title: str
    starts_at: datetime
    address: str


@dataclass(frozen=True, kw_only=True)
class EnrollmentAccepted(_EnrollmentNews):
    """The volunteer has a place (notice, attachment 2, 三.8)."""

    type = "enrollment.accepted"


@dataclass(frozen=True, kw_only=True)
class EnrollmentRejected(_EnrollmentNews):
    """The organization did not take the volunteer for this shift, and said why."""

    type = "enrollment.rejected"

    reason: str


@dataclass(frozen=True, kw_only=True)
class EnrollmentWaitlisted(_EnrollmentNews):
    """The shift is full; the volunteer waits in line."""

    type = "enrollment.waitlisted"


@dataclass(frozen=True, kw_only=True)
class EnrollmentOffered(_EnrollmentNews):
    """A place became free and is the volunteer's, if taken before ``expires_at``."""

    type = "enrollment.offered"

    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class EnrollmentCalledOff(_EnrollmentNews):
    """The activity of this enrollment was revoked: one for each volunteer who has to be told."""

    type = "enrollment.called_off"

    reason: str


@dataclass(frozen=True, kw_only=True)
class EnrollmentMarkedAbsent(_EnrollmentNews):
    """The organizer says that an accepted volunteer did not come."""

    type = "enrollment.marked_absent"


@dataclass(frozen=True, kw_only=True)
class EnrollmentAmended(_EnrollmentNews):
    """A public activity was edited, and what was changed is news to this volunteer: when, where, or both.

    One a volunteer and edit; ``more`` shifts of theirs changed by the same edit. ``clashes_with``: the title of what
    they hold or asked for at the same time as one of them, now that it was moved; empty if nothing.
    """

    type = "enrollment.amended"

    ends_at: datetime
    old_starts_at: datetime
    old_ends_at: datetime
    old_address: str
    more: int = 0
    clashes_with: str = ""


@dataclass(frozen=True, kw_only=True)
class EnrollmentReminderDue(_EnrollmentNews):
    """The shift of an accepted volunteer starts in ``hours``; once for each of the hours that are set."""

    type = "enrollment.reminder_due"

    ends_at: datetime
    role: str | None
    hours: int


@dataclass(frozen=True, kw_only=True)
class InvitationSent(Event):
    """An organization invites one of its own volunteers, who may enroll or not (notice, attachment 2, 三.7)."""

    type = "invitation.sent"
    subject_field = "invitation_id"

    invitation_id: str
    activity_id: str
    volunteer_id: str
    organization_name: str
    title: str
    starts_at: datetime
    organization_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class PersonalDataExported(Exported):
    """Everything that activity holds of a person who has asked for it, sealed for identity."""

    type = "personal_data.exported"
