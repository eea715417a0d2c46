"""The line before a full shift: a place that becomes free is offered to the first in line, for a while.

All of it runs under the shift's lock (``uow.shifts.lock``), so that one at a time counts places and gives them.
"""

from __future__ import annotations

from typing import Any

from services.activity import metrics
from services.activity.commands import AnswerOffer
from services.activity.domain.states import (
    ActivityStatus,
    EnrollmentStatus,
    offer_answered,
    offer_deadline,
)
from services.activity.errors import EnrollmentClosed, OfferExpired, OverlappingShift
from services.activity.models import Activity, Enrollment, Shift
from services.activity.repository import ActivityUnitOfWork
from services.activity.use_cases import telling, views
from services.activity.use_cases.own import active_and_locked, own_enrollment

# How many shifts one run of the timer sees to; it comes again soon.
SHIFTS_A_RUN = 50


def offer_free_places(uow: ActivityUnitOfWork, activity: Activity, shift: Shift) -> None:
    """Offer what is free to the first in line; nothing once the shift has begun or the activity is revoked."""
    now = uow.clock.now()
    if activity.status != ActivityStatus.PUBLISHED or shift.starts_at <= now:
        return
    free = shift.capacity - uow.shifts.taken(shift.id)
    if free <= 0:
        return
    for enrollment in uow.enrollments.first_waiting(shift.id, free):
        enrollment.offer_expires_at = offer_deadline(now, uow.settings.offer_hours, shift)
        telling.move(uow, enrollment, EnrollmentStatus.OFFERED, activity, shift)


def answer_offer(command: AnswerOffer, uow: ActivityUnitOfWork) -> dict[str, Any]:
    """Take the place, or decline it, whereupon it goes to the next in line."""
    volunteer_id = uow.caller.require_volunteer()
    enrollment = own_enrollment(uow, command.enrollment_id, volunteer_id)
    active_and_locked(uow, volunteer_id)
    shift = uow.shifts.lock([enrollment.shift_id])[enrollment.shift_id]
    uow.enrollments.refresh(enrollment)
    activity = enrollment.activity
    uow.activities.refresh_state(activity)
    if activity.status == ActivityStatus.REVOKED:
        raise EnrollmentClosed(why="revoked")
    attempted = offer_answered(enrollment.status, command.accept)
    if enrollment.offer_expires_at is None or enrollment.offer_expires_at <= uow.clock.now():
        raise OfferExpired()
    if command.accept:
        _require_free_time(uow, enrollment, shift)
        enrollment.decided_at = uow.clock.now()
    telling.move(uow, enrollment, attempted, activity, shift)
    metrics.OFFERS_ANSWERED.labels("accepted" if command.accept else "declined").inc()
    if not command.accept:
        offer_free_places(uow, activity, shift)
    return views.enrollment(uow, enrollment)


def _require_free_time(uow: ActivityUnitOfWork, enrollment: Enrollment, shift: Shift) -> None:
    # Another offer at the same time is no obstacle: the volunteer chooses, and this is the choice.
    obstacles = {EnrollmentStatus.APPLIED, EnrollmentStatus.ACCEPTED}
    other = uow.enrollments.overlapping(enrollment.volunteer_id, shift, obstacles)
    if other is not None:
        raise OverlappingShift(title=other.activity.title, enrollment_id=other.id)


def lapse_overdue(uow: ActivityUnitOfWork) -> None:
    """Let offers lapse whose time is over, and offer the places again; end lines whose shift has begun."""
    now = uow.clock.now()
    for shift in uow.shifts.lock(uow.enrollments.shifts_with_overdue_lines(now, SHIFTS_A_RUN)).values():
        activity = uow.activities.find(shift.activity_id)
        if activity is None:
            continue
        for enrollment in uow.enrollments.overdue(shift, now):
            if enrollment.status == EnrollmentStatus.OFFERED:
                metrics.OFFERS_ANSWERED.labels("lapsed").inc()
            telling.move(uow, enrollment, EnrollmentStatus.LAPSED, activity, shift)
        offer_free_places(uow, activity, shift)
