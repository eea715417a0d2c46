"""Finding what is not listed: one's own drafts, and what was called off. There is little of either."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.activity.commands import SearchActivities
from services.activity.domain.listing import words_of
from services.activity.domain.places import region_prefix
from services.activity.domain.roles import ANY_ROLE
from services.activity.domain.searching import Days
from services.activity.domain.states import ActivityStatus
from services.activity.models import Activity
from services.activity.repository.conditions import has_no_open_place, has_shift, metres_from, within
from services.chassis.organizations import Organizations
from services.chassis.pagination import Key


class UnlistedRepository:
    """A statement for a search, and the order of its pages."""

    def __init__(self, organizations: Organizations) -> None:
        self._organizations = organizations

    def statement(self, query: SearchActivities, now: datetime) -> sa.Select[Any, Any]:
        """(activity id, metres from ``near`` or NULL) of all that fit."""
        metres = sa.null() if query.near is None else metres_from(query.near, Activity)
        return sa.select(Activity.id, sa.cast(metres, sa.Integer)).where(*self._conditions(query, now))

    def keys(self, query: SearchActivities) -> list[Key]:
        """Drafts have neither start nor publication to go by, so theirs is creation."""
        if query.status == ActivityStatus.DRAFT:
            return [(Activity.created_at, "desc"), (Activity.id, "desc")]
        if query.sort == "newest":
            return [(Activity.published_at, "desc"), (Activity.id, "desc")]
        if query.sort == "distance" and query.near is not None:
            return [metres_from(query.near, Activity), Activity.id]
        return [Activity.starts_at, Activity.id]

    def _conditions(self, query: SearchActivities, now: datetime) -> Iterator[sa.ColumnElement[bool]]:
        days = Days.of(query.from_day, query.to_day)
        yield Activity.status == query.status
        if query.status == ActivityStatus.DRAFT:
            yield self._organizations.reachable(Activity.organization_id, *ANY_ROLE)
        elif days is None:
            yield Activity.ends_at > now
        for word in words_of(query.q or ""):
            yield _text().contains(word, autoescape=True)
        if query.region is not None:
            yield Activity.region.startswith(region_prefix(query.region))
        if query.category is not None:
            yield Activity.category == query.category
        if query.organization_id is not None:
            yield self._organizations.subtree(Activity.organization_id, query.organization_id)
        if query.near is not None:
            yield from within(query.near, Activity)
        if query.open is False:
            yield has_no_open_place(Activity, Activity.id, now)
        yield from has_shift(Activity, Activity.id, now, days=days, is_open=query.open is True, myself=None)


def _text() -> sa.ColumnElement[str]:
    """What ``domain.listing.folded`` makes of it, as near as PostgreSQL comes."""
    text = sa.func.concat_ws(" ", Activity.title, Activity.description, Activity.address)
    return sa.func.lower(sa.func.normalize(text, sa.literal_column("NFKC")), type_=sa.Text)
