"""Invitations: who was invited and who could be, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, contains_eager

from services.activity.commands import InvitationFilter
from services.activity.domain.enrolling import ACTIVE
from services.activity.domain.inviting import Outcome, born_by
from services.activity.domain.places import region_prefix
from services.activity.domain.states import OPEN, ActivityStatus, EnrollmentStatus
from services.activity.models import Activity, Enrollment, Invitation, Shift, VolunteerCopy
from services.chassis.organizations import Organizations

_HAS_HAD_A_PLACE = (EnrollmentStatus.ACCEPTED, EnrollmentStatus.ABSENT)


class InvitationRepository:
    """Who was invited, who could be, and what became of it."""

    def __init__(self, session: Session, organizations: Organizations) -> None:
        self._session = session
        self._organizations = organizations

    def find(self, invitation_id: str) -> Invitation | None:
        """One invitation."""
        return self._session.get(Invitation, invitation_id)

    def refresh(self, invitation: Invitation) -> None:
        """Read it again, after the lock that keeps it as it is."""
        self._session.refresh(invitation)

    def add_once(self, invitations: Sequence[dict[str, Any]]) -> set[str]:
        """Save those whose volunteer has not been invited to the activity before; the ids of these invitations."""
        if not invitations:
            return set()
        statement = insert(Invitation).on_conflict_do_nothing().returning(Invitation.id)
        return set(self._session.scalars(statement, invitations))

    def own_volunteers(self, organization_id: str, volunteer_ids: Iterable[str]) -> dict[str, str]:
        """Id and status of those of ``volunteer_ids`` whose home is the organization or one below it."""
        statement = sa.select(VolunteerCopy.id, VolunteerCopy.status).where(
            VolunteerCopy.id.in_(set(volunteer_ids)),
            self._organizations.subtree(VolunteerCopy.organization_id, organization_id),
        )
        return dict(self._session.execute(statement).all())

    def enrolled(self, activity_id: str, volunteer_ids: Iterable[str]) -> set[str]:
        """Those of ``volunteer_ids`` who have an open enrollment already."""
        statement = sa.select(Enrollment.volunteer_id).where(
            Enrollment.activity_id == activity_id,
            Enrollment.volunteer_id.in_(set(volunteer_ids)),
            Enrollment.status.in_(OPEN),
        )
        return set(self._session.scalars(statement))

    def matching(self, activity: Activity, wanted: InvitationFilter, day: date, limit: int) -> Sequence[str]:
        """Own active volunteers who fit on ``day``, and were not invited or enrolled yet."""
        statement = (
            sa.select(VolunteerCopy.id)
            .where(
                self._organizations.subtree(VolunteerCopy.organization_id, activity.organization_id),
                VolunteerCopy.status == ACTIVE,
                *self._fitting(activity, wanted, day),
                ~sa.exists().where(Invitation.activity_id == activity.id, Invitation.volunteer_id == VolunteerCopy.id),
                ~sa.exists().where(
                    Enrollment.activity_id == activity.id,
                    Enrollment.volunteer_id == VolunteerCopy.id,
                    Enrollment.status.in_(OPEN),
                ),
            )
            .order_by(VolunteerCopy.id)
            .limit(limit)
        )
        return self._session.scalars(statement).all()

    def _fitting(self, activity: Activity, wanted: InvitationFilter, day: date) -> Iterator[sa.ColumnElement[bool]]:
        """A predicate for each thing that is asked; an age that is not known fits no age."""
        if wanted.skills:
            yield VolunteerCopy.skills.contains(wanted.skills)
        if wanted.region is not None:
            yield VolunteerCopy.region.startswith(region_prefix(wanted.region))
        if wanted.min_age is not None:
            yield VolunteerCopy.birth_date <= born_by(day, wanted.min_age)
        if wanted.max_age is not None:
            yield VolunteerCopy.birth_date > born_by(day, wanted.max_age + 1)
        if wanted.served_before:
            yield sa.exists().where(
                Enrollment.volunteer_id == VolunteerCopy.id,
                Enrollment.minutes > 0,
                Enrollment.activity_id == Activity.id,
                Activity.id != activity.id,
                self._organizations.subtree(Activity.organization_id, activity.organization_id),
            )

    def of_activity(self, activity_id: str, now: datetime, outcome: str | None) -> sa.Select[Any, Any, Any]:
        """(invitation, outcome, volunteer) of an activity; the volunteer is None until identity's event comes."""
        statement = (
            sa.select(Invitation, outcome_at(now), VolunteerCopy)
            .join(Invitation.activity)
            .outerjoin(VolunteerCopy, VolunteerCopy.id == Invitation.volunteer_id)
            .where(Invitation.activity_id == activity_id)
        )
        return statement if outcome is None else statement.where(outcome_at(now) == outcome)

    def of_volunteer(self, volunteer_id: str, now: datetime, outcome: str | None) -> sa.Select[Any, Any]:
        """(invitation with its activity, outcome) of a volunteer."""
        statement = (
            sa.select(Invitation, outcome_at(now))
            .join(Invitation.activity)
            .where(Invitation.volunteer_id == volunteer_id)
            .options(contains_eager(Invitation.activity))
        )
        return statement if outcome is None else statement.where(outcome_at(now) == outcome)

    def counts(self, activity_id: str, now: datetime) -> dict[str, int]:
        """How many of an activity's invitations became what; every outcome is named."""
        became = outcome_at(now).label("outcome")
        each = sa.select(became).join(Invitation.activity).where(Invitation.activity_id == activity_id).subquery()
        counting = sa.select(each.c.outcome, sa.func.count()).group_by(each.c.outcome)
        found: dict[str, int] = dict(self._session.execute(counting).all())
        return {outcome.value: found.get(outcome.value, 0) for outcome in Outcome}

    def outcome(self, invitation: Invitation, now: datetime) -> Outcome:
        """What has become of one."""
        statement = sa.select(outcome_at(now)).join(Invitation.activity).where(Invitation.id == invitation.id)
        return Outcome(self._session.scalars(statement).one())


def outcome_at(now: datetime) -> sa.ColumnElement[str]:
    """What has become of an ``Invitation`` that is joined with its ``Activity`` (``domain.inviting.Outcome``)."""
    return sa.case(
        (_has_enrollment(Enrollment.status.in_(_HAS_HAD_A_PLACE)), Outcome.ACCEPTED.value),
        (_has_enrollment(Enrollment.status != EnrollmentStatus.WITHDRAWN), Outcome.ENROLLED.value),
        (sa.or_(Invitation.declined_at.is_not(None), _has_enrollment(sa.true())), Outcome.DECLINED.value),
        (_can_be_followed(now), Outcome.PENDING.value),
        else_=Outcome.LAPSED.value,
    )


def _has_enrollment(condition: Any) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        Enrollment.volunteer_id == Invitation.volunteer_id, Enrollment.activity_id == Invitation.activity_id, condition
    )


def _can_be_followed(now: datetime) -> sa.ColumnElement[bool]:
    """Whether one can still enroll for some shift (``domain.enrolling.closes_at`` in SQL)."""
    return sa.and_(
        Activity.status == ActivityStatus.PUBLISHED,
        sa.or_(Activity.enroll_by.is_(None), Activity.enroll_by > now),
        sa.exists().where(Shift.activity_id == Activity.id, Shift.starts_at > now),
    )
