"""Activities and enrollments as they are shown: rows, and what is counted or follows from the clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from services.activity.domain.enrolling import closes_at, must_be_accompanied, places_to_take
from services.activity.domain.states import ActivityStatus, EnrollmentStatus, phase_of
from services.activity.models import Activity, Enrollment, Invitation, VolunteerCopy
from services.activity.repository import ActivityUnitOfWork
from services.chassis.clock import local_day

ACCOMPANIED_BY = "enrollment.accompanied_by:{}"
"""The context of who comes along with an enrollment."""

_AS_STORED = (
    "organization_id", "status", "title", "category", "description", "region", "address", "enroll_by", "contact",
    "insurance_note", "risk_note", "approval", "static_codes_allowed", "created_at", "published_at", "revoked_at",
    "revocation_reason",
)  # fmt: skip


def activities(uow: ActivityUnitOfWork, shown: Sequence[Activity]) -> list[dict[str, Any]]:
    """Activities with phase, requirements, and the places of each shift; counted for all of them at once."""
    return _activities(uow, shown, {each.series.id: each.series.rule for each in shown if each.series is not None})


def listed(uow: ActivityUnitOfWork, activity_ids: Sequence[str]) -> list[dict[str, Any]]:
    """The same of activities that are not at hand yet, in the order of ``activity_ids``."""
    rows = uow.activities.rows(activity_ids)
    shown = [rows[activity_id] for activity_id in activity_ids]
    return _activities(uow, shown, {row.series_id: row.rule for row in shown})


def activity(uow: ActivityUnitOfWork, shown: Activity) -> dict[str, Any]:
    """One activity."""
    return activities(uow, [shown])[0]


def _activities(uow: ActivityUnitOfWork, shown: Sequence[Any], rules: Mapping[str, str]) -> list[dict[str, Any]]:
    """``shown``: entities, or rows with their columns; ``rules``: those of their series."""
    shifts, now = uow.shifts.rows(each.id for each in shown), uow.clock.now()
    return [_activity(each, shifts[each.id], rules.get(each.series_id), now) for each in shown]


def _activity(activity: Any, shifts: Sequence[Any], rule: str | None, now: datetime) -> dict[str, Any]:
    location = None
    if activity.latitude is not None:
        location = {
            "latitude": activity.latitude,
            "longitude": activity.longitude,
            "fence_metres": activity.fence_metres,
        }
    return {
        "activity_id": activity.id,
        **{name: getattr(activity, name) for name in _AS_STORED},
        "phase": phase_of(shifts, now),
        "location": location,
        "series": None if rule is None else _series(activity, rule),
        "requirements": {
            "min_age": activity.min_age,
            "max_age": activity.max_age,
            "skills": activity.skills,
            "members_only": activity.members_only,
        },
        "shifts": [_shift(activity, shift, now) for shift in shifts],
    }


def _shift(activity: Any, shift: Any, now: datetime) -> dict[str, Any]:
    closes = closes_at(activity.enroll_by, shift)
    published = activity.status == ActivityStatus.PUBLISHED
    return {
        "shift_id": shift.id,
        "starts_at": shift.starts_at,
        "ends_at": shift.ends_at,
        "capacity": shift.capacity,
        "role": shift.role,
        "accepted": shift.accepted,
        "open": places_to_take(shift.capacity, shift.taken, closes, now) if published else 0,
    }


def _series(activity: Any, rule: str) -> dict[str, Any]:
    return {
        "series_id": activity.series_id,
        "rule": rule,
        "occurs_on": activity.occurs_on,
        "own_fields": activity.own_fields,
    }


def enrollments(uow: ActivityUnitOfWork, shown: Iterable[Enrollment]) -> list[dict[str, Any]]:
    """Enrollments, each with its place in line while it waits."""
    shown = list(shown)
    positions = uow.enrollments.positions(shown)
    return [
        {
            "enrollment_id": enrollment.id,
            "activity_id": enrollment.activity_id,
            "shift_id": enrollment.shift_id,
            "volunteer_id": enrollment.volunteer_id,
            "status": enrollment.status,
            "reason": enrollment.reason,
            "reason_code": enrollment.reason_code,
            "position": positions.get(enrollment.id),
            "offer_expires_at": (
                enrollment.offer_expires_at if enrollment.status == EnrollmentStatus.OFFERED else None
            ),
            "accompanied_by": accompanied_by(uow, enrollment),
            **{name: getattr(enrollment, name) for name in ("source", "late", "signed_in_at", "minutes")},
            "created_at": enrollment.created_at,
        }
        for enrollment in shown
    ]


def enrollments_of_volunteers(
    uow: ActivityUnitOfWork, shown: Sequence[tuple[Enrollment, VolunteerCopy | None]]
) -> list[dict[str, Any]]:
    """Enrollments with who it is, for organizers."""
    items = enrollments(uow, [enrollment for enrollment, _ in shown])
    for item, (enrollment, volunteer) in zip(items, shown, strict=True):
        item["volunteer_name"] = "" if volunteer is None else volunteer.name
        item["volunteer_no"] = "" if volunteer is None else volunteer.volunteer_no
        item["must_be_accompanied"] = volunteer is not None and must_be_accompanied(
            volunteer.accompanied_until, local_day(enrollment.shift.starts_at)
        )
    return items


def accompanied_by(uow: ActivityUnitOfWork, enrollment: Enrollment) -> str | None:
    """The name of the adult who comes along, in clear: for the volunteer and the organizers."""
    sealed = enrollment.accompanied_by_sealed
    return (
        None if sealed is None else uow.settings.activity_cipher.decrypt(sealed, ACCOMPANIED_BY.format(enrollment.id))
    )


def sealed_companion(uow: ActivityUnitOfWork, enrollment_id: str, name: str | None) -> str | None:
    """The name of the adult who comes along, as it is kept."""
    return None if name is None else uow.settings.activity_cipher.encrypt(name, ACCOMPANIED_BY.format(enrollment_id))


def enrollment(uow: ActivityUnitOfWork, shown: Enrollment) -> dict[str, Any]:
    """One enrollment."""
    return enrollments(uow, [shown])[0]


def invitation(shown: Invitation, outcome: str, volunteer: VolunteerCopy | None) -> dict[str, Any]:
    """An invitation with who it is, for organizers."""
    return {
        "invitation_id": shown.id,
        "volunteer_id": shown.volunteer_id,
        "volunteer_name": "" if volunteer is None else volunteer.name,
        "volunteer_no": "" if volunteer is None else volunteer.volunteer_no,
        "invited_at": shown.created_at,
        "outcome": outcome,
        "declined_at": shown.declined_at,
    }


def own_invitation(shown: Invitation, outcome: str) -> dict[str, Any]:
    """An invitation with what it is to, for who was invited."""
    return {
        "invitation_id": shown.id,
        "invited_at": shown.created_at,
        "outcome": outcome,
        "declined_at": shown.declined_at,
        "activity": shown.activity,
    }
