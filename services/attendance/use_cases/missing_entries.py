"""Hours that a volunteer misses in their records (FACTS.md: Ranger Clubhouse).

Three people have to agree, none of them the same: the volunteer says when they served and who saw it, with files if
they have any; the organizer confirms it with evidence, their own or the volunteer's; and the superior decides about the
supplement that it becomes (notice, attachment 2, 三.9).
"""

from __future__ import annotations

from typing import Any

from services.attendance import commands, metrics
from services.attendance.domain import Interval, MissingEntryStatus
from services.attendance.errors import AboutOneself, ActivityRevoked, MissingEntryWaiting, NotAccepted, OverlapsRecord
from services.attendance.events import MissingEntryDecided
from services.attendance.models import ActivityCopy, MissingEntry, MissingEntryEvidence
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.use_cases import evidence
from services.attendance.use_cases.claimed_time import faults_of, said_of
from services.attendance.use_cases.oneself import require_somebody_else
from services.attendance.use_cases.scanning import REVOKED, ROLES, require_verified
from services.attendance.use_cases.standing_in import audited, in_whose_place
from services.attendance.use_cases.supplements import hand_up, require_room, shift_faults
from services.attendance.use_cases.witnesses import sealed_witness, witness_of
from services.chassis.errors import AlreadyDecided, FieldError, IllegalTransition, Invalid, NotFound
from services.chassis.ids import new_id


def report_missing_entry(command: commands.ReportMissingEntry, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """Say that one served; only who had a place at the shift, and whose records leave room for it."""
    volunteer_id = uow.caller.require_volunteer()
    activity = uow.copies.activity(command.activity_id)
    if activity.status == REVOKED:
        raise ActivityRevoked()
    faults = faults_of(uow, command.time)
    faults += shift_faults(activity.id, uow.copies.shift(command.shift_id), command.time)
    if faults:
        raise Invalid(*faults)
    volunteer = uow.copies.lock_volunteer(volunteer_id)
    if not uow.copies.is_accepted(volunteer_id, command.shift_id):
        raise NotAccepted()
    require_verified(volunteer)
    if uow.missing_entries.is_asked(volunteer_id, command.shift_id):
        raise MissingEntryWaiting()
    require_room(uow, volunteer_id, command.shift_id, command.time)
    if uow.supplements.overlapping(volunteer_id, command.time):
        raise OverlapsRecord()
    entry_id = new_id()
    entry = MissingEntry(
        id=entry_id,
        volunteer_id=volunteer_id,
        activity_id=activity.id,
        shift_id=command.shift_id,
        starts_at=command.starts_at,
        ends_at=command.ends_at,
        note=command.note,
        witness_sealed=sealed_witness(uow, entry_id, command.witness),
        status=MissingEntryStatus.ASKED.value,
        asked_at=uow.clock.now(),
        evidence=[MissingEntryEvidence(**columns) for columns in evidence.columns_of(command.evidence)],
        version=1,
    )
    uow.missing_entries.add(entry)
    uow.audit(
        "missing_entry.asked",
        f"missing_entry:{entry.id}",
        volunteer_id=volunteer_id,
        activity_id=activity.id,
        evidence=[file.sha256 for file in entry.evidence],
    )
    metrics.MISSING_ENTRIES.labels("asked").inc()
    return _state(entry)


def withdraw_missing_entry(command: commands.WithdrawMissingEntry, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """Ask no more; only one's own, and only while the organizer has not answered."""
    volunteer_id = uow.caller.require_volunteer()
    uow.copies.lock_volunteer(volunteer_id)
    entry = uow.missing_entries.find(command.missing_entry_id)
    if entry is None or entry.volunteer_id != volunteer_id:
        raise NotFound(what="missing_entry")
    if entry.status != MissingEntryStatus.ASKED:
        raise IllegalTransition(current=entry.status, attempted=MissingEntryStatus.WITHDRAWN.value)
    entry.status = MissingEntryStatus.WITHDRAWN.value
    entry.version += 1
    uow.audit("missing_entry.withdrawn", f"missing_entry:{entry.id}", volunteer_id=volunteer_id)
    metrics.MISSING_ENTRIES.labels("withdrawn").inc()
    return _state(entry)


def decide_missing_entry(command: commands.DecideMissingEntry, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """Confirm it, with another time if that is true, and it goes to the superior as a supplement; or reject it.

    The organizer's evidence goes with it, or, if they have none, the files of the claim (docs/adr/0031).
    """
    entry = decidable(uow, command.missing_entry_id)
    wanted = _wanted(entry)
    time = wanted if command.corrected is None else command.corrected.time
    proof = command.evidence or evidence.files_of(entry.evidence)
    faults = _faults(command, as_wanted=time == wanted, proved=bool(proof))
    if command.confirm and command.corrected is None:
        faults += said_of("confirm", faults_as_wanted(uow, entry))
    elif command.confirm:
        faults += _faults_of_time(uow, entry, time, "corrected.")
    if faults:
        raise Invalid(*faults)
    entry.on_behalf_of = in_whose_place(
        uow,
        uow.copies.activity(entry.activity_id).organization_id,
        {uow.copies.account_of(entry.volunteer_id)},
        AboutOneself,
        roles=ROLES,
        from_above=False,
    )
    if command.confirm:
        supplement = hand_up(
            commands.SubmitSupplement(
                activity_id=entry.activity_id,
                volunteer_id=entry.volunteer_id,
                shift_id=entry.shift_id,
                starts_at=time.starts_at,
                ends_at=time.ends_at,
                reason=command.reason or entry.note,
                evidence=proof,
            ),
            uow,
            on_behalf_of=entry.on_behalf_of,
        )
        uow.session.flush()  # the supplement has to be there
        entry.supplement_id = supplement.id
    entry.status = (MissingEntryStatus.CONFIRMED if command.confirm else MissingEntryStatus.REJECTED).value
    entry.decided_by = uow.caller.require_account()
    entry.decided_at = uow.clock.now()
    entry.decision_reason = command.reason
    entry.version += 1
    uow.audit(
        f"missing_entry.{entry.status}",
        f"missing_entry:{entry.id}",
        volunteer_id=entry.volunteer_id,
        supplement_id=entry.supplement_id,
        **audited(entry.on_behalf_of),
    )
    metrics.MISSING_ENTRIES.labels(entry.status).inc()
    _tell(uow, entry)
    return _state(entry)


def may_answer(uow: AttendanceUnitOfWork, entry: MissingEntry) -> bool:
    """Whether the caller runs the attendance that it is about, or stands in for an owner who does; be it their own."""
    return uow.reviewing.reaches(uow.copies.activity(entry.activity_id).organization_id, *ROLES)


def decidable(uow: AttendanceUnitOfWork, entry_id: str) -> MissingEntry:
    """The claim that waits, under its volunteer's lock, if it is the caller's to answer and not their own.

    Raises ``NotFound``, ``AboutOneself``, ``AlreadyDecided``.
    """
    found = uow.missing_entries.find(entry_id)
    if found is None or not may_answer(uow, found):
        raise NotFound(what="missing_entry")
    uow.copies.lock_volunteer(found.volunteer_id)
    require_somebody_else(uow, found.volunteer_id)
    entry = uow.missing_entries.find(entry_id)
    assert entry is not None
    if entry.status != MissingEntryStatus.ASKED:
        raise AlreadyDecided(status=entry.status)
    return entry


def faults_as_wanted(uow: AttendanceUnitOfWork, entry: MissingEntry) -> list[FieldError]:
    """What is wrong by now with the time that is wanted: the shift may have been moved since."""
    return _faults_of_time(uow, entry, _wanted(entry))


def _faults_of_time(
    uow: AttendanceUnitOfWork, entry: MissingEntry, time: Interval, prefix: str = ""
) -> list[FieldError]:
    shift = uow.copies.shift(entry.shift_id)
    return faults_of(uow, time, prefix) + shift_faults(entry.activity_id, shift, time, prefix)


def _wanted(entry: MissingEntry) -> Interval:
    return Interval(entry.starts_at, entry.ends_at)


def _faults(command: commands.DecideMissingEntry, *, as_wanted: bool, proved: bool) -> list[FieldError]:
    found = []
    if not command.reason and not (command.confirm and as_wanted):
        words = ("驳回或另定时间须说明理由", "a rejection, or another time, needs a reason")
        found.append(FieldError("reason", "required", *words))
    if command.confirm and not proved:
        words = ("确认须附证明材料，供上级审核", "a confirmation needs evidence, for the superior")
        found.append(FieldError("evidence", "required", *words))
    if not command.confirm and command.corrected is not None:
        words = ("驳回时不能另定时间", "a rejection sets no other time")
        found.append(FieldError("corrected", "not_confirmed", *words))
    return found


def _tell(uow: AttendanceUnitOfWork, entry: MissingEntry) -> None:
    event = MissingEntryDecided(
        missing_entry_id=entry.id,
        volunteer_id=entry.volunteer_id,
        activity_id=entry.activity_id,
        title=uow.copies.activity(entry.activity_id).title,
        confirmed=entry.status == MissingEntryStatus.CONFIRMED,
        reason=entry.decision_reason,
    )
    uow.publish(event, version=entry.version)


def _state(entry: MissingEntry) -> dict[str, Any]:
    return {"missing_entry_id": entry.id, "status": entry.status, "supplement_id": entry.supplement_id}


def list_my_missing_entries(query: commands.ListMyMissingEntries, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """What one said oneself, newest first."""
    volunteer_id = uow.caller.require_volunteer()
    page = uow.page(
        uow.missing_entries.listed(MissingEntry.volunteer_id == volunteer_id),
        [(MissingEntry.asked_at, "desc"), (MissingEntry.id, "desc")],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"my-missing-entries:{volunteer_id}",
    )
    items = [shown(uow, *row, used_elsewhere=set()) for row in page.items]
    return {"items": items, "next_cursor": page.next_cursor}


def list_missing_entries(query: commands.ListMissingEntries, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """What waits for an answer (or was answered) in an organization and those below it, oldest first."""
    uow.organizations.require(query.organization_id, *ROLES)
    page = uow.page(
        uow.missing_entries.listed(
            uow.organizations.subtree(ActivityCopy.organization_id, query.organization_id),
            MissingEntry.status == query.status,
        ),
        [MissingEntry.asked_at, MissingEntry.id],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"missing-entries:{query.organization_id}:{query.status}",
    )
    used_elsewhere = evidence.find_used_elsewhere(uow, [entry for entry, _, _ in page.items])
    items = [shown(uow, *row, used_elsewhere=used_elsewhere) for row in page.items]
    return {"items": items, "next_cursor": page.next_cursor}


def shown(
    uow: AttendanceUnitOfWork, entry: MissingEntry, activity: ActivityCopy, name: str, *, used_elsewhere: set[str]
) -> dict[str, Any]:
    """A claim as whoever answers it sees it, and its volunteer; one that was withdrawn has taken its files back."""
    return {
        **vars(entry),
        "missing_entry_id": entry.id,
        "organization_id": activity.organization_id,
        "title": activity.title,
        "name": name,
        "witness": witness_of(uow, entry),
        "files": evidence.shown([] if entry.status == MissingEntryStatus.WITHDRAWN else entry.evidence, used_elsewhere),
    }
