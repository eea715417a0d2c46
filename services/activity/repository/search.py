"""Finding public activities by their listings, in one of two ways (docs/adr/0025-search.md).

*Walk*: read along the order of the list and leave out what does not fit. Right where much fits: the page is soon full.
*Collect*: look up all that fits, and sort it. Right where little does.

A walk goes so far and no further, so nothing has to be known beforehand of how much there is to find: if the walk did
not fill the page, few enough fit to be collected. By distance there is no order to read along; instead circles grow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from services.activity.commands import SearchActivities
from services.activity.domain import listing
from services.activity.domain.places import Circle
from services.activity.domain.searching import Days, Period
from services.activity.models import Listing, cell_of
from services.activity.repository.conditions import Myself, has_no_open_place, has_shift, in_square, metres_from
from services.chassis.pagination import After, Attempt, Key

STEPS_A_ROW = 100
"""How many listings a walk looks at for each that is wanted, before it gives up."""

_TABLE = Listing.__table__  # its columns, and not the entity: that would be adapted anew to each subquery
_LISTED = _TABLE.c

LONG = timedelta(days=7)
"""What takes longer has an index of its own (``models/listings.py``)."""
_LENGTH = _LISTED.ends_at - _LISTED.starts_at
_LONGEST = sa.func.coalesce(sa.select(sa.func.max(_LENGTH)).where(_LENGTH > LONG).scalar_subquery(), LONG)
_LAST_START = sa.select(sa.func.max(_LISTED.starts_at)).scalar_subquery()
_FIRST_CIRCLE_KM, _FARTHER, _GROWTH = 2.0, 1.25, 8.0
_MOST_CELLS = 4000
"""More are no look-up any longer; a circle of 130 km has as many."""


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
        return self.keys(_LISTED)

    def keys(self, listed: Any) -> list[Key]:
        """The same, of a subquery of listings."""
        if self.query.sort == "newest":
            return [(listed.published_at, "desc"), (listed.activity_id, "desc")]
        if self.query.sort == "distance" and self.query.near is not None:
            return [self.metres(listed), listed.activity_id]
        return [listed.starts_at, listed.activity_id]

    def metres(self, listed: Any) -> sa.ColumnElement[int]:
        """How far away it is; a column, where that was worked out already."""
        assert self.query.near is not None
        return listed.metres if "metres" in listed else metres_from(self.query.near, listed)


class SearchRepository:
    """Pages of listings."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def attempts(self, wanted: Wanted, after: After) -> Iterator[Attempt]:
        """Statements of (activity id, metres from ``near`` or NULL): each finds the first that fit, the last all."""
        near = wanted.query.near
        if wanted.query.sort == "distance" and near is not None:
            for circle in _growing(near, after):
                yield self._collected(replace(wanted, query=replace(wanted.query, near=circle)))
            return
        walk = _newest_first if wanted.query.sort == "newest" else _in_order_of_start
        yield _walked(wanted, walk(wanted, after, STEPS_A_ROW * (wanted.query.limit + 1)))
        if _can_be_looked_up(wanted.query):
            yield self._collected(wanted)
        else:
            yield _walked(wanted, walk(wanted, after, None))

    def _collected(self, wanted: Wanted) -> Attempt:
        """All that fits. OFFSET keeps the look-up by itself: PostgreSQL would add a scan of all that has not ended, and
        work out a distance for each clause that asks for it."""
        near = wanted.query.near
        cells = None if near is None or _has_words_or_facets(wanted.query) else near.cells(_MOST_CELLS)
        found = self._in_words_and_facets(wanted) if cells is None else _in_cells(wanted, cells)
        source = sa.select(*_looked_at(wanted)).where(*found)
        if near is not None:
            source = source.add_columns(wanted.metres(_LISTED).label("metres")).where(*in_square(near, _LISTED))
        collected = source.offset(0).subquery("collected").c
        return _found(wanted, collected).where(*_conditions(wanted, collected)), wanted.keys(collected)

    def _in_words_and_facets(self, wanted: Wanted) -> Iterator[sa.ColumnElement[bool]]:
        """What follows from the conditions, in the words of that index."""
        query, period = wanted.query, wanted.period
        words = set[int]().union(*map(listing.words_to_look_up, listing.words_of(query.q or "")))
        cells = None if query.near is None else listing.cells_that_cover(query.near)
        if facets := _facets(query):
            yield _LISTED.facets.contains(sorted(facets))
        if words:
            yield _LISTED.words.contains(sorted(words))
        if cells is not None:
            yield _LISTED.facets.overlap(sorted(cells))
        end = max(period.begin, period.end or self._end_of_all)
        yield _LISTED.facets.overlap(sorted(listing.months(period.begin, end)))

    @cached_property
    def _end_of_all(self) -> datetime:
        """Nothing ends later."""
        end = self._session.scalar(sa.select(_LAST_START + _LONGEST))
        return end or datetime.min.replace(tzinfo=UTC)


def _looked_at(wanted: Wanted) -> list[sa.ColumnElement[Any]]:
    """The columns that conditions and order speak of: each costs time in every subquery that it passes through."""
    query = wanted.query
    names = ["activity_id", "starts_at", "ends_at"]
    if query.sort == "newest":
        names += ["published_at"]
    if query.q:
        names += ["text"]
    if _facets(query):
        names += ["facets"]
    if query.near is not None:
        names += ["latitude", "longitude"]
    if query.open is not None or wanted.myself is not None:
        names += ["enroll_by"]
    if wanted.myself is not None:
        names += ["organization_id", "min_age", "max_age", "skills", "members_only"]
    return [_LISTED[name] for name in names]


def _walked(wanted: Wanted, source: sa.SelectBase) -> Attempt:
    """What fits of ``source``, which is in order."""
    walked = source.subquery("walked").c
    return _found(wanted, walked).where(*_conditions(wanted, walked)), wanted.keys(walked)


def _in_cells(wanted: Wanted, cells: Sequence[int]) -> Iterator[sa.ColumnElement[bool]]:
    """What is in the period there, in the words of the index of cells."""
    yield cell_of(_LISTED.latitude, _LISTED.longitude) == sa.any_(sa.cast(cells, ARRAY(sa.Integer)))
    yield from _reaches_into(wanted.period, _LISTED)


def _found(wanted: Wanted, listed: Any) -> sa.Select[Any, Any]:
    metres = sa.null() if wanted.query.near is None else wanted.metres(listed)
    return sa.select(listed.activity_id, sa.cast(metres, sa.Integer))


def _conditions(wanted: Wanted, listed: Any) -> Iterator[sa.ColumnElement[bool]]:
    """Everything that a listing has to fulfil."""
    query, now = wanted.query, wanted.now
    yield from _reaches_into(wanted.period, listed)
    if facets := _facets(query):
        yield listed.facets.contains(sorted(facets))
    for word in listing.words_of(query.q or ""):
        yield listed.text.contains(word, autoescape=True)
    if query.near is not None:
        yield from in_square(query.near, listed)
        yield wanted.metres(listed) <= query.near.metres
    if query.open is False:
        yield has_no_open_place(listed, listed.activity_id, now)
    yield from has_shift(
        listed, listed.activity_id, now, days=wanted.days, is_open=query.open is True, myself=wanted.myself
    )


def _reaches_into(period: Period, listed: Any) -> Iterator[sa.ColumnElement[bool]]:
    yield listed.ends_at > period.begin
    if period.end is not None:
        yield listed.starts_at < period.end


def _can_be_looked_up(query: SearchActivities) -> bool:
    """Whether anything is asked for that an index knows, besides the order and the time."""
    return _has_words_or_facets(query) or (query.near is not None and query.near.cells(_MOST_CELLS) is not None)


def _has_words_or_facets(query: SearchActivities) -> bool:
    return bool(_facets(query) or listing.words_of(query.q or ""))


def _facets(query: SearchActivities) -> set[int]:
    """What an activity has to have, as facets."""
    asked = (
        (listing.region, query.region),
        (listing.category, query.category),
        (listing.organization, query.organization_id),
    )
    return {facet(value) for facet, value in asked if value is not None}


def _in_order_of_start(wanted: Wanted, after: After, steps: int | None) -> sa.SelectBase:
    """The next listings of the period in order of their start: so many, or all.

    Those that had begun more than a week before the period come first. Few last so long: they have an index of their
    own, so that a walk passes over a week of what has ended and not over a year of it.
    """
    begin, lately = wanted.period.begin, wanted.period.begin - LONG
    keys = wanted.keys(_LISTED)
    if after.values is not None and after.values[0] >= lately:
        return _stretch(wanted, [after.condition(keys)], steps)
    first = _LISTED.starts_at >= begin - _LONGEST if after.values is None else after.condition(keys)
    before = _stretch(wanted, [_LENGTH > LONG, first, _LISTED.starts_at < lately], steps)
    since = _stretch(wanted, [_LISTED.starts_at >= lately], steps)
    return sa.union_all(before, since).order_by(_LISTED.starts_at.name, _LISTED.activity_id.name).limit(steps)


def _newest_first(wanted: Wanted, after: After, steps: int | None) -> sa.Select[Any]:
    """The listings of the period that were published last. What begins within it was published before it is over."""
    first = after.condition(wanted.keys(_LISTED))
    if after.values is None and wanted.period.end is not None:
        first = _LISTED.published_at < wanted.period.end
    return _stretch(wanted, [first], steps)


def _stretch(wanted: Wanted, where: Sequence[sa.ColumnElement[bool]], steps: int | None) -> sa.Select[Any]:
    """Listings along the index of the order, which tells by itself whether they reach into the period.

    ``where`` says once where to begin: of two such conditions PostgreSQL would take any, and pass over what lies
    between them step by step.
    """
    order = [key[0].desc() if isinstance(key, tuple) else key for key in wanted.keys(_LISTED)]
    in_period = _reaches_into(wanted.period, _LISTED)
    return sa.select(*_looked_at(wanted)).where(*where, *in_period).order_by(*order).limit(steps)


def _growing(whole: Circle, after: After) -> Iterator[Circle]:
    """Circles around the same point, up to the whole one; the first reaches somewhat farther than the last page did."""
    passed = 0.0 if after.values is None else after.values[0] / 1000
    km = max(_FIRST_CIRCLE_KM, passed * _FARTHER)
    while km * 2 < whole.km:
        yield replace(whole, km=km)
        km *= _GROWTH
    yield whole
