"""Activities and their shifts: looked up, locked, counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from services.activity.domain.states import ACCEPTED, GIVEN, HOLDS_A_PLACE
from services.activity.models import Activity, Enrollment, Series, Shift

_NO_KEY_UPDATE: Any = {"key_share": True}

_IDS: Any = sa.bindparam("ids", expanding=True)
_ROWS = (
    sa.select(Activity.__table__, Series.rule)
    .outerjoin(Series, Activity.series_id == Series.id)
    .where(Activity.id.in_(_IDS))
)


def _rows_of_shifts() -> sa.Select[Any]:
    def counted(statuses: Iterable[str]) -> sa.ColumnElement[int]:
        return sa.func.count().filter(Enrollment.status.in_(statuses))

    given = (
        sa.select(counted(HOLDS_A_PLACE).label("taken"), counted(ACCEPTED).label("accepted"))
        .where(Enrollment.shift_id == Shift.id, Enrollment.status.in_(GIVEN))
        .correlate(Shift)
        .lateral("given")
    )
    columns = Shift.id, Shift.activity_id, Shift.starts_at, Shift.ends_at, Shift.capacity, Shift.role
    return (
        sa.select(*columns, given.c.taken, given.c.accepted)
        .join(given, sa.true())
        .where(Shift.activity_id.in_(_IDS))
        .order_by(Shift.activity_id, Shift.place)
    )


_ROWS_OF_SHIFTS = _rows_of_shifts()


class ActivityRepository:
    """Activities with their shifts."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, activity_id: str) -> Activity | None:
        """One activity."""
        return self._session.get(Activity, activity_id)

    def lock(self, activity_id: str) -> Activity | None:
        """One activity as it is now, locked: for those who change it."""
        return self._session.get(Activity, activity_id, with_for_update=_NO_KEY_UPDATE, populate_existing=True)

    def lock_all(self, activity_ids: Iterable[str]) -> None:
        """These activities, locked in the order of their ids."""
        statement = sa.select(Activity.id).where(Activity.id.in_(set(activity_ids))).order_by(Activity.id)
        self._session.execute(statement.with_for_update(**_NO_KEY_UPDATE)).all()

    def reload(self, activity_ids: Iterable[str]) -> Sequence[Activity]:
        """The same with their shifts as they are under the locks; those of a series by day."""
        statement = sa.select(Activity).where(Activity.id.in_(set(activity_ids)))
        return self._session.scalars(
            statement.order_by(Activity.occurs_on, Activity.id)
            .options(selectinload(Activity.shifts))
            .execution_options(populate_existing=True)
        ).all()

    def rows(self, activity_ids: Iterable[str]) -> dict[str, sa.Row[Any]]:
        """These activities by id, each with the ``rule`` of its series: rows, which cost a list a fifth of entities."""
        found = self._session.execute(_ROWS, {"ids": list(activity_ids)})
        return {row.id: row for row in found}

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

    def __init__(self, session: Session) -> None:
        self._session = session

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

    def lock_all_of(self, *activity_ids: str) -> None:
        """Every shift of these activities, locked."""
        self.lock(self._session.scalars(sa.select(Shift.id).where(Shift.activity_id.in_(activity_ids))).all())

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

    def rows(self, activity_ids: Iterable[str]) -> dict[str, list[sa.Row[Any]]]:
        """The shifts of these activities, in order: each with how many of its places are ``taken`` or kept for
        somebody, and how many were given to somebody whether they came or not (``accepted``).
        """
        found: dict[str, list[sa.Row[Any]]] = defaultdict(list)
        for row in self._session.execute(_ROWS_OF_SHIFTS, {"ids": list(activity_ids)}):
            found[row.activity_id].append(row)
        return found

    def with_enrollments(self, shift_ids: Iterable[str]) -> set[str]:
        """Which of the shifts anybody ever enrolled for."""
        statement = sa.select(Enrollment.shift_id).where(Enrollment.shift_id.in_(set(shift_ids))).distinct()
        return set(self._session.scalars(statement))
