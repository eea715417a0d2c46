"""An edit after publication: whoever has a place, or asked for one, is told the old and the new time and place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from services.activity.domain.states import ActivityStatus, EnrollmentStatus
from services.activity.events import EnrollmentAmended
from services.activity.models import Activity, Enrollment, Shift
from services.activity.repository import ActivityUnitOfWork
from services.activity.use_cases.telling import facts


@dataclass(frozen=True)
class Known:
    """What others knew of an activity: nothing of a draft."""

    address: str = ""
    spans: Mapping[str, tuple[datetime, datetime]] = field(default_factory=dict)


def known_of(activity: Activity) -> Known:
    """What is known of ``activity`` now."""
    if activity.status != ActivityStatus.PUBLISHED:
        return Known()
    return Known(activity.address, {shift.id: (shift.starts_at, shift.ends_at) for shift in activity.shifts})


def tell_amended(uow: ActivityUnitOfWork, edited: Sequence[tuple[Activity, Known]]) -> None:
    """One message a person for all that was edited at once, and none if nothing changed for them.

    Who has several shifts that changed reads of the first, and how many more there are. An offered place is never kept
    past the start that is new.
    """
    amended = {
        shift.id: (activity, shift, known)
        for activity, known in edited
        for shift in activity.shifts
        if _matters(activity, shift, known, uow.clock.now())
    }
    if not amended:
        return
    told = uow.enrollments.claiming(amended)
    for enrollment in told:
        if enrollment.status == EnrollmentStatus.OFFERED and enrollment.offer_expires_at is not None:
            starts_at = amended[enrollment.shift_id][1].starts_at
            enrollment.offer_expires_at = min(enrollment.offer_expires_at, starts_at)
    uow.publish_many([(event, version) for event, version in _news(told, amended)])


def _matters(activity: Activity, shift: Shift, known: Known, now: datetime) -> bool:
    before = known.spans.get(shift.id)
    if before is None or max(before[1], shift.ends_at) <= now:
        return False
    return before != (shift.starts_at, shift.ends_at) or known.address != activity.address


def _news(
    told: Sequence[Enrollment], amended: Mapping[str, tuple[Activity, Shift, Known]]
) -> Iterator[tuple[EnrollmentAmended, int]]:
    for _, group in groupby(told, key=lambda enrollment: enrollment.volunteer_id):
        first, *more = sorted(group, key=lambda enrollment: amended[enrollment.shift_id][1].starts_at)
        activity, shift, known = amended[first.shift_id]
        old_starts_at, old_ends_at = known.spans[shift.id]
        event = EnrollmentAmended(
            **facts(first, activity, shift),
            ends_at=shift.ends_at,
            old_starts_at=old_starts_at,
            old_ends_at=old_ends_at,
            old_address=known.address,
            more=len(more),
        )
        yield event, first.version
