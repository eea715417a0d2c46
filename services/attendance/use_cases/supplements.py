"""Supplements: hours asked for with evidence, to be decided above (notice, attachment 2, 三.9)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from services.attendance import commands
from services.attendance.domain import REVIEWED_AS, REVIEWERS, Interval, SupplementStatus
from services.attendance.errors import ActivityRevoked, NotAccepted, OverlapsRecord
from services.attendance.models import Evidence, MissingEntry, ServiceRecord, ShiftCopy, Supplement
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.repository.waiting import Waiting
from services.attendance.use_cases import evidence
from services.attendance.use_cases.claimed_time import faults_of, require_no_overlap
from services.attendance.use_cases.scanning import REVOKED, ROLES, is_too_late_to_sign_out, require_verified
from services.attendance.use_cases.standing_in import audited, mine_to_decide
from services.attendance.use_cases.witnesses import witness_of
from services.chassis.errors import FieldError, Invalid
from services.chassis.ids import new_id

KIND = "supplements"

_REVIEW_WORDS: dict[str, str] = {status.value: word for word, status in REVIEWED_AS.items()}


def submit_supplement(command: commands.SubmitSupplement, uow: AttendanceUnitOfWork) -> Supplement:
    """Ask the superior to count hours that could not be scanned."""
    uow.organizations.require(uow.copies.activity(command.activity_id).organization_id, *ROLES)
    return hand_up(command, uow, on_behalf_of=None)


def hand_up(command: commands.SubmitSupplement, uow: AttendanceUnitOfWork, *, on_behalf_of: str | None) -> Supplement:
    """The same for whoever may, in somebody's place or none."""
    activity = uow.copies.activity(command.activity_id)
    if activity.status == REVOKED:
        raise ActivityRevoked()
    shift = uow.copies.shift(command.shift_id)
    faults = faults_of(uow, command.time) + shift_faults(activity.id, shift, command.time)
    if faults:
        raise Invalid(*faults)
    volunteer = uow.copies.lock_volunteer(command.volunteer_id)
    if not uow.copies.is_accepted(command.volunteer_id, command.shift_id):
        raise NotAccepted()
    require_verified(volunteer)
    require_room(uow, command.volunteer_id, command.shift_id, command.time)
    if uow.supplements.overlapping(command.volunteer_id, command.time):
        raise OverlapsRecord()
    supplement = Supplement(
        id=new_id(),
        volunteer_id=command.volunteer_id,
        activity_id=activity.id,
        shift_id=command.shift_id,
        organization_id=activity.organization_id,
        starts_at=command.starts_at,
        ends_at=command.ends_at,
        minutes=command.time.minutes,
        reason=command.reason,
        status=SupplementStatus.SUBMITTED.value,
        submitted_by=uow.caller.require_account(),
        submitted_on_behalf_of=on_behalf_of,
        submitted_at=uow.clock.now(),
        evidence=[Evidence(**columns) for columns in evidence.columns_of(command.evidence)],
        version=1,
    )
    uow.supplements.add(supplement)
    uow.audit(
        "supplement.submitted",
        f"supplement:{supplement.id}",
        volunteer_id=supplement.volunteer_id,
        activity_id=activity.id,
        minutes=supplement.minutes,
        evidence=[file.sha256 for file in supplement.evidence],
        **audited(on_behalf_of),
    )
    return supplement


def require_room(uow: AttendanceUnitOfWork, volunteer_id: str, shift_id: str, time: Interval) -> None:
    """Raises ``OverlapsRecord`` if the volunteer served elsewhere at that time.

    A forgotten sign-out at the same shift is no hindrance: to settle it is what the supplement is for.
    """
    forgotten = forgotten_record(uow, volunteer_id, shift_id)
    require_no_overlap(uow, volunteer_id, time, but=None if forgotten is None else forgotten.id)


def forgotten_record(uow: AttendanceUnitOfWork, volunteer_id: str, shift_id: str) -> ServiceRecord | None:
    """The volunteer's open record of a shift at which no sign-out is taken any more."""
    record, shift = uow.records.open_at(volunteer_id, shift_id), uow.copies.shift(shift_id)
    return record if shift is None or is_too_late_to_sign_out(uow, shift) else None


def shift_faults(activity_id: str, shift: ShiftCopy | None, time: Interval, prefix: str = "") -> list[FieldError]:
    """What is wrong with the shift named, and with ``time`` as one of it; ``prefix`` leads to the time's fields."""
    if shift is None or shift.activity_id != activity_id:
        return [FieldError("shift_id", "unknown_shift", "不是该活动的班次", "is no shift of this activity")]
    if not time.overlaps(Interval(shift.starts_at, shift.ends_at)):
        words = ("不在该班次时间内", "does not meet the time of the shift")
        return [FieldError(f"{prefix}starts_at", "outside_shift", *words)]
    return []


def list_supplement_reviews(query: commands.ListReviews, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """The supplements that the caller may decide as a superior, oldest first."""
    statement = uow.supplements.with_status(REVIEWED_AS[query.status], *_mine_to_decide(uow))
    page = uow.page(
        statement,
        [Supplement.submitted_at, Supplement.id],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"reviews:supplements:{query.status}",
    )
    used_elsewhere = evidence.find_used_elsewhere(uow, [supplement for supplement, _, _ in page.items])
    asked = uow.missing_entries.behind([supplement.id for supplement, _, _ in page.items])
    now = uow.clock.now()
    items = [
        {
            **_shown(supplement, title, name, used_elsewhere),
            "age_days": (now - supplement.submitted_at).days,
            "asked_by_volunteer": _said(uow, asked.get(supplement.id), supplement),
        }
        for supplement, title, name in page.items
    ]
    return {"items": items, "next_cursor": page.next_cursor}


def count_waiting(uow: AttendanceUnitOfWork) -> Waiting:
    """How many wait for the caller."""
    return uow.supplements.waiting(*_mine_to_decide(uow))


def _mine_to_decide(uow: AttendanceUnitOfWork) -> list[Any]:
    return mine_to_decide(
        uow,
        REVIEWERS,
        lambda tree: tree.reachable(Supplement.organization_id, *REVIEWERS, from_above=True),
        lambda person: sa.and_(
            person.is_none_of(Supplement.submitted_by, Supplement.submitted_on_behalf_of),
            person.is_another_than(Supplement.volunteer_id),
        ),
    )


def _said(uow: AttendanceUnitOfWork, entry: MissingEntry | None, supplement: Supplement) -> dict[str, Any] | None:
    if entry is None:
        return None
    claimed, proving = ({file.upload_id for file in case.evidence} for case in (entry, supplement))
    return {**vars(entry), "witness": witness_of(uow, entry), "files_are_theirs": proving <= claimed}


def _shown(supplement: Supplement, title: str, name: str, used_elsewhere: set[str]) -> dict[str, Any]:
    return {
        "id": supplement.id,
        "kind": KIND,
        "status": _REVIEW_WORDS[supplement.status],
        "submitted_at": supplement.submitted_at,
        "volunteer_id": supplement.volunteer_id,
        "name": name,
        "organization_id": supplement.organization_id,
        "activity_id": supplement.activity_id,
        "shift_id": supplement.shift_id,
        "title": title,
        "starts_at": supplement.starts_at,
        "ends_at": supplement.ends_at,
        "minutes": supplement.minutes,
        "reason": supplement.reason,
        "rejection_reason": supplement.decision_reason,
        "evidence": [file.upload_id for file in supplement.evidence],
        "files": evidence.shown(supplement.evidence, used_elsewhere),
    }
