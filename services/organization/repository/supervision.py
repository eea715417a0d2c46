"""What supervision shows: sums of the counters of a subtree, now or as they were put away on an earlier day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import reduce
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.pagination import AnySelect
from services.organization.domain import Indicator, MembershipStatus
from services.organization.models import (
    CounterSnapshot,
    CounterTotal,
    Membership,
    Organization,
    OrganizationCounter,
    SupervisionDay,
)
from services.organization.repository.tree import in_one_piece

if TYPE_CHECKING:
    from services.organization.repository import OrganizationUnitOfWork

_NOW = cast(sa.Table, OrganizationCounter.__table__)
_TOTALS = cast(sa.Table, CounterTotal.__table__)
_THEN = cast(sa.Table, CounterSnapshot.__table__)


class Waiting(NamedTuple):
    """How many reviews wait, and since when the oldest does."""

    memberships: Any
    oldest_membership: Any
    organizations: Any
    oldest_organization: Any


Figures = Mapping[Indicator, tuple[int, int]]


class SupervisionRepository:
    """Figures of a subtree. ``day`` None: as of now; else as of the end of that day, of which there must be a count.

    ``since``: activities published before that moment do not count. A figure is the sum of what single organizations
    add, so the list behind it always fits.
    """

    def __init__(self, uow: OrganizationUnitOfWork) -> None:
        self._uow = uow

    def figures(self, path: str, day: date | None, since: datetime) -> tuple[Figures, Waiting]:
        """(numerator, denominator) of every indicator for the subtree at ``path``, and what waits there.

        One statement, so that all of it is of one moment. Few organizations declare or have anybody waiting, and
        partial indexes know them; so that the counters of all are read for no more sums than must be. The root's sums
        are kept (docs/adr/0033). Of an earlier day there is none of that, and everything is summed in one reading.
        """
        source, here = self._subtree(path, day)
        everything = day is None and _is_root(path)
        parts = [part for pair in _parts(source, path, since).values() for part in pair]
        asked, submitted = source.c.pending_memberships > 0, source.c.waiting_since.is_not(None)
        totals = [
            *(part.of_everything(source) if everything else part.of_subtree(source) for part in parts),
            _Total(source, asked, sa.func.coalesce(sa.func.sum(source.c.pending_memberships), 0)),
            _Total(source, asked, sa.func.min(source.c.oldest_pending_at)),
            _Total(source, submitted, sa.func.count(source.c.waiting_since)),
            _Total(source, submitted, sa.func.min(source.c.waiting_since)),
        ]
        summed = _in_readings_apart if day is None else _in_one_reading
        row = self._uow.session.execute(summed(totals, here)).one()
        values = [int(value) for value in row[: len(parts)]]
        pairs = zip(values[::2], values[1::2], strict=True)
        return dict(zip(Indicator, pairs, strict=True)), Waiting(*row[len(parts) :])

    def contributions(self, indicator: Indicator, path: str, day: date | None, since: datetime) -> AnySelect:
        """(organization_id, name, kind, region, numerator, denominator) of each organization that adds something."""
        source, here = self._subtree(path, day)
        numerator, denominator = _parts(source, path, since)[indicator]
        adds = denominator.adds() if numerator.within else sa.or_(numerator.adds(), denominator.adds())
        return (
            sa.select(
                Organization.id.label("organization_id"),
                Organization.name,
                Organization.kind,
                Organization.region,
                numerator.each().label("numerator"),
                denominator.each().label("denominator"),
            )
            .join(source, source.c.organization_id == Organization.id)
            .where(here, adds)
        )

    def median_membership(self, path: str, waiting: int) -> datetime | None:
        """When the membership request in the middle of the ``waiting`` that wait now was handed in."""
        statement = sa.select(Membership.submitted_at).where(Membership.status == MembershipStatus.PENDING)
        if not _is_root(path):
            source, here = self._subtree(path, None)
            somebody_waits = source.c.pending_memberships > 0  # few organizations, and an index of them
            statement = statement.join(source, source.c.organization_id == Membership.organization_id).where(
                here, somebody_waits
            )
        middle = statement.order_by(Membership.submitted_at).offset((waiting - 1) // 2).limit(1)
        return self._uow.session.scalar(middle)

    def path_of(self, organization_id: str, day: date | None) -> str | None:
        """Where the organization stood; None if it did not exist."""
        source, here = self._at(day)
        return self._uow.session.scalar(
            sa.select(source.c.path).where(here, source.c.organization_id == organization_id)
        )

    def counted_at(self, day: date) -> datetime | None:
        """When the figures of a day were counted; None if they were not."""
        return self._uow.session.scalar(sa.select(SupervisionDay.counted_at).where(SupervisionDay.day == day))

    def days(self) -> tuple[date | None, date | None]:
        """The first and the last day of which there are figures."""
        first, last = self._uow.session.execute(
            sa.select(sa.func.min(SupervisionDay.day), sa.func.max(SupervisionDay.day))
        ).one()
        return first, last

    def note_days(self, days: list[date], counted_at: datetime) -> None:
        """There are figures of these days, counted at that moment."""
        self._uow.session.execute(insert(SupervisionDay), [{"day": day, "counted_at": counted_at} for day in days])

    @staticmethod
    def _at(day: date | None) -> tuple[sa.FromClause, sa.ColumnElement[bool]]:
        if day is None:
            return _NOW.alias("counter"), sa.true()
        source = _THEN.alias("counter")
        return source, sa.and_(source.c.from_day <= day, source.c.until_day > day)

    def _subtree(self, path: str, day: date | None) -> tuple[sa.FromClause, sa.ColumnElement[bool]]:
        source, here = self._at(day)
        if _is_root(path):
            return source, here
        return source, sa.and_(here, in_one_piece(source.c.path, path))


def _is_root(path: str) -> bool:
    """Everything lies below the root, and needs no comparing."""
    return "." not in path


class _Total(NamedTuple):
    """A sum, of which table, and the rows of it that add something."""

    source: sa.FromClause
    rows: sa.ColumnElement[bool]
    total: Any


def _in_one_reading(totals: Sequence[_Total], here: sa.ColumnElement[bool]) -> AnySelect:
    """A row of the sums; rows that add nothing are read, too."""
    return sa.select(*(total.total for total in totals)).select_from(totals[0].source).where(here)


def _in_readings_apart(totals: Sequence[_Total], here: sa.ColumnElement[bool]) -> AnySelect:
    """A row of the sums, with a reading of its own for each kind of rows."""
    readings: dict[tuple[sa.FromClause, sa.ColumnElement[bool]], list[Any]] = {}
    for number, (source, rows, total) in enumerate(totals):
        readings.setdefault((source, rows), []).append(total.label(f"total_{number}"))
    read = [
        sa.select(*sums).select_from(source).where(here, rows).subquery(f"reading_{number}")
        for number, ((source, rows), sums) in enumerate(readings.items())
    ]
    columns = {column.key: column for each in read for column in each.c}
    joined = reduce(lambda left, right: left.join(right, sa.true()), read[1:], cast(sa.FromClause, read[0]))
    return sa.select(*(columns[f"total_{number}"] for number in range(len(totals)))).select_from(joined)


class _Part(NamedTuple):
    """What one row of counters adds: ``value`` where ``counts``. As FILTER, a sum takes two thirds of CASE's time.

    ``few``: it counts of few rows, and an index knows them. ``kept``: where the sum over everything is kept.
    ``within``: a numerator that never exceeds its denominator, so that the rows of the denominator are all there are.
    """

    value: Any
    counts: sa.ColumnElement[bool]
    few: bool = False
    kept: sa.ColumnElement[int] | None = None
    within: bool = False

    def adds(self) -> sa.ColumnElement[bool]:
        return sa.and_(self.counts, self.value > 0)

    def each(self) -> Any:
        return sa.case((self.counts, sa.func.coalesce(self.value, 0)), else_=0)

    def of_subtree(self, source: sa.FromClause) -> _Total:
        total = sa.func.coalesce(sa.func.sum(self.value).filter(self.counts), 0)
        return _Total(source, self.counts if self.few else sa.true(), total)

    def of_everything(self, source: sa.FromClause) -> _Total:
        if self.kept is None:
            return _Total(source, self.counts, sa.func.coalesce(sa.func.sum(self.value), 0))
        return _Total(_TOTALS, sa.true(), sa.func.coalesce(sa.func.sum(self.kept), 0))


def _parts(source: sa.FromClause, path: str, since: datetime) -> dict[Indicator, tuple[_Part, _Part]]:
    """Numerator and denominator of each indicator within the subtree at ``path``."""
    counters, kept = source.c, _TOTALS.c
    one: Any = sa.literal_column("1")
    # what a unit above, within this subtree, has declared for it too would be counted twice (docs/adr/0011)
    uncovered = sa.and_(counters.declared_volunteers.is_not(None), counters.covered_level < path.count(".") + 1)
    active = _Part(one, counters.active, kept=kept.active)
    has_activity = _Part(one, sa.and_(counters.active, counters.last_activity_at >= since))

    def summed(name: str, *, within: bool = False) -> _Part:
        return _Part(counters[name], sa.true(), kept=kept[name], within=within)

    def declared(name: str) -> _Part:
        return _Part(counters[name], uncovered, few=True)

    return {
        Indicator.ORGANIZATIONS_ON_FILE: (active, declared("declared_organizations")),
        Indicator.VOLUNTEERS_ON_FILE: (summed("registered"), declared("declared_volunteers")),
        Indicator.LEAGUE_MEMBERS_REGISTERED: (
            summed("league_members"),
            declared("declared_league_members"),
        ),
        Indicator.CARD_HOLDERS: (summed("card_holders"), summed("registered")),
        Indicator.ORGANIZATIONS_WITH_ACTIVITY: (has_activity, active),
        Indicator.HOURS_RECORDED_IN_TIME: (summed("records_in_time", within=True), summed("records_due")),
    }
