"""What the public, a volunteer and an organizer see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from services.activity.commands import (
    GetActivity,
    ListEnrollments,
    ListInvitations,
    ListMyActivities,
    ListMyInvitations,
)
from services.activity.domain.states import EnrollmentStatus, phase_of
from services.activity.models import Activity, Enrollment, Invitation, Shift
from services.activity.repository import ActivityUnitOfWork
from services.activity.repository.enrollments import missing
from services.activity.use_cases import views
from services.activity.use_cases.access import administered, visible

_IN_STATE = {
    "enrolled": frozenset({EnrollmentStatus.APPLIED, EnrollmentStatus.WAITLISTED, EnrollmentStatus.OFFERED}),
    "accepted": frozenset({EnrollmentStatus.ACCEPTED}),
    # applied: nobody decided in time, or the activity was revoked before
    "ended": frozenset({EnrollmentStatus.ACCEPTED, EnrollmentStatus.ABSENT, EnrollmentStatus.APPLIED}),
}


def get_activity(query: GetActivity, uow: ActivityUnitOfWork) -> dict[str, Any]:
    """One activity; a draft only for those who administer it."""
    return views.activity(uow, visible(uow, query.activity_id))


def list_enrollments(query: ListEnrollments, uow: ActivityUnitOfWork) -> dict[str, Any]:
    """Who wants to take part, in the order in which they came; for the activity's administrators."""
    activity = administered(uow, query.activity_id)
    statement = uow.enrollments.of_activity(activity.id, query.shift_id, query.status)
    page = uow.page(
        statement.where(missing(uow.clock.now())) if query.missing else statement,
        [Enrollment.created_at, Enrollment.id],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"enrollments:{activity.id}:{query.shift_id}:{query.status}:{query.missing}",
    )
    return {"items": views.enrollments_of_volunteers(uow, page.items), "next_cursor": page.next_cursor}


def list_my_activities(query: ListMyActivities, uow: ActivityUnitOfWork) -> dict[str, Any]:
    """The three lists of notice, attachment 2, 二.6: enrolled, accepted, ended; without a state everything."""
    volunteer_id = uow.caller.require_volunteer()
    now = uow.clock.now()
    statement = uow.enrollments.of_volunteer(volunteer_id)
    if query.state is not None:
        over = sa.or_(Shift.ends_at <= now, Activity.revoked_at.is_not(None))
        statement = statement.where(
            Enrollment.status.in_(_IN_STATE[query.state]), over if query.state == "ended" else sa.not_(over)
        )
    order: Any = "asc" if query.state in ("enrolled", "accepted") else "desc"
    page = uow.page(
        statement,
        [(Shift.starts_at, order), (Enrollment.id, order)],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"my-activities:{volunteer_id}:{query.state}",
    )
    items = views.enrollments(uow, page.items)
    for item, enrollment in zip(items, page.items, strict=True):
        activity = enrollment.activity
        item["activity"] = {
            "activity_id": activity.id,
            "organization_id": activity.organization_id,
            "title": activity.title,
            "region": activity.region,
            "address": activity.address,
            "status": activity.status,
            "phase": phase_of([enrollment.shift], now),
            "revocation_reason": activity.revocation_reason,
        }
        item["shift"] = enrollment.shift
        item["withdraw_by"] = enrollment.shift.starts_at - timedelta(hours=uow.settings.withdraw_hours)
    absences, late = uow.enrollments.shortcomings(volunteer_id)
    return {"items": items, "next_cursor": page.next_cursor, "absences": absences, "late_withdrawals": late}


def list_invitations(query: ListInvitations, uow: ActivityUnitOfWork) -> dict[str, Any]:
    """Who was invited to an activity, and what became of it; for its administrators."""
    activity, now = administered(uow, query.activity_id), uow.clock.now()
    page = uow.page(
        uow.invitations.of_activity(activity.id, now, query.outcome),
        [Invitation.created_at, Invitation.id],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"invitations:{activity.id}:{query.outcome}",
    )
    return {
        "items": [views.invitation(*row) for row in page.items],
        "next_cursor": page.next_cursor,
        "counts": uow.invitations.counts(activity.id, now),
    }


def list_my_invitations(query: ListMyInvitations, uow: ActivityUnitOfWork) -> dict[str, Any]:
    """To what one was invited, and what became of it."""
    volunteer_id = uow.caller.require_volunteer()
    page = uow.page(
        uow.invitations.of_volunteer(volunteer_id, uow.clock.now(), query.outcome),
        [(Invitation.created_at, "desc"), (Invitation.id, "desc")],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"my-invitations:{volunteer_id}:{query.outcome}",
    )
    return {
        "items": [views.own_invitation(invitation, outcome) for invitation, outcome in page.items],
        "next_cursor": page.next_cursor,
    }
