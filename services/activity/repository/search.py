"""Finding public activities by their listings, in one of two ways (docs/adr/0025-search.md).

*Walk*: read along the order of the list and leave out what does not fit. Right where much fits: the page is soon full.
*Collect*: look up all that fits, and sort it. Right where little does.

A walk goes so far and no further, so nothing has to be known beforehand of how much there is to find: if the walk did
not fill the page, few enough fit to be collected. By distance there is no order to read along; instead circles grow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from services.activity.commands import SearchActivities
from services.activity.domain import listing
from services.activity.domain.places import Circle
from services.activity.domain.searching import Days, Period
from services.activity.models import Listing
from services.activity.repository.conditions import Myself, has_no_open_place, has_shift, metres_from, within
from services.chassis.pagination import After, Attempt, Key

STEPS_A_ROW = 100
"""How many listings a walk looks at for each that is wanted, before it gives up."""

_DAY = timedelta(days=1)
_FIRST_CIRCLE_KM, _GROWTH = 1.0, 4.0


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A search with what it depends on besides what was typed."""

    query: SearchActivities
    now: datetime
    myself: Myself | None = None

    @property
    def days(self) -> Days | None:
        """The days that are asked for."""
        return Days.of(self.query.from_day, self.query.to_day)

    @property
    def period(self) -> Period:
        """What a listing has to reach into."""
        return Period.of(self.days, self.now, ahead=bool(self.query.open) or self.myself is not None)

    def order(self) -> list[Key]:
        """The keys of the pages."""
        return self.keys(Listing)

    def keys(self, listed: Any) -> list[Key]:
        """The same, of a subquery of listings."""
        if self.query.sort == "newest":
            return [(listed.published_at, "desc"), (listed.activity_id, "desc")]
        if self.query.sort == "distance" and self.query.near is not None:
            return [metres_from(self.query.near, listed), listed.activity_id]
        return [listed.starts_at, listed.activity_id]


class SearchRepository:
    """Pages of listings."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def attempts(self, wanted: Wanted, after: After) -> Iterator[Attempt]:
        """Statements of (activity id, metres from ``near`` or NULL): each finds the first that fit, the last all."""
        near = wanted.query.near
        if wanted.query.sort == "distance" and near is not None:
            for circle in _growing(near, after):
                yield self._collected(replace(wanted, query=replace(wanted.query, near=circle)), after)
            return
        walk = _newest_first if wanted.query.sort == "newest" else _in_order_of_start
        walked = aliased(Listing, walk(wanted, after).subquery("walked"))
        yield _found(wanted, walked).where(*_conditions(wanted, walked)), wanted.keys(walked)
        yield self._collected(wanted, after)

    def _collected(self, wanted: Wanted, after: After) -> Attempt:
        """All that fit; looked up before they are sorted, or PostgreSQL may take walking to be quicker."""
        fitting = sa.select(Listing).where(
            *_conditions(wanted, Listing), *self._looked_up(wanted), after.condition(wanted.keys(Listing))
        )
        collected = aliased(Listing, fitting.cte("collected").prefix_with("MATERIALIZED"))
        return _found(wanted, collected), wanted.keys(collected)

    def _looked_up(self, wanted: Wanted) -> Iterator[sa.ColumnElement[bool]]:
        """What follows from the conditions, and can be looked up; nothing, if that would be all of the period."""
        query = wanted.query
        words = set[int]().union(*map(listing.words_to_look_up, listing.words_of(query.q or "")))
        cells = None if query.near is None else listing.cells_that_cover(query.near)
        if words:
            yield Listing.words.contains(sorted(words))
        if cells is not None:
            yield Listing.facets.overlap(sorted(cells))
        if words or cells is not None or _facets(query):
            yield Listing.facets.overlap(sorted(self._months(wanted.period)))

    def _months(self, period: Period) -> set[int]:
        end = period.end or self._session.scalar(sa.select(sa.func.max(Listing.ends_at))) or period.begin
        return listing.months(period.begin, max(period.begin, end))


def _found(wanted: Wanted, listed: Any) -> sa.Select[Any, Any]:
    metres = sa.null() if wanted.query.near is None else metres_from(wanted.query.near, listed)
    return sa.select(listed.activity_id, sa.cast(metres, sa.Integer))


def _conditions(wanted: Wanted, listed: Any) -> Iterator[sa.ColumnElement[bool]]:
    """Everything that a listing has to fulfil."""
    query, period, now = wanted.query, wanted.period, wanted.now
    yield listed.ends_at > period.begin
    if period.end is not None:
        yield listed.starts_at < period.end
    if facets := _facets(query):
        yield listed.facets.contains(sorted(facets))
    for word in listing.words_of(query.q or ""):
        yield listed.text.contains(word, autoescape=True)
    if query.near is not None:
        yield from within(query.near, listed)
    if query.open is False:
        yield has_no_open_place(listed, listed.activity_id, now)
    yield from has_shift(
        listed, listed.activity_id, now, days=wanted.days, is_open=query.open is True, myself=wanted.myself
    )


def _facets(query: SearchActivities) -> set[int]:
    """What an activity has to have, as facets."""
    asked = (
        (listing.region, query.region),
        (listing.category, query.category),
        (listing.organization, query.organization_id),
    )
    return {facet(value) for facet, value in asked if value is not None}


def _in_order_of_start(wanted: Wanted, after: After) -> sa.Select[Any]:
    """The next listings in order of their start.

    Those that were under way for more than a day when the period begins come first: few, and found by their span.
    """
    period = wanted.period
    first = period.begin - _DAY
    ahead = _stretch(wanted, after).where(Listing.starts_at >= first)
    if period.end is not None:
        ahead = ahead.where(Listing.starts_at < period.end)
    if after.values is not None and after.values[0] >= first:
        return ahead
    span = sa.func.tstzrange(Listing.starts_at, Listing.ends_at)
    under_way = sa.select(Listing).where(
        Listing.ends_at - Listing.starts_at > _DAY,
        span.op("@>", is_comparison=True)(sa.cast(period.begin, Listing.starts_at.type)),
        Listing.starts_at < first,
        after.condition(wanted.keys(Listing)),
    )
    both = sa.union_all(under_way, sa.select(aliased(Listing, ahead.subquery("ahead"))))
    return sa.select(aliased(Listing, both.subquery("both")))


def _newest_first(wanted: Wanted, after: After) -> sa.Select[Any]:
    """The listings that were published last. What begins within a period was published before that is over."""
    stretch, end = _stretch(wanted, after), wanted.period.end
    return stretch if end is None else stretch.where(Listing.published_at < end)


def _stretch(wanted: Wanted, after: After) -> sa.Select[Any]:
    """So many listings along the index of the order."""
    keys = wanted.keys(Listing)
    order = [key[0].desc() if isinstance(key, tuple) else key for key in keys]
    return (
        sa.select(Listing).where(after.condition(keys)).order_by(*order).limit(STEPS_A_ROW * (wanted.query.limit + 1))
    )


def _growing(whole: Circle, after: After) -> Iterator[Circle]:
    """Circles around the same point, up to the whole one; none that ends where the last page did."""
    km = _FIRST_CIRCLE_KM
    passed = 0.0 if after.values is None else after.values[0] / 1000
    while km < whole.km:
        if km > passed:
            yield replace(whole, km=km)
        km *= _GROWTH
    yield whole
