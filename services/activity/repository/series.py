"""The activities of a series."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from services.activity.domain.roles import ANY_ROLE
from services.activity.domain.states import ActivityStatus
from services.activity.models import Activity
from services.chassis.organizations import Organizations


class SeriesRepository:
    """The activities of a series, by day."""

    def __init__(self, session: Session, organizations: Organizations) -> None:
        self._session = session
        self._organizations = organizations

    def ids(self, series_id: str, since: date | None) -> Sequence[str]:
        """All of them, or those of the day ``since`` and after it."""
        statement = sa.select(Activity.id).where(Activity.series_id == series_id)
        return self._session.scalars(statement if since is None else statement.where(Activity.occurs_on >= since)).all()

    def occurrences(self, series_id: str) -> sa.Select[Any]:
        """Those that the caller may see."""
        return (
            sa.select(Activity)
            .where(
                Activity.series_id == series_id,
                sa.or_(
                    Activity.status != ActivityStatus.DRAFT,
                    self._organizations.reachable(Activity.organization_id, *ANY_ROLE),
                ),
            )
            .options(selectinload(Activity.shifts))
        )
