"""Finding public activities by their listings, in one of two ways (docs/adr/0025-search.md).

*Walk*: read along the order of the list and leave out what does not fit. Right where much fits: the page is soon full.
*Collect*: look up all that fits, and sort it. Right where little does.

A walk goes so far and no further, so nothing has to be known beforehand of how much there is to find: if the walk did
not fill the page, few enough fit to be collected. By distance there is no order to read along; instead circles grow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from services.activity.commands import SearchActivities
from services.activity.domain import listing
from services.activity.domain.places import Circle
from services.activity.domain.searching import Days, Period
from services.activity.repository.search_statements import (
    END_OF_ALL,
    LONG,
    Place,
    Shape,
    collected,
    order,
    walked,
)
from services.chassis.pagination import After, Attempt, Key

STEPS_A_ROW = 100
"""How many listings a walk looks at for each that is wanted, before it gives up."""

_FIRST_CIRCLE_KM, _FARTHER, _GROWTH = 2.0, 1.25, 8.0
_EVER = datetime.min.replace(tzinfo=UTC)
_MOST_CELLS = 4000
"""More are no look-up any longer; a circle of 130 km has as many."""


@dataclass(frozen=True, kw_only=True)
class Myself:
    """A volunteer who looks for what they can do.

    ``homes``: the home organization and those above it. ``times``: when they have asked for or been promised something.
    """

    volunteer_id: str
    birth_date: date | None
    skills: Sequence[str]
    homes: Sequence[str]
    times: Sequence[tuple[datetime, datetime]] = field(default=())

    @property
    def busy(self) -> str:
        """Those times as a multirange is written."""
        return "{" + ",".join(f"[{begin.isoformat()},{end.isoformat()})" for begin, end in self.times) + "}"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A search with what it depends on besides what was typed."""

    query: SearchActivities
    now: datetime
    myself: Myself | None = None

    @cached_property
    def days(self) -> Days | None:
        """The days that are asked for."""
        return Days.of(self.query.from_day, self.query.to_day)

    @cached_property
    def period(self) -> Period:
        """What a listing has to reach into."""
        return Period.of(self.days, self.now, ahead=bool(self.query.open) or self.myself is not None)

    @cached_property
    def words(self) -> list[str]:
        """What has to be in the text."""
        return listing.words_of(self.query.q or "")

    @cached_property
    def facets(self) -> set[int]:
        """What an activity has to have."""
        asked = (
            (listing.region, self.query.region),
            (listing.category, self.query.category),
            (listing.organization, self.query.organization_id),
        )
        return {facet(value) for facet, value in asked if value is not None}

    @cached_property
    def cells(self) -> list[int] | None:
        """Where to look for what is near; None: nowhere in particular."""
        return None if self.query.near is None else self.query.near.cells(_MOST_CELLS)

    @cached_property
    def shape(self) -> Shape:
        """What is asked for, without what it is."""
        near, myself = self.query.near, self.myself
        return Shape(
            sort=self.query.sort,
            words=bool(self.words),
            facets=bool(self.facets),
            near=near is not None,
            square=near is not None and near.longitudes is not None,
            days=self.days is not None,
            ends=self.period.end is not None,
            open=self.query.open,
            myself=None if myself is None else "of no age" if myself.birth_date is None else "of an age",
        )

    def order(self) -> Sequence[Key]:
        """The keys of the pages."""
        return order(self.shape)

    def within(self, circle: Circle) -> Wanted:
        """The same, in another circle."""
        return replace(self, query=replace(self.query, near=circle))

    def parameters(self) -> dict[str, Any]:
        """What it is that is asked for, for any statement of this shape."""
        days, near, myself = self.days, self.query.near, self.myself
        given: dict[str, Any] = {
            "now": self.now,
            "begin": self.period.begin,
            "end": self.period.end,
            "facets": sorted(self.facets),
            "patterns": [_pattern(word) for word in self.words],
        }
        if days is not None:
            given |= {"days_begin": days.begin, "days_end": days.end}
        if near is not None:
            (south, north), (west, east) = near.latitudes, near.longitudes or (None, None)
            given |= {"south": south, "north": north, "west": west, "east": east}
            given |= {"latitude": near.latitude, "longitude": near.longitude, "metres": near.metres}
        if myself is not None:
            given |= {"volunteer_id": myself.volunteer_id, "birth_date": myself.birth_date, "busy": myself.busy}
            given |= {"skills": list(myself.skills), "homes": list(myself.homes)}
        return given


@dataclass(frozen=True)
class Stretch:
    """A part of what is looked for: what reaches into ``period`` and was published since then."""

    period: Period
    published_since: datetime = _EVER


class SearchRepository:
    """Pages of listings."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def attempts(self, wanted: Wanted, after: After) -> Iterator[Attempt]:
        """Statements of (activity id, metres from ``near`` or NULL): each finds the first that fit, the last all."""
        near = wanted.query.near
        if wanted.query.sort == "distance" and near is not None:
            for circle in _growing(near, after):
                yield self._collected(wanted.within(circle), Stretch(wanted.period))
            return
        yield _walked(wanted, after, bounded=True)
        if wanted.words or wanted.facets or wanted.cells is not None:
            for stretch in _stretches(wanted, after):
                yield self._collected(wanted, stretch)
        else:
            yield _walked(wanted, after, bounded=False)

    def _collected(self, wanted: Wanted, stretch: Stretch) -> Attempt:
        """All that fits, as far as that stretch goes."""
        period = stretch.period
        given = wanted.parameters() | {"begin": period.begin, "end": period.end}
        given["published_since"] = stretch.published_since
        if wanted.cells is not None and not wanted.words and not wanted.facets:
            return collected(wanted.shape, "cells"), given | {"cells": wanted.cells}
        near = wanted.query.near
        end = max(period.begin, period.end or self._end_of_all)
        given["words"] = sorted(set[int]().union(*map(listing.words_to_look_up, wanted.words)))
        given["months"] = sorted(listing.months(period.begin, end))
        cells = None if near is None else listing.cells_that_cover(near)
        if cells is None:
            return collected(wanted.shape, "facets"), given
        return collected(wanted.shape, "facets with cells"), given | {"facets_of_cells": sorted(cells)}

    @cached_property
    def _end_of_all(self) -> datetime:
        """Nothing ends later."""
        return self._session.scalar(END_OF_ALL) or _EVER


def _walked(wanted: Wanted, after: After, *, bounded: bool) -> Attempt:
    """What fits along the order of the list."""
    lately = wanted.period.begin - LONG
    place: Place = "first" if after.values is None else "later"
    if after.values is not None and wanted.query.sort != "newest" and after.values[0] < lately:
        place = "under way"
    given = wanted.parameters() | {"lately": lately, "steps": STEPS_A_ROW * (wanted.query.limit + 1)}
    return walked(wanted.shape, place, bounded=bounded), given


def _pattern(word: str) -> str:
    """``word`` anywhere in a text, for LIKE."""
    for special in "\\%_":
        word = word.replace(special, f"\\{special}")
    return f"%{word}%"


def _growing(whole: Circle, after: After) -> Iterator[Circle]:
    """Circles around the same point, up to the whole one; the first reaches somewhat farther than the last page did."""
    passed = 0.0 if after.values is None else after.values[0] / 1000
    km = max(_FIRST_CIRCLE_KM, passed * _FARTHER)
    while km * 2 < whole.km:
        yield replace(whole, km=km)
        km *= _GROWTH
    yield whole


def _stretches(wanted: Wanted, after: After) -> Iterator[Stretch]:
    """Where to look for what comes after the last page: what is farther off need not be looked up, as long as what is
    nearer fills the page.

    In order of start, it begins after what the last page ended with. The newest were published before that, and
    whatever was published since some moment begins after it.
    """
    period = wanted.period
    if wanted.query.sort != "newest":
        begin = period.begin if after.values is None else max(period.begin, after.values[0])
        yield from map(Stretch, replace(period, begin=begin).beginnings())
        return
    until = period.end if after.values is None or period.end is None else min(period.end, after.values[0])
    *nearer, _ = replace(period, end=until).endings()
    yield from (Stretch(replace(period, begin=each.begin), published_since=each.begin) for each in nearer)
    yield Stretch(period)
