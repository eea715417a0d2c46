"""The small predicates that a search is made of, for whatever has the columns: an activity, or its listing."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSTZMULTIRANGE

from services.activity.domain.places import EARTH_RADIUS_METRES, Circle
from services.activity.domain.searching import Days
from services.activity.domain.states import HOLDS_A_PLACE, MAY_COME_AGAIN
from services.activity.models import Enrollment, Shift


@dataclass(frozen=True, kw_only=True)
class Myself:
    """A volunteer who looks for what they can do.

    ``homes``: the home organization and those above it. ``busy``: when they have asked for or been promised something.
    """

    volunteer_id: str
    birth_date: date | None
    skills: Sequence[str]
    homes: Sequence[str]
    busy: Sequence[tuple[datetime, datetime]] = field(default=())


def metres_from(circle: Circle, place: Any) -> sa.ColumnElement[int]:
    """Great-circle distance of ``place`` in whole metres (haversine): exact enough for a list, and it compares."""
    latitude, longitude = sa.func.radians(place.latitude), sa.func.radians(place.longitude)
    here = math.radians(circle.latitude), math.radians(circle.longitude)
    square = sa.func.power(sa.func.sin((latitude - here[0]) / 2), 2) + sa.func.cos(latitude) * math.cos(
        here[0]
    ) * sa.func.power(sa.func.sin((longitude - here[1]) / 2), 2)
    return sa.cast(2 * EARTH_RADIUS_METRES * sa.func.asin(sa.func.sqrt(sa.func.least(1.0, square))), sa.Integer)


def within(circle: Circle, place: Any) -> Iterator[sa.ColumnElement[bool]]:
    """``place`` lies in the circle."""
    yield from in_square(circle, place)
    yield metres_from(circle, place) <= circle.metres


def in_square(circle: Circle, place: Any) -> Iterator[sa.ColumnElement[bool]]:
    """``place`` lies in the square around the circle: quick to tell, and spares most the look at their distance."""
    yield place.latitude.between(*circle.latitudes)
    if circle.longitudes is not None:
        yield place.longitude.between(*circle.longitudes)


def has_shift(
    activity: Any, activity_id: Any, now: datetime, *, days: Days | None, is_open: bool, myself: Myself | None
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


def has_no_open_place(activity: Any, activity_id: Any, now: datetime) -> sa.ColumnElement[bool]:
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


def _asks_no_more_than(myself: Myself, activity: Any) -> Iterator[sa.ColumnElement[bool]]:
    """What ``domain.enrolling.unmet`` asks, as far as it is the same for every shift."""
    yield activity.skills.contained_by(list(myself.skills))
    yield sa.or_(~activity.members_only, activity.organization_id.in_(list(myself.homes)))
    if myself.birth_date is None:
        yield sa.and_(activity.min_age.is_(None), activity.max_age.is_(None))


def _suits(myself: Myself, activity: Any) -> Iterator[sa.ColumnElement[bool]]:
    """My age on the day of the shift, my time, and that nothing of mine stands in the way of enrolling."""
    if myself.birth_date is not None:
        day = sa.cast(sa.func.timezone("Asia/Shanghai", Shift.starts_at), sa.Date)
        age = sa.extract("year", sa.func.age(day, sa.cast(myself.birth_date, sa.Date)))
        yield age >= sa.func.coalesce(activity.min_age, 0)
        yield sa.or_(activity.max_age.is_(None), age <= activity.max_age)
    if myself.busy:
        spans = ",".join(f"[{begin.isoformat()},{end.isoformat()})" for begin, end in myself.busy)
        busy = sa.cast(sa.literal(f"{{{spans}}}", sa.Text), TSTZMULTIRANGE)
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
