"""Supervision's counters, kept in the transaction of whatever changes them (docs/adr/0020).

Use cases and handlers need not think of them: rows that go through the session are seen here, and what is written past
it (copies, moves of a subtree) is told by ``touch_…`` and ``moved``. At the end of the transaction all that was touched
is compared with what was counted before, in the order of ids, so that two of them wait for each other and never
deadlock.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from services.organization.models import AdoptionReceipt, Membership, Organization
from services.organization.repository import counting

if TYPE_CHECKING:
    from services.organization.repository import OrganizationUnitOfWork


class CounterRepository:
    """What each organization adds to each figure."""

    def __init__(self, uow: OrganizationUnitOfWork) -> None:
        self._session = uow.session
        self._people: set[str] = set()
        self._places: set[str] = set()
        self._covering: set[str] = set()
        self._moved: set[str] = set()
        sa.event.listen(self._session, "after_flush", self._see)
        sa.event.listen(self._session, "before_commit", self._settle)

    def touch_volunteer(self, volunteer_id: str) -> None:
        """A volunteer's membership, state or card may have changed."""
        self._people.add(volunteer_id)

    def touch_organization(self, organization_id: str) -> None:
        """Something of an organization that is no member may have changed."""
        self._places.add(organization_id)

    def moved(self, organization_id: str) -> None:
        """The subtree of this organization stands elsewhere; members move with it."""
        self._moved.add(organization_id)

    def differences(self) -> list[dict[str, Any]]:
        """Where a count from scratch differs from what is kept: organization_id, kept, counted.

        ``organization_id`` None: the kept sums of all differ from the counters that they are sums of.
        """
        self._run(counting.WITHOUT_HURRY)
        places = _by_organization(self._run(counting.DIFFERENCES))
        totals = self._run(counting.TOTAL_DIFFERENCE).mappings()
        return places + [{"organization_id": None, **difference} for difference in totals]

    def repair(self) -> None:
        """Put in place what a count from scratch says; changes wait meanwhile."""
        for statement in (
            counting.WITHOUT_HURRY,
            counting.LOCK_ALL,
            *counting.REPAIR_PEOPLE,
            counting.REPAIR_PLACES,
            *counting.REPAIR_TOTALS,
        ):
            self._run(statement)

    def put_away(self, first_day: date) -> None:
        """The present counters are those of every day from ``first_day`` on, until the next snapshot."""
        self._run(counting.WITHOUT_HURRY)
        self._run(counting.SNAPSHOT, first_day=first_day)

    def _see(self, session: Any, _context: Any) -> None:
        for row in (*session.new, *session.dirty):
            if isinstance(row, Membership):
                self._people.add(row.volunteer_id)
                self._places.add(row.organization_id)
            elif isinstance(row, Organization):
                self._places.add(row.id)
                state = sa.inspect(row)
                if row in session.dirty and state.attrs.status.history.has_changes():
                    self._covering.add(row.id)
                if row in session.dirty and state.attrs.path.history.has_changes():
                    self._moved.add(row.id)
            elif isinstance(row, AdoptionReceipt):
                self._places.add(row.organization_id)
                self._covering.add(row.organization_id)

    def _settle(self, session: Any) -> None:
        if session.in_nested_transaction():  # a savepoint: the whole is settled at its end
            return
        session.flush()
        people, places = sorted(self._people), self._places
        additions: list[dict[str, Any]] = []
        if people:
            self._run(counting.BEGIN_PEOPLE, people=people)
            self._run(counting.LOCK_PEOPLE, people=people)
            additions = _by_organization(self._run(counting.MOVE_PEOPLE, people=people))
        touched = sorted(places | {row["organization_id"] for row in additions})
        if touched:
            self._run(counting.BEGIN_PLACES, places=touched)
            self._run(counting.LOCK_PLACES, places=touched)
            before = self._sums(touched)
            if additions:
                session.execute(sa.text(counting.ADD_PEOPLE), additions)
            self._run(counting.RECOUNT_PLACES, places=touched)
        if self._moved:
            self._run(counting.MOVE_PLACES, tops=sorted(self._moved))
        if self._covering or self._moved:
            self._run(counting.LOCK_COVERING)
            self._run(counting.COVER_PLACES, tops=sorted(self._covering | self._moved))
        if touched:
            self._add_to_totals(before, self._sums(touched))
        for done in (self._people, self._places, self._covering, self._moved):
            done.clear()

    def _sums(self, places: list[str]) -> Mapping[str, int]:
        return dict(self._run(counting.SUM_PLACES, places=places).mappings().one())

    def _add_to_totals(self, before: Mapping[str, int], after: Mapping[str, int]) -> None:
        gained = {name: after[name] - before[name] for name in counting.TOTALS}
        if any(gained.values()):
            self._run(counting.ADD_TO_TOTALS, **gained)

    def _run(self, statement: str, **values: Any) -> Any:
        return self._session.execute(sa.text(statement), values)


def _by_organization(result: Any) -> list[dict[str, Any]]:
    return [{**row, "organization_id": str(row["organization_id"])} for row in result.mappings()]
