"""The small predicates that a search is made of, for whatever has the columns: an activity, or its listing.

What they compare with are values (a moment, ``Circle``, ``Days``, ``Myself``), or the same made of parameters.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSTZMULTIRANGE

from services.activity.domain.places import EARTH_RADIUS_METRES
from services.activity.domain.states import HOLDS_A_PLACE, MAY_COME_AGAIN
from services.activity.models import Enrollment, Shift


def metres_from(circle: Any, place: Any) -> sa.ColumnElement[int]:
    """Great-circle distance of ``place`` in whole metres (haversine): exact enough for a list, and it compares."""
    here, there = (sa.func.radians(one.latitude) for one in (circle, place))
    east = sa.func.radians(place.longitude) - sa.func.radians(circle.longitude)
    square = sa.func.power(sa.func.sin((there - here) / 2), 2) + sa.func.cos(there) * sa.func.cos(here) * sa.func.power(
        sa.func.sin(east / 2), 2
    )
    return sa.cast(2 * EARTH_RADIUS_METRES * sa.func.asin(sa.func.sqrt(sa.func.least(1.0, square))), sa.Integer)


def within(circle: Any, place: Any) -> Iterator[sa.ColumnElement[bool]]:
    """``place`` lies in the circle."""
    yield from in_square(circle, place)
    yield metres_from(circle, place) <= circle.metres


def in_square(circle: Any, place: Any) -> Iterator[sa.ColumnElement[bool]]:
    """``place`` lies in the square around the circle: quick to tell, and spares most the look at their distance."""
    yield place.latitude.between(*circle.latitudes)
    if circle.longitudes is not None:
        yield place.longitude.between(*circle.longitudes)


def has_shift(
    activity: Any, activity_id: Any, now: Any, *, days: Any, is_open: bool, myself: Any
) -> Iterator[sa.ColumnElement[bool]]:
    """One and the same shift is within the days, has an open place, and is one that I could take."""
    conditions: list[sa.ColumnElement[bool]] = []
    if days is not None:
        conditions += Shift.ends_at > days.begin, Shift.starts_at < days.end
    if is_open or myself is not None:
        yield activity.enroll_by > now  # by itself: it spares most activities the look at their shifts
        conditions += (Shift.starts_at > now,)
    if is_open:
        conditions += (_has_place(),)
    if myself is not None:
        yield from _asks_no_more_than(myself, activity)
        conditions += _suits(myself, activity)
    if not conditions:
        return
    a_shift: sa.ColumnElement[bool] = sa.exists().where(Shift.activity_id == activity_id, *conditions)
    if days is not None and not is_open and myself is None:  # the first shift will do, if it begins then
        a_shift = sa.or_(sa.and_(activity.starts_at >= days.begin, activity.starts_at < days.end), a_shift)
    yield a_shift


def has_no_open_place(activity: Any, activity_id: Any, now: Any) -> sa.ColumnElement[bool]:
    """No shift that one can still enroll for has a place (``domain.enrolling.places_to_take`` in SQL)."""
    is_open = sa.exists().where(Shift.activity_id == activity_id, Shift.starts_at > now, _has_place())
    return sa.or_(activity.enroll_by <= now, ~is_open)


def _has_place() -> sa.ColumnElement[bool]:
    taken = (
        sa.select(sa.func.count())
        .where(Enrollment.shift_id == Shift.id, Enrollment.status.in_(HOLDS_A_PLACE))
        .correlate(Shift)
        .scalar_subquery()
    )
    return Shift.capacity > taken


def _asks_no_more_than(myself: Any, activity: Any) -> Iterator[sa.ColumnElement[bool]]:
    """What ``domain.enrolling.unmet`` asks, as far as it is the same for every shift."""
    yield activity.skills.contained_by(myself.skills)
    yield sa.or_(~activity.members_only, activity.organization_id == sa.any_(myself.homes))
    if myself.birth_date is None:
        yield sa.and_(activity.min_age.is_(None), activity.max_age.is_(None))


def _suits(myself: Any, activity: Any) -> Iterator[sa.ColumnElement[bool]]:
    """My age on the day of the shift, my time, and that nothing of mine stands in the way of enrolling."""
    if myself.birth_date is not None:
        day = sa.cast(sa.func.timezone("Asia/Shanghai", Shift.starts_at), sa.Date)
        age = sa.extract("year", sa.func.age(day, sa.cast(myself.birth_date, sa.Date)))
        yield age >= sa.func.coalesce(activity.min_age, 0)
        yield sa.or_(activity.max_age.is_(None), age <= activity.max_age)
    busy = sa.cast(myself.busy, TSTZMULTIRANGE)
    yield ~sa.func.tstzrange(Shift.starts_at, Shift.ends_at).op("&&", is_comparison=True)(busy)
    yield ~(
        sa.exists()
        .where(
            Enrollment.shift_id == Shift.id,
            Enrollment.volunteer_id == myself.volunteer_id,
            Enrollment.status.not_in(MAY_COME_AGAIN),
        )
        .correlate(Shift)
    )
