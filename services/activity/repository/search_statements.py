"""The statements of a search, made once for each shape of search and kept; what is asked for are their parameters.

Why this module exists: to make a statement of SQLAlchemy's parts and to look it up among those compiled took most of
what a search cost in Python, and the same few shapes are asked for again and again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, Literal, TypeAlias

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from services.activity.models import Listing, cell_of
from services.activity.repository.conditions import (
    has_no_open_place,
    has_shift,
    in_square,
    metres_from,
)
from services.chassis.pagination import Key, Ordered, comes_after

LONG = timedelta(days=7)
"""What takes longer has an index of its own (``models/listings.py``)."""

_TABLE = Listing.__table__  # its columns, and not the entity: that would be adapted anew to each subquery
_LISTED = _TABLE.c
_LENGTH = _LISTED.ends_at - _LISTED.starts_at
_LONGEST = sa.func.coalesce(sa.select(sa.func.max(_LENGTH)).where(_LENGTH > LONG).scalar_subquery(), LONG)
_LAST_START = sa.select(sa.func.max(_LISTED.starts_at)).scalar_subquery()
END_OF_ALL: sa.Select[datetime | None] = sa.select(_LAST_START + _LONGEST)
"""Nothing ends later."""

_MOMENT, _TEXTS = sa.DateTime(timezone=True), ARRAY(sa.Text)


def _given(name: str, kind: Any) -> Any:
    """A parameter, for wherever its value could stand; values are given by ``Wanted.parameters``."""
    return sa.bindparam(name, type_=kind)


_NOW, _STEPS = _given("now", _MOMENT), _given("steps", sa.Integer)
_LATELY, _PUBLISHED_SINCE = _given("lately", _MOMENT), _given("published_since", _MOMENT)
_PERIOD = SimpleNamespace(begin=_given("begin", _MOMENT), end=_given("end", _MOMENT))
_DAYS = SimpleNamespace(begin=_given("days_begin", _MOMENT), end=_given("days_end", _MOMENT))
_CIRCLE = SimpleNamespace(
    latitude=_given("latitude", sa.Double),
    longitude=_given("longitude", sa.Double),
    latitudes=(_given("south", sa.Double), _given("north", sa.Double)),
    longitudes=(_given("west", sa.Double), _given("east", sa.Double)),
    metres=_given("metres", sa.Integer),
)
_BAND = SimpleNamespace(**{**vars(_CIRCLE), "longitudes": None})
_MYSELF = SimpleNamespace(
    volunteer_id=_given("volunteer_id", sa.Uuid(as_uuid=False)),
    birth_date=_given("birth_date", sa.Date),
    skills=_given("skills", _TEXTS),
    homes=_given("homes", ARRAY(sa.Uuid(as_uuid=False))),
    busy=_given("busy", sa.Text),
)
_MYSELF_OF_NO_AGE = SimpleNamespace(**{**vars(_MYSELF), "birth_date": None})

Place: TypeAlias = Literal["first", "under way", "later"]
"""Where a page continues: nowhere yet, among what had begun a week before the period, or after that."""
Index: TypeAlias = Literal["cells", "facets", "facets with cells"]
"""What all that fits is looked up in."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What is asked for, without what it is: as much as decides how a statement reads.

    ``square``: the circle has longitudes, for it lies neither around a pole nor across the 180th meridian. ``myself``:
    what I can do is asked for, and whether it is known how old I am.
    """

    sort: str
    words: bool
    facets: bool
    near: bool
    square: bool
    days: bool
    ends: bool
    open: bool | None
    myself: Literal["of an age", "of no age"] | None

    @property
    def circle(self) -> Any:
        """The parameters of the circle."""
        return _CIRCLE if self.square else _BAND

    @property
    def by_distance(self) -> bool:
        """Whether the nearest come first."""
        return self.sort == "distance" and self.near

    @property
    def asks_of_shifts(self) -> bool:
        """Whether shifts are looked at, and who enrolled for them."""
        return self.days or self.open is not None or self.myself is not None

    def keys(self, listed: Any) -> list[Key]:
        """The keys of the pages, of a subquery of listings."""
        if self.sort == "newest":
            return [(listed.published_at, "desc"), (listed.activity_id, "desc")]
        if self.by_distance:
            return [self.metres(listed), listed.activity_id]
        return [listed.starts_at, listed.activity_id]

    def metres(self, listed: Any) -> sa.ColumnElement[int]:
        """How far away it is; a column, where that was worked out already."""
        return listed.metres if "metres" in listed else metres_from(self.circle, listed)


_kept = lru_cache(maxsize=500)


@_kept
def order(shape: Shape) -> Sequence[Key]:
    """The keys of the pages."""
    return shape.keys(_LISTED)


@_kept
def walked(shape: Shape, place: Place, *, bounded: bool) -> Ordered:
    """What fits along the order of the list, within so many ``steps`` or all of it."""
    walk = _newest_first if shape.sort == "newest" else _in_order_of_start
    source = walk(shape, place, _STEPS if bounded else None).subquery("walked").c
    return _ordered(shape, source)


@_kept
def collected(shape: Shape, index: Index) -> Ordered:
    """All that fits. OFFSET keeps the look-up by itself: PostgreSQL would add a scan of all that has not ended, and
    work out a distance for each clause that asks for it."""
    found = _in_cells(shape) if index == "cells" else _in_words_and_facets(shape, index)
    source = sa.select(*_looked_at(shape)).where(*found)
    if shape.sort == "newest":
        source = source.where(_LISTED.published_at >= _PUBLISHED_SINCE)
    if shape.near:
        source = source.add_columns(shape.metres(_LISTED).label("metres")).where(*in_square(shape.circle, _LISTED))
    listed = source.offset(0).subquery("collected").c
    if shape.asks_of_shifts:  # in order before that is asked, so that it is asked of no more than fill the page
        listed = sa.select(*listed).order_by(*_along(shape.keys(listed))).subquery("in_order").c
    return _ordered(shape, listed)


def _ordered(shape: Shape, listed: Any) -> Ordered:
    """(activity id, metres or NULL) of what fits."""
    metres = shape.metres(listed) if shape.near else sa.null()
    found = sa.select(listed.activity_id, sa.cast(metres, sa.Integer))
    return Ordered(found.where(*_conditions(shape, listed)), shape.keys(listed))


def _looked_at(shape: Shape) -> list[sa.ColumnElement[Any]]:
    """The columns that conditions and order speak of: each costs time in every subquery that it passes through."""
    names = ["activity_id", "starts_at", "ends_at"]
    if shape.sort == "newest":
        names += ["published_at"]
    if shape.words:
        names += ["text"]
    if shape.facets:
        names += ["facets"]
    if shape.near:
        names += ["latitude", "longitude"]
    if shape.open is not None or shape.myself is not None:
        names += ["enroll_by"]
    if shape.myself is not None:
        names += ["organization_id", "min_age", "max_age", "skills", "members_only"]
    return [_LISTED[name] for name in names]


def _in_cells(shape: Shape) -> Iterator[sa.ColumnElement[bool]]:
    """What is in the period there, in the words of the index of cells."""
    yield cell_of(_LISTED.latitude, _LISTED.longitude) == sa.any_(_given("cells", ARRAY(sa.Integer)))
    yield from _reaches_into_period(shape, _LISTED)


def _in_words_and_facets(shape: Shape, index: Index) -> Iterator[sa.ColumnElement[bool]]:
    """What follows from the conditions, in the words of that index."""
    if shape.facets:
        yield _LISTED.facets.contains(_given("facets", _LISTED.facets.type))
    if shape.words:
        yield _LISTED.words.contains(_given("words", _LISTED.words.type))
    if index == "facets with cells":
        yield _LISTED.facets.overlap(_given("facets_of_cells", _LISTED.facets.type))
    yield _LISTED.facets.overlap(_given("months", _LISTED.facets.type))


def _conditions(shape: Shape, listed: Any) -> Iterator[sa.ColumnElement[bool]]:
    """Everything that a listing has to fulfil."""
    yield from _reaches_into_period(shape, listed)
    if shape.facets:
        yield listed.facets.contains(_given("facets", _LISTED.facets.type))
    if shape.words:
        yield listed.text.like(sa.all_(_given("patterns", _TEXTS)))
    if shape.near:
        yield from in_square(shape.circle, listed)
        yield shape.metres(listed) <= shape.circle.metres
    if shape.open is False:
        yield has_no_open_place(listed, listed.activity_id, _NOW)
    days: Any = _DAYS if shape.days else None
    myself = {None: None, "of an age": _MYSELF, "of no age": _MYSELF_OF_NO_AGE}[shape.myself]
    yield from has_shift(listed, listed.activity_id, _NOW, days=days, is_open=shape.open is True, myself=myself)


def _reaches_into_period(shape: Shape, listed: Any) -> Iterator[sa.ColumnElement[bool]]:
    yield listed.ends_at > _PERIOD.begin
    if shape.ends:
        yield listed.starts_at < _PERIOD.end


def _in_order_of_start(shape: Shape, place: Place, steps: Any) -> sa.SelectBase:
    """The next listings of the period in order of their start: so many, or all.

    Those that had begun more than a week before the period come first. Few last so long: they have an index of their
    own, so that a walk passes over a week of what has ended and not over a year of it.
    """
    if place == "later":
        return _stretch(shape, [comes_after(order(shape))], steps)
    first = _LISTED.starts_at >= _PERIOD.begin - _LONGEST if place == "first" else comes_after(order(shape))
    before = _stretch(shape, [_LENGTH > LONG, first, _LISTED.starts_at < _LATELY], steps)
    since = _stretch(shape, [_LISTED.starts_at >= _LATELY], steps)
    return sa.union_all(before, since).order_by(_LISTED.starts_at.name, _LISTED.activity_id.name).limit(steps)


def _newest_first(shape: Shape, place: Place, steps: Any) -> sa.Select[Any]:
    """The listings of the period that were published last. What begins within it was published before it is over."""
    if place != "first":
        return _stretch(shape, [comes_after(order(shape))], steps)
    return _stretch(shape, [_LISTED.published_at < _PERIOD.end] if shape.ends else [], steps)


def _stretch(shape: Shape, where: Sequence[sa.ColumnElement[bool]], steps: Any) -> sa.Select[Any]:
    """Listings along the index of the order, which tells by itself whether they reach into the period.

    ``where`` says once where to begin: of two such conditions PostgreSQL would take any, and pass over what lies
    between them step by step.
    """
    along = _along(order(shape))
    in_period = _reaches_into_period(shape, _LISTED)
    return sa.select(*_looked_at(shape)).where(*where, *in_period).order_by(*along).limit(steps)


def _along(keys: Sequence[Key]) -> list[Any]:
    return [key[0].desc() if isinstance(key, tuple) else key for key in keys]
