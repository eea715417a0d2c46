"""What others own, as attendance knows it: volunteers, activities with shifts, enrollments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.attendance.models import ActivityCopy, EnrollmentCopy, ShiftCopy, VolunteerCopy
from services.chassis.copies import save_if_newer
from services.chassis.errors import NotFound

# Absent is an organizer's word, which a code from the very shift refutes.
HAD_A_PLACE = ("accepted", "absent")


class CopyRepository:
    """What others own: volunteers, activities with shifts, enrollments."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def save_volunteer(self, **values: Any) -> bool:
        """Take over identity's state, unless it is old."""
        return save_if_newer(self._session, VolunteerCopy, values)

    def save_activity(self, shifts: Sequence[ShiftCopy], **values: Any) -> None:
        """Take over activity's state with all its shifts, unless it is old."""
        if not save_if_newer(self._session, ActivityCopy, values):
            return
        self._session.execute(sa.delete(ShiftCopy).where(ShiftCopy.activity_id == values["id"]))
        self._session.add_all(shifts)
        self._session.flush()

    def save_enrollment(self, **values: Any) -> None:
        """Take over an enrollment, unless it is old."""
        save_if_newer(self._session, EnrollmentCopy, values)

    def volunteer(self, volunteer_id: str) -> VolunteerCopy | None:
        """One volunteer; None while identity's event has not arrived."""
        return self._session.get(VolunteerCopy, volunteer_id)

    def account_of(self, volunteer_id: str) -> str | None:
        """The account of a volunteer; None while identity's event has not arrived."""
        volunteer = self.volunteer(volunteer_id)
        return None if volunteer is None else volunteer.account_id

    def volunteers_of_account(self, account_id: str) -> Sequence[str]:
        """The volunteer whose account it is, if it is one's."""
        return self._session.scalars(sa.select(VolunteerCopy.id).where(VolunteerCopy.account_id == account_id)).all()

    def lock_volunteers(self, volunteer_ids: Sequence[str]) -> dict[str, VolunteerCopy]:
        """These volunteers by id, locked until the transaction ends; unknown ones are left out."""
        statement = (
            sa.select(VolunteerCopy)
            .where(VolunteerCopy.id.in_(volunteer_ids))
            .order_by(VolunteerCopy.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
        return {volunteer.id: volunteer for volunteer in self._session.scalars(statement)}

    def lock_volunteer(self, volunteer_id: str) -> VolunteerCopy | None:
        """One volunteer, locked; None while identity's event has not arrived."""
        return self.lock_volunteers([volunteer_id]).get(volunteer_id)

    def activity(self, activity_id: str) -> ActivityCopy:
        """One activity; raises ``NotFound``."""
        found = self._session.get(ActivityCopy, activity_id)
        if found is None:
            raise NotFound(what="activity")
        return found

    def lock_activity(self, activity_id: str) -> ActivityCopy:
        """One activity, locked: two that open its disclosure take turns. Raises ``NotFound``."""
        found = self._session.get(ActivityCopy, activity_id, with_for_update={"key_share": True})
        if found is None:
            raise NotFound(what="activity")
        return found

    def shift(self, shift_id: str) -> ShiftCopy | None:
        """One shift, or None."""
        return self._session.get(ShiftCopy, shift_id)

    def last_shift_end(self, activity_id: str) -> datetime | None:
        """When the last shift of an activity ends; None if it has none."""
        statement = sa.select(sa.func.max(ShiftCopy.ends_at)).where(ShiftCopy.activity_id == activity_id)
        return self._session.scalar(statement)

    def is_accepted(self, volunteer_id: str, shift_id: str) -> bool:
        """Whether the volunteer was accepted for the shift, even if said to have been absent since."""
        statement = sa.select(
            sa.exists().where(
                EnrollmentCopy.volunteer_id == volunteer_id,
                EnrollmentCopy.shift_id == shift_id,
                EnrollmentCopy.status.in_(HAD_A_PLACE),
            )
        )
        return bool(self._session.scalar(statement))
