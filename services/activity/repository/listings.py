"""Listings: kept with their activities, and made anew where something else has changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.activity.domain import listing
from services.activity.domain.states import ActivityStatus
from services.activity.models import Activity, Base, Listing, Relisting

_ORGANIZATION = Base.metadata.tables["organization_copy"]
# For so long after an update a version that knew of no listings may have published something.
_LATELY = timedelta(days=1)


class ListingRepository:
    """Listings; whoever changes one holds the lock of its activity."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def save(self, activity: Activity) -> None:
        """List a published activity as it is now.

        The organization is kept where it is in the tree until this transaction ends: a move that comes meanwhile waits,
        and then finds the listing.
        """
        organization = sa.select(_ORGANIZATION.c.path).where(_ORGANIZATION.c.id == activity.organization_id)
        path = self._session.scalar(organization.with_for_update(read=True))
        values = _row(activity, path.split(".") if path else [])
        statement = insert(Listing).values(values)
        changed = {name: statement.excluded[name] for name in values if name != "activity_id"}
        self._session.execute(statement.on_conflict_do_update(index_elements=["activity_id"], set_=changed))

    def remove(self, activity_id: str) -> None:
        """What was called off is no longer found."""
        self._session.execute(sa.delete(Listing).where(Listing.activity_id == activity_id))

    def stale_of(self, organization_id: str) -> None:
        """Have the listings of an organization made anew."""
        stale = sa.select(Activity.id).where(
            Activity.organization_id == organization_id, Activity.status == ActivityStatus.PUBLISHED
        )
        self._session.execute(insert(Relisting).from_select(["activity_id"], stale).on_conflict_do_nothing())

    def claim(self, now: datetime, limit: int) -> Sequence[str]:
        """Activities whose listing is to be made anew, and nobody else's from here on; or that lately got none."""
        stale = sa.select(Relisting.activity_id).order_by(Relisting.activity_id).limit(limit)
        claimed = self._session.scalars(stale.with_for_update(skip_locked=True)).all()
        self._session.execute(sa.delete(Relisting).where(Relisting.activity_id.in_(claimed)))
        if len(claimed) == limit:
            return claimed
        missing = sa.select(Activity.id).where(
            Activity.status == ActivityStatus.PUBLISHED,
            Activity.published_at > now - _LATELY,
            ~sa.exists().where(Listing.activity_id == Activity.id),
        )
        return [*claimed, *self._session.scalars(missing.limit(limit - len(claimed)))]


def _row(activity: Activity, organization_path: Iterable[str]) -> dict[str, Any]:
    """The listing's values; an activity that is public has times, and was published once."""
    assert activity.starts_at is not None
    assert activity.ends_at is not None
    text = listing.folded(f"{activity.title} {activity.description} {activity.address}")
    point = None
    if activity.latitude is not None and activity.longitude is not None:
        point = activity.latitude, activity.longitude
    facets = listing.facets_of(
        region_code=activity.region,
        category_name=activity.category,
        organization_path=organization_path,
        span=(activity.starts_at, activity.ends_at),
        point=point,
    )
    copied = (
        "organization_id", "starts_at", "ends_at", "published_at", "enroll_by", "latitude", "longitude", "min_age",
        "max_age", "skills", "members_only",
    )  # fmt: skip
    return {
        "activity_id": activity.id,
        **{name: getattr(activity, name) for name in copied},
        "text": text,
        "facets": list(facets),
        "words": list(listing.words_in(text)),
    }
