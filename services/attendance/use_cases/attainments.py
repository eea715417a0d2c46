"""Trainings and awards, entered by the volunteer's own organization or one above, corrected by revoking (67号令)."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.attendance import commands, metrics
from services.attendance.domain.evaluation import AttainmentKind, AttainmentStatus
from services.attendance.errors import AboutOneself
from services.attendance.models import Attainment, VolunteerCopy
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.use_cases.scanning import ROLES
from services.chassis.clock import local_day
from services.chassis.errors import FieldError, IllegalTransition, Invalid, NotFound
from services.chassis.ids import new_id


def record_training(command: commands.RecordTraining, uow: AttendanceUnitOfWork) -> Attainment:
    """What a volunteer has learnt."""
    return _record(uow, AttainmentKind.TRAINING, command, command.minutes)


def record_award(command: commands.RecordAward, uow: AttendanceUnitOfWork) -> Attainment:
    """What a volunteer was honoured with."""
    return _record(uow, AttainmentKind.AWARD, command, None)


def _record(
    uow: AttendanceUnitOfWork,
    kind: AttainmentKind,
    command: commands.RecordTraining | commands.RecordAward,
    minutes: int | None,
) -> Attainment:
    volunteer = _reachable(uow, command.volunteer_id)
    _require_past(uow, command.day)
    attainment = Attainment(
        id=new_id(),
        volunteer_id=volunteer.id,
        organization_id=volunteer.organization_id,
        kind=kind.value,
        name=command.name,
        issuer=command.issuer,
        day=command.day,
        minutes=minutes,
        status=AttainmentStatus.RECORDED.value,
        recorded_by=uow.caller.require_account(),
        recorded_at=uow.clock.now(),
        version=1,
    )
    uow.attainments.add(attainment)
    uow.audit(f"{kind.value}.recorded", f"attainment:{attainment.id}", volunteer_id=volunteer.id)
    metrics.ATTAINMENTS.labels(kind.value, "recorded").inc()
    return attainment


def _reachable(uow: AttendanceUnitOfWork, volunteer_id: str) -> VolunteerCopy:
    """The volunteer, if their organization is the caller's or below it; for anybody else there is none."""
    volunteer = uow.copies.lock_volunteer(volunteer_id)
    if volunteer is None or volunteer.organization_id is None:
        raise NotFound(what="volunteer")
    if not uow.organizations.reaches(volunteer.organization_id, *ROLES):
        raise NotFound(what="volunteer")
    if volunteer.id == uow.caller.volunteer_id:
        raise AboutOneself()
    return volunteer


def _require_past(uow: AttendanceUnitOfWork, day: date) -> None:
    if day > local_day(uow.clock.now()):
        raise Invalid(FieldError("date", "in_the_future", "不能晚于今天", "must not be in the future"))


def revoke_attainment(command: commands.RevokeAttainment, uow: AttendanceUnitOfWork) -> Attainment:
    """It was entered by mistake; it stays to be read, with the reason."""
    attainment = uow.attainments.lock(command.attainment_id)
    if not uow.organizations.reaches(attainment.organization_id, *ROLES):
        raise NotFound(what="attainment")
    if attainment.status == AttainmentStatus.REVOKED:
        raise IllegalTransition(current=attainment.status, attempted=AttainmentStatus.REVOKED.value)
    attainment.status = AttainmentStatus.REVOKED.value
    attainment.revoked_at = uow.clock.now()
    attainment.reason = command.reason
    attainment.version += 1
    uow.audit(f"{attainment.kind}.revoked", f"attainment:{attainment.id}", volunteer_id=attainment.volunteer_id)
    metrics.ATTAINMENTS.labels(attainment.kind, "revoked").inc()
    return attainment


def list_attainments(query: commands.ListAttainments, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """One's own, or those of a volunteer whose organization is the caller's or below it; newest first."""
    volunteer_id = query.volunteer_id or uow.caller.require_volunteer()
    if query.volunteer_id is not None:
        volunteer = uow.copies.volunteer(query.volunteer_id)
        home = None if volunteer is None else volunteer.organization_id
        if home is None or not uow.organizations.reaches(home, *ROLES):
            raise NotFound(what="volunteer")
    page = uow.page(
        uow.attainments.of_volunteer(volunteer_id, query.kind),
        [(Attainment.day, "desc"), (Attainment.id, "desc")],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"attainments:{volunteer_id}:{query.kind}",
    )
    return {"items": page.items, "next_cursor": page.next_cursor}
