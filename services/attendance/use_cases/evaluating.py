"""Evaluations: of an activity by whoever served at it, of a service by whoever recorded it (民政部令67号).

Each once, and final: neither side answers the other's. Nothing is said before the shift is over, by nobody who was not
there, and by nobody of themselves.
"""

from __future__ import annotations

from typing import Any

from services.attendance import commands, metrics
from services.attendance.domain import RecordStatus
from services.attendance.errors import AboutOneself, AlreadyEvaluated, NotServed, ShiftsNotEnded
from services.attendance.models import ActivityEvaluation, ServiceEvaluation
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.use_cases.scanning import ROLES
from services.chassis.clock import SHANGHAI
from services.chassis.errors import NotFound
from services.chassis.ids import new_id


def evaluate_activity(command: commands.EvaluateActivity, uow: AttendanceUnitOfWork) -> ActivityEvaluation:
    """One to five stars, and a word if one wants to say it."""
    volunteer_id = uow.caller.require_volunteer()
    activity = uow.copies.activity(command.activity_id)
    uow.copies.lock_volunteer(volunteer_id)
    shift_ended_at = uow.evaluations.served(volunteer_id, activity.id)
    if shift_ended_at is None:
        raise NotServed()
    _require_over(uow, shift_ended_at)
    if uow.evaluations.of_activity_by(activity.id, volunteer_id) is not None:
        raise AlreadyEvaluated()
    evaluation = ActivityEvaluation(
        id=new_id(),
        activity_id=activity.id,
        volunteer_id=volunteer_id,
        stars=command.stars,
        text=command.text,
        evaluated_at=uow.clock.now(),
    )
    uow.evaluations.add(evaluation)
    metrics.EVALUATIONS.labels("activity").inc()
    return evaluation


def _require_over(uow: AttendanceUnitOfWork, ends_at: Any) -> None:
    if ends_at > uow.clock.now():
        raise ShiftsNotEnded(ends_at=ends_at.astimezone(SHANGHAI).isoformat(timespec="minutes"))


def get_rating(query: commands.GetRating, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """For everybody: how many evaluations, and their mean once there are enough that nobody's stands out."""
    activity = uow.copies.activity(query.activity_id)
    count, mean = uow.evaluations.rating(activity.id)
    enough = count >= uow.settings.evaluations_shown_from
    return {"activity_id": activity.id, "evaluations": count, "stars": round(mean, 1) if enough else None}


def list_activity_evaluations(query: commands.ListActivityEvaluations, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """For who runs the activity: what was said, not by whom."""
    activity = uow.copies.activity(query.activity_id)
    uow.organizations.require(activity.organization_id, *ROLES)
    page = uow.page(
        uow.evaluations.of_activity(activity.id),
        [(ActivityEvaluation.evaluated_at, "desc"), (ActivityEvaluation.id, "desc")],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"evaluations:{activity.id}",
    )
    return {"items": page.items, "next_cursor": page.next_cursor}


def evaluate_service(command: commands.EvaluateService, uow: AttendanceUnitOfWork) -> ServiceEvaluation:
    """A grade, and a word if the organization wants to say it."""
    found = uow.records.get(command.record_id)
    if not uow.organizations.reaches(found.organization_id, *ROLES):
        raise NotFound(what="record")
    if found.volunteer_id == uow.caller.volunteer_id:
        raise AboutOneself()
    uow.copies.lock_volunteer(found.volunteer_id)
    record = uow.records.get(found.id)
    shift = uow.copies.shift(record.shift_id)
    if shift is not None:
        _require_over(uow, shift.ends_at)
    if record.status == RecordStatus.OPEN or record.minutes == 0:
        raise NotServed()
    if uow.evaluations.of_record(record.id) is not None:
        raise AlreadyEvaluated()
    evaluation = ServiceEvaluation(
        record_id=record.id,
        volunteer_id=record.volunteer_id,
        grade=command.grade,
        text=command.text,
        evaluated_by=uow.caller.require_account(),
        evaluated_at=uow.clock.now(),
    )
    uow.evaluations.add(evaluation)
    uow.audit("service.evaluated", f"record:{record.id}", grade=command.grade)
    metrics.EVALUATIONS.labels("service").inc()
    return evaluation


def list_my_evaluations(query: commands.ListMyEvaluations, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """What was said of one's own services, newest first."""
    volunteer_id = uow.caller.require_volunteer()
    page = uow.page(
        uow.evaluations.of_volunteer(volunteer_id),
        [(ServiceEvaluation.evaluated_at, "desc"), (ServiceEvaluation.record_id, "desc")],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"my-evaluations:{volunteer_id}",
    )
    items = [
        {**vars(evaluation), "activity_id": record.activity_id, "title": title, "date": record.served_on}
        for evaluation, record, title in page.items
    ]
    return {"items": items, "next_cursor": page.next_cursor}
