"""Activity's queries, and the locks that enrollments are decided under.

Locks are taken in one order everywhere, each kind by id: volunteers, the activity, shifts. They are the weakest that
exclude each other (``FOR NO KEY UPDATE``), so that rows which refer to a locked one can still be written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased, contains_eager, selectinload

from services.activity.domain.enrolling import ACTIVE
from services.activity.domain.places import region_prefix
from services.activity.domain.states import CLAIMS_TIME, HOLDS_A_PLACE, MAY_COME_AGAIN, OPEN, EnrollmentStatus, Span
from services.activity.models import Activity, Enrollment, Invitation, Shift, VolunteerCopy
from services.activity.search import SearchRepository
from services.chassis.organizations import Organizations
from services.chassis.unit_of_work import UnitOfWork

_NO_KEY_UPDATE: Any = {"key_share": True}


class ActivityUnitOfWork(UnitOfWork):
    """A unit of work with activity's repositories and its copy of the organization tree."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organizations = Organizations(self.session, self.caller)
        self.activities = ActivityRepository(self)
        self.shifts = ShiftRepository(self)
        self.enrollments = EnrollmentRepository(self)
        self.invitations = InvitationRepository(self)
        self.volunteers = VolunteerRepository(self)
        self.search = SearchRepository(self.session, self.organizations)


class ActivityRepository:
    """Activities with their shifts."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def find(self, activity_id: str) -> Activity | None:
        """One activity."""
        return self._session.get(Activity, activity_id)

    def lock(self, activity_id: str) -> Activity | None:
        """One activity as it is now, locked: for those who change it."""
        return self._session.get(Activity, activity_id, with_for_update=_NO_KEY_UPDATE, populate_existing=True)

    def refresh_state(self, activity: Activity) -> None:
        """Read again what decides whether one may enroll; a lock on a shift keeps it so (see ``ShiftRepository``)."""
        self._session.refresh(activity, ["status", "enroll_by", "approval"])

    def published_states(self) -> Iterable[Activity]:
        """Every activity that others know of, in a stream."""
        statement = sa.select(Activity).where(Activity.published_at.is_not(None)).order_by(Activity.id)
        return self._session.scalars(statement.options(selectinload(Activity.shifts)).execution_options(yield_per=200))


class ShiftRepository:
    """Shifts, and who has a place in them. Who changes an activity locks all its shifts too; so a lock on one of them
    keeps the whole activity as it is."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def find(self, shift_id: str) -> Shift | None:
        """One shift."""
        return self._session.get(Shift, shift_id)

    def lock(self, shift_ids: Iterable[str]) -> dict[str, Shift]:
        """These shifts as they are now, locked in the order of their ids."""
        statement = sa.select(Shift).where(Shift.id.in_(set(shift_ids))).order_by(Shift.id)
        locked = self._session.scalars(
            statement.with_for_update(key_share=True).execution_options(populate_existing=True)
        )
        return {shift.id: shift for shift in locked}

    def lock_all_of(self, activity_id: str) -> None:
        """Every shift of an activity, locked."""
        self.lock(self._session.scalars(sa.select(Shift.id).where(Shift.activity_id == activity_id)).all())

    def taken(self, shift_id: str) -> int:
        """How many places are taken or kept for somebody, counted now."""
        return self.counts([shift_id], HOLDS_A_PLACE).get(shift_id, 0)

    def counts(self, shift_ids: Iterable[str], statuses: Iterable[str]) -> dict[str, int]:
        """How many enrollments of each shift have one of ``statuses``."""
        statement = (
            sa.select(Enrollment.shift_id, sa.func.count())
            .where(Enrollment.shift_id.in_(set(shift_ids)), Enrollment.status.in_(set(statuses)))
            .group_by(Enrollment.shift_id)
        )
        return dict(self._session.execute(statement).all())

    def with_enrollments(self, shift_ids: Iterable[str]) -> set[str]:
        """Which of the shifts anybody ever enrolled for."""
        statement = sa.select(Enrollment.shift_id).where(Enrollment.shift_id.in_(set(shift_ids))).distinct()
        return set(self._session.scalars(statement))


class EnrollmentRepository:
    """Enrollments, by shift, volunteer and place in line."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def find(self, enrollment_id: str) -> Enrollment | None:
        """One enrollment."""
        return self._session.get(Enrollment, enrollment_id)

    def refresh(self, enrollment: Enrollment) -> None:
        """Read it again, after the lock that keeps it as it is."""
        self._session.refresh(enrollment)

    def present(self, shift_id: str, volunteer_id: str) -> Enrollment | None:
        """The volunteer's enrollment for the shift that stands in the way of another one."""
        return self._session.scalar(
            sa.select(Enrollment).where(
                Enrollment.shift_id == shift_id,
                Enrollment.volunteer_id == volunteer_id,
                Enrollment.status.not_in(MAY_COME_AGAIN),
            )
        )

    def overlapping(self, volunteer_id: str, shift: Shift, statuses: Iterable[str] = CLAIMS_TIME) -> Enrollment | None:
        """Another enrollment of the volunteer at the same time (``domain.states.overlap`` in SQL); not of a revoked
        activity."""
        return self._session.scalar(
            sa.select(Enrollment)
            .join(Enrollment.shift)
            .join(Enrollment.activity)
            .where(
                Enrollment.volunteer_id == volunteer_id,
                Enrollment.shift_id != shift.id,
                Enrollment.status.in_(set(statuses)),
                Activity.revoked_at.is_(None),
                _overlaps(shift),
            )
            .options(contains_eager(Enrollment.activity))
            .limit(1)
        )

    def anybody_waits(self, shift_id: str) -> bool:
        """Whether there is a line."""
        waiting = sa.exists().where(Enrollment.shift_id == shift_id, Enrollment.status == EnrollmentStatus.WAITLISTED)
        return bool(self._session.scalar(sa.select(waiting)))

    def next_waiting_no(self, shift_id: str) -> int:
        """The number of who joins the line now; under the shift's lock."""
        highest = sa.select(sa.func.max(Enrollment.waiting_no)).where(Enrollment.shift_id == shift_id)
        return (self._session.scalar(highest) or 0) + 1

    def first_waiting(self, shift_id: str, count: int) -> Sequence[Enrollment]:
        """The first in line who may take part; under the shift's lock."""
        return self._session.scalars(
            sa.select(Enrollment)
            .join(VolunteerCopy, VolunteerCopy.id == Enrollment.volunteer_id)
            .where(
                Enrollment.shift_id == shift_id,
                Enrollment.status == EnrollmentStatus.WAITLISTED,
                VolunteerCopy.status == ACTIVE,
            )
            .order_by(Enrollment.waiting_no)
            .limit(count)
            .execution_options(populate_existing=True)
        ).all()

    def positions(self, enrollments: Iterable[Enrollment]) -> dict[str, int]:
        """How many stand in line up to and including each of those that wait."""
        ids = [e.id for e in enrollments if e.status == EnrollmentStatus.WAITLISTED]
        if not ids:
            return {}
        other = aliased(Enrollment)
        ahead = (
            sa.select(sa.func.count())
            .where(
                other.shift_id == Enrollment.shift_id,
                other.status == EnrollmentStatus.WAITLISTED,
                other.waiting_no <= Enrollment.waiting_no,
            )
            .scalar_subquery()
        )
        return dict(self._session.execute(sa.select(Enrollment.id, ahead).where(Enrollment.id.in_(ids))).all())

    def shifts_with_overdue_lines(self, now: datetime, limit: int) -> Sequence[str]:
        """Shifts where an offer has run out, or somebody still waits though it has begun."""
        offers = sa.select(Enrollment.shift_id).where(
            Enrollment.status == EnrollmentStatus.OFFERED, Enrollment.offer_expires_at <= now
        )
        lines = (
            sa.select(Enrollment.shift_id)
            .join(Shift, Shift.id == Enrollment.shift_id)
            .where(Enrollment.status == EnrollmentStatus.WAITLISTED, Shift.starts_at <= now)
        )
        return self._session.scalars(sa.union(offers, lines).limit(limit)).all()

    def overdue(self, shift: Shift, now: datetime) -> Sequence[Enrollment]:
        """The enrollments meant above, of one locked shift."""
        expired = sa.and_(Enrollment.status == EnrollmentStatus.OFFERED, Enrollment.offer_expires_at <= now)
        waits = Enrollment.status == EnrollmentStatus.WAITLISTED
        return self._session.scalars(
            sa.select(Enrollment)
            .where(Enrollment.shift_id == shift.id, sa.or_(expired, waits) if shift.starts_at <= now else expired)
            .order_by(Enrollment.waiting_no)
            .execution_options(populate_existing=True)
        ).all()

    def open_of_activity(self, activity_id: str) -> Sequence[Enrollment]:
        """Every enrollment that anybody counts on; under the locks of all shifts."""
        return self._session.scalars(
            sa.select(Enrollment)
            .where(Enrollment.activity_id == activity_id, Enrollment.status.in_(OPEN))
            .order_by(Enrollment.id)
            .execution_options(populate_existing=True)
        ).all()

    def open_of_volunteer(self, volunteer_id: str, now: datetime) -> Sequence[Enrollment]:
        """A volunteer's enrollments for shifts that have not begun."""
        return self._session.scalars(
            sa.select(Enrollment)
            .join(Enrollment.shift)
            .where(Enrollment.volunteer_id == volunteer_id, Enrollment.status.in_(OPEN), Shift.starts_at > now)
            .order_by(Enrollment.id)
        ).all()

    def of_activity(self, activity_id: str, shift_id: str | None, status: str | None) -> sa.Select[Any, Any]:
        """(enrollment, volunteer) of an activity; the volunteer is None while identity's event has not arrived."""
        statement = (
            sa.select(Enrollment, VolunteerCopy)
            .outerjoin(VolunteerCopy, VolunteerCopy.id == Enrollment.volunteer_id)
            .where(Enrollment.activity_id == activity_id)
        )
        if shift_id is not None:
            statement = statement.where(Enrollment.shift_id == shift_id)
        return statement if status is None else statement.where(Enrollment.status == status)

    def of_volunteer(self, volunteer_id: str) -> sa.Select[Any]:
        """A volunteer's enrollments, each with its shift and activity."""
        return (
            sa.select(Enrollment)
            .join(Enrollment.shift)
            .join(Enrollment.activity)
            .where(Enrollment.volunteer_id == volunteer_id)
            .options(contains_eager(Enrollment.shift), contains_eager(Enrollment.activity))
        )

    def states(self) -> Iterable[Enrollment]:
        """Every enrollment, in a stream."""
        return self._session.scalars(sa.select(Enrollment).order_by(Enrollment.id).execution_options(yield_per=500))


class InvitationRepository:
    """Who was invited, and who could be."""

    def __init__(self, uow: ActivityUnitOfWork) -> None:
        self._session = uow.session
        self._organizations = uow.organizations

    def add_once(self, invitation: dict[str, Any]) -> bool:
        """Save; False if the volunteer has been invited to this activity before."""
        statement = insert(Invitation).values(**invitation).on_conflict_do_nothing().returning(Invitation.id)
        return self._session.scalar(statement) is not None

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

    def matching(self, activity: Activity, skills: Sequence[str], region: str | None, limit: int) -> Sequence[str]:
        """Own active volunteers with all the skills, living in the region, who were not invited or enrolled yet."""
        statement = (
            sa.select(VolunteerCopy.id)
            .where(
                self._organizations.subtree(VolunteerCopy.organization_id, activity.organization_id),
                VolunteerCopy.status == ACTIVE,
                VolunteerCopy.skills.contains(list(skills)),
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
        if region is not None:
            statement = statement.where(VolunteerCopy.region.startswith(region_prefix(region)))
        return self._session.scalars(statement).all()


class VolunteerRepository:
    """The copy of identity's volunteers."""

    def __init__(self, uow: ActivityUnitOfWork) -> None:
        self._session = uow.session
        self._organizations = uow.organizations

    def lock(self, volunteer_ids: Iterable[str]) -> dict[str, VolunteerCopy]:
        """These volunteers, locked in the order of their ids: one person's enrollments are decided one at a time."""
        statement = sa.select(VolunteerCopy).where(VolunteerCopy.id.in_(set(volunteer_ids))).order_by(VolunteerCopy.id)
        locked = self._session.scalars(
            statement.with_for_update(key_share=True).execution_options(populate_existing=True)
        )
        return {volunteer.id: volunteer for volunteer in locked}

    def is_member(self, volunteer: VolunteerCopy, organization_id: str) -> bool:
        """Whether the volunteer's home is the organization or one below it."""
        home = sa.literal(volunteer.organization_id, sa.Uuid(as_uuid=False))
        return bool(self._session.scalar(sa.select(self._organizations.subtree(home, organization_id))))

    def blank(self, volunteer_id: str, version: int) -> None:
        """Forget who somebody was (PIPL 47), and remember that, should older news of the person still be on its way."""
        blank: dict[str, Any] = {"name": "", "volunteer_no": "", "birth_date": None, "skills": [], "status": "erased"}
        statement = insert(VolunteerCopy).values(id=volunteer_id, region="", version=version, **blank)
        self._session.execute(
            statement.on_conflict_do_update(
                index_elements=["id"],
                set_={**blank, "version": sa.func.greatest(VolunteerCopy.version, statement.excluded.version)},
            )
        )


def _overlaps(span: Span) -> sa.ColumnElement[bool]:
    return sa.and_(Shift.starts_at < span.ends_at, Shift.ends_at > span.starts_at)


UNIT_OF_WORK = ActivityUnitOfWork
