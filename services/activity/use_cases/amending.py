"""An edit after publication: whoever has a place, or asked for one, is told the old and the new time and place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from services.activity.domain.states import ActivityStatus, EnrollmentStatus
from services.activity.events import EnrollmentAmended
from services.activity.models import Activity, Enrollment, Shift
from services.activity.repository import ActivityUnitOfWork
from services.activity.use_cases.telling import enrollment_state, facts


@dataclass(frozen=True)
class Known:
    """What others knew of an activity: nothing of a draft."""

    address: str = ""
    spans: Mapping[str, tuple[datetime, datetime]] = field(default_factory=dict)


Amended = Mapping[str, tuple[Activity, Shift, Known]]
"""The shifts that matter to somebody, by id: what they are now, and what was known of them."""


def known_of(activity: Activity) -> Known:
    """What is known of ``activity`` now."""
    if activity.status != ActivityStatus.PUBLISHED:
        return Known()
    return Known(activity.address, {shift.id: (shift.starts_at, shift.ends_at) for shift in activity.shifts})


def tell_amended(uow: ActivityUnitOfWork, edited: Sequence[tuple[Activity, Known]]) -> list[dict[str, Any]]:
    """One message a person for all that was edited at once, and none if nothing changed for them.

    Who has several shifts that changed reads of the first, and how many more there are. An offered place is never kept
    past the start that is new. Answers a warning for each shift that was moved onto what some of its people hold or
    asked for elsewhere: they are told, too, and nothing is resolved for anybody.
    """
    amended = {
        shift.id: (activity, shift, known)
        for activity, known in edited
        for shift in activity.shifts
        if _matters(activity, shift, known, uow.clock.now())
    }
    if not amended:
        return []
    told = uow.enrollments.claiming(amended)
    moved = [each for each in told if _was_moved(*amended[each.shift_id][1:])]
    clashes = uow.enrollments.clashes(each.id for each in moved)
    changed = [(enrollment_state(each), each.version) for each in _cut_short(uow, told, amended)]
    uow.publish_many([*changed, *_news(told, amended, clashes)])
    return [_warning(uow, *amended[shift_id][:2], group) for shift_id, group in _by_shift(moved, clashes).items()]


def _cut_short(uow: ActivityUnitOfWork, told: Sequence[Enrollment], amended: Amended) -> list[Enrollment]:
    """Let offers end with a start that is earlier now; answers those that were to last longer."""
    cut = []
    for enrollment in told:
        starts_at, expires_at = amended[enrollment.shift_id][1].starts_at, enrollment.offer_expires_at
        if enrollment.status == EnrollmentStatus.OFFERED and expires_at is not None and expires_at > starts_at:
            enrollment.offer_expires_at = starts_at
            enrollment.changed_at = uow.clock.now()
            enrollment.version += 1
            cut.append(enrollment)
    return cut


def _by_shift(moved: Sequence[Enrollment], clashes: Mapping[str, str]) -> dict[str, list[str]]:
    """The ids of the enrollments that clash, by shift."""
    found: dict[str, list[str]] = {}
    for enrollment in moved:
        if enrollment.id in clashes:
            found.setdefault(enrollment.shift_id, []).append(enrollment.id)
    return found


def _warning(uow: ActivityUnitOfWork, activity: Activity, shift: Shift, enrollment_ids: list[str]) -> dict[str, Any]:
    """How many are concerned and who; with what it clashes is not the organizer's to know."""
    zh = f"该班次有 {len(enrollment_ids)} 名志愿者在新时间另有报名或已被录用，已通知本人"
    en = f"{len(enrollment_ids)} of its volunteers have another shift at the new time; they were told"
    return {
        "code": "overlapping_enrollments",
        "activity_id": activity.id,
        "shift_id": shift.id,
        "enrollment_ids": enrollment_ids,
        "message": en if uow.caller.locale == "en" else zh,
    }


def _was_moved(shift: Shift, known: Known) -> bool:
    return known.spans[shift.id] != (shift.starts_at, shift.ends_at)


def _matters(activity: Activity, shift: Shift, known: Known, now: datetime) -> bool:
    before = known.spans.get(shift.id)
    if before is None or max(before[1], shift.ends_at) <= now:
        return False
    return _was_moved(shift, known) or known.address != activity.address


def _news(
    told: Sequence[Enrollment], amended: Amended, clashes: Mapping[str, str]
) -> Iterator[tuple[EnrollmentAmended, int]]:
    for _, group in groupby(told, key=lambda enrollment: enrollment.volunteer_id):
        theirs = sorted(group, key=lambda enrollment: amended[enrollment.shift_id][1].starts_at)
        first = theirs[0]
        activity, shift, known = amended[first.shift_id]
        old_starts_at, old_ends_at = known.spans[shift.id]
        event = EnrollmentAmended(
            **facts(first, activity, shift),
            ends_at=shift.ends_at,
            old_starts_at=old_starts_at,
            old_ends_at=old_ends_at,
            old_address=known.address,
            more=len(theirs) - 1,
            clashes_with=next((clashes[each.id] for each in theirs if each.id in clashes), ""),
        )
        yield event, first.version
