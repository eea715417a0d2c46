"""What activity can be asked, as plain data; a module per topic."""

from __future__ import annotations

from services.activity.commands.activities import (
    CopyActivity,
    CreateActivity,
    EditActivity,
    GetActivity,
    Location,
    PublishActivity,
    RevokeActivity,
    SearchActivities,
    ShiftInput,
)
from services.activity.commands.calendars import CreateCalendarToken, ReadCalendar, RevokeCalendarToken
from services.activity.commands.enrollments import (
    AnswerOffer,
    DecideEnrollment,
    DecideEnrollments,
    Enroll,
    ListEnrollments,
    ListMyActivities,
    ListRejectionReasons,
    WithdrawEnrollment,
)
from services.activity.commands.invitations import (
    DeclineInvitation,
    InvitationFilter,
    InviteVolunteers,
    ListInvitations,
    ListMyInvitations,
)
from services.activity.commands.presence import AdmitWalkIn, RecordAbsence, RevokeAbsence
from services.activity.commands.series import ListOccurrences, Repeat

__all__ = [
    "AdmitWalkIn",
    "AnswerOffer",
    "CopyActivity",
    "CreateActivity",
    "CreateCalendarToken",
    "DecideEnrollment",
    "DecideEnrollments",
    "DeclineInvitation",
    "EditActivity",
    "Enroll",
    "GetActivity",
    "InvitationFilter",
    "InviteVolunteers",
    "ListEnrollments",
    "ListInvitations",
    "ListMyActivities",
    "ListMyInvitations",
    "ListOccurrences",
    "ListRejectionReasons",
    "Location",
    "PublishActivity",
    "ReadCalendar",
    "RecordAbsence",
    "Repeat",
    "RevokeAbsence",
    "RevokeActivity",
    "RevokeCalendarToken",
    "SearchActivities",
    "ShiftInput",
    "WithdrawEnrollment",
]
