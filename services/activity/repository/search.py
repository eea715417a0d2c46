"""Finding activities: words, region, category, days, distance, open places; each filter one small predicate.

Words are found by ``ILIKE`` over title, description and address, with a trigram index behind it (``pg_trgm``), which
knows Chinese as well as it knows Latin: it cuts text into characters, not into words.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from services.activity.commands import SearchActivities
from services.activity.domain.places import EARTH_RADIUS_METRES, Circle, region_prefix
from services.activity.domain.roles import ANY_ROLE
from services.activity.domain.states import HOLDS_A_PLACE, ActivityStatus
from services.activity.models import Activity, Enrollment, Shift
from services.chassis.clock import SHANGHAI
from services.chassis.organizations import Organizations
from services.chassis.pagination import Key

_DAY = timedelta(days=1)


class SearchRepository:
    """Statements for a search, and the order of its pages."""

    def __init__(self, session: Session, organizations: Organizations) -> None:
        self._session = session
        self._organizations = organizations

    def statement(self, query: SearchActivities, now: datetime) -> sa.Select[Any, Any]:
        """(activity, metres from ``near`` or NULL) of all that fit."""
        metres = sa.null() if query.near is None else metres_from(query.near)
        return (
            sa.select(Activity, sa.cast(metres, sa.Integer))
            .where(*self._conditions(query, now))
            .options(selectinload(Activity.shifts))
        )

    def order(self, query: SearchActivities) -> list[Key]:
        """The keys of the page; drafts have neither start nor publication to go by, so theirs is creation."""
        if query.status == ActivityStatus.DRAFT:
            return [(Activity.created_at, "desc"), (Activity.id, "desc")]
        if query.sort == "newest":
            return [(Activity.published_at, "desc"), (Activity.id, "desc")]
        if query.sort == "distance" and query.near is not None:
            return [metres_from(query.near), Activity.id]
        return [Activity.starts_at, Activity.id]

    def _conditions(self, query: SearchActivities, now: datetime) -> Iterator[sa.ColumnElement[bool]]:
        yield Activity.status == query.status
        if query.status == ActivityStatus.DRAFT:
            yield self._organizations.reachable(Activity.organization_id, *ANY_ROLE)
        elif query.from_day is None and query.to_day is None:
            yield Activity.ends_at > now
        yield from has_words(query.q or "")
        if query.region is not None:
            yield Activity.region.startswith(region_prefix(query.region))
        if query.category is not None:
            yield Activity.category == query.category
        if query.organization_id is not None:
            yield self._organizations.subtree(Activity.organization_id, query.organization_id)
        if query.from_day is not None:
            yield Activity.ends_at > _midnight(query.from_day)
        if query.to_day is not None:
            yield Activity.starts_at < _midnight(query.to_day + _DAY)
        if query.from_day is not None or query.to_day is not None:
            yield _has_shift_between(query)
        if query.near is not None:
            yield from _within(query.near)
        if query.open is not None:
            yield _has_open_place(now) if query.open else ~_has_open_place(now)


def has_words(text: str) -> Iterator[sa.ColumnElement[bool]]:
    """Every word of ``text`` stands somewhere; ``%`` and ``_`` mean themselves."""
    for word in text.split():
        yield Activity.search_text.icontains(word, autoescape=True)


def metres_from(circle: Circle) -> sa.ColumnElement[int]:
    """Great-circle distance in whole metres (haversine): exact enough for a list, and a sort key that compares."""
    latitude, longitude = sa.func.radians(Activity.latitude), sa.func.radians(Activity.longitude)
    here = math.radians(circle.latitude), math.radians(circle.longitude)
    square = sa.func.power(sa.func.sin((latitude - here[0]) / 2), 2) + sa.func.cos(latitude) * math.cos(
        here[0]
    ) * sa.func.power(sa.func.sin((longitude - here[1]) / 2), 2)
    return sa.cast(2 * EARTH_RADIUS_METRES * sa.func.asin(sa.func.sqrt(sa.func.least(1.0, square))), sa.Integer)


def _within(circle: Circle) -> Iterator[sa.ColumnElement[bool]]:
    yield Activity.latitude.between(*circle.latitudes)
    yield metres_from(circle) <= round(circle.km * 1000)


def _midnight(day: date) -> datetime:
    """The moment at which ``day`` begins in Guangdong."""
    return datetime.combine(day, time(), SHANGHAI)


def _has_shift_between(query: SearchActivities) -> sa.ColumnElement[bool]:
    conditions = [Shift.activity_id == Activity.id]
    if query.from_day is not None:
        conditions.append(Shift.ends_at > _midnight(query.from_day))
    if query.to_day is not None:
        conditions.append(Shift.starts_at < _midnight(query.to_day + _DAY))
    return sa.exists().where(*conditions)


def _has_open_place(now: datetime) -> sa.ColumnElement[bool]:
    """A shift that one can still enroll for, and that is not full (``domain.enrolling.places_to_take`` in SQL)."""
    taken = (
        sa.select(sa.func.count())
        .where(Enrollment.shift_id == Shift.id, Enrollment.status.in_(HOLDS_A_PLACE))
        .correlate(Shift)
        .scalar_subquery()
    )
    return sa.and_(
        Activity.enroll_by > now,
        sa.exists().where(Shift.activity_id == Activity.id, Shift.starts_at > now, Shift.capacity > taken),
    )
