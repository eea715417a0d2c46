"""One's own shifts as a calendar: an address to subscribe to, which is all the right that it takes to read it."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from services.activity.commands import CreateCalendarToken, ReadCalendar, RevokeCalendarToken
from services.activity.domain.calendars import CANCELLED_FOR, PAST, Entry, Standing, standing_of, write_calendar
from services.activity.models import Enrollment
from services.activity.repository import ActivityUnitOfWork
from services.chassis.errors import NotFound

PATH = "/v1/me/calendar.ics"


def create_token(_command: CreateCalendarToken, uow: ActivityUnitOfWork) -> dict[str, Any]:
    """A new address, shown this once; the one before leads nowhere from now on."""
    volunteer_id = uow.caller.require_volunteer()
    token, now = secrets.token_urlsafe(32), uow.clock.now()
    uow.calendars.save(volunteer_id, token, now)
    uow.audit("calendar_token.created", f"volunteer:{volunteer_id}")
    return {"token": token, "path": f"{PATH}?token={token}", "created_at": now}


def revoke_token(_command: RevokeCalendarToken, uow: ActivityUnitOfWork) -> dict[str, Any]:
    """Let it lead nowhere; done twice is done."""
    volunteer_id = uow.caller.require_volunteer()
    if uow.calendars.remove(volunteer_id):
        uow.audit("calendar_token.revoked", f"volunteer:{volunteer_id}")
    return {}


def read_calendar(query: ReadCalendar, uow: ActivityUnitOfWork) -> dict[str, Any]:
    """The calendar at an address; an address that leads nowhere is not there."""
    volunteer_id = uow.calendars.volunteer_of(query.token)
    if volunteer_id is None:
        raise NotFound(what="calendar")
    now = uow.clock.now()
    # who withdrew and came again has one entry, the newest
    newest = {e.shift_id: e for e in sorted(uow.calendars.enrollments(volunteer_id, now - PAST), key=lambda e: e.id)}
    found = (_entry(enrollment, now) for enrollment in newest.values())
    entries = sorted((entry for entry in found if entry is not None), key=lambda e: (e.starts_at, e.enrollment_id))
    return {"calendar": write_calendar(entries)}


def _entry(enrollment: Enrollment, now: datetime) -> Entry | None:
    activity, shift = enrollment.activity, enrollment.shift
    standing = standing_of(enrollment.status, activity.status, was_offered=enrollment.offer_expires_at is not None)
    own_change = enrollment.changed_at or enrollment.decided_at or enrollment.created_at
    changed_at = max(own_change, activity.changed_at or own_change)
    if standing is None or (standing is Standing.CANCELLED and changed_at <= now - CANCELLED_FOR):
        return None
    return Entry(
        enrollment_id=enrollment.id,
        standing=standing,
        title=activity.title,
        role=shift.role,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        description=activity.description,
        contact=activity.contact,
        address=activity.address,
        latitude=activity.latitude,
        longitude=activity.longitude,
        created_at=enrollment.created_at,
        changed_at=changed_at,
        sequence=enrollment.version + activity.version,
    )
