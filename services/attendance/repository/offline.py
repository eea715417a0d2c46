"""Queries on scans that were handed in later."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.attendance.domain import FROM_COMPANY, Resolution
from services.attendance.models import OfflineScan, VolunteerCopy


class OfflineScanRepository:
    """Scans that were handed in later. Lock the volunteer before changing one."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, scan: OfflineScan) -> None:
        """A new one; the next look at the same nonce finds it."""
        self._session.add(scan)
        self._session.flush()

    def with_nonce(self, volunteer_id: str, nonce: str) -> OfflineScan | None:
        """The one that came with this nonce before."""
        return self._session.scalar(
            sa.select(OfflineScan).where(OfflineScan.volunteer_id == volunteer_id, OfflineScan.nonce == nonce)
        )

    def find(self, scan_id: str) -> OfflineScan | None:
        """One of them as it is now."""
        return self._session.get(OfflineScan, scan_id, populate_existing=True)

    def in_play(self, volunteer_id: str, shift_id: str, record_ids: Collection[str]) -> Sequence[OfflineScan]:
        """Those of a volunteer at a shift of which something may still come, or has come in one of these records."""
        return self._session.scalars(
            sa.select(OfflineScan)
            .where(
                OfflineScan.volunteer_id == volunteer_id,
                OfflineScan.shift_id == shift_id,
                OfflineScan.resolution.is_distinct_from(Resolution.DISMISSED.value),
                sa.or_(OfflineScan.conflict.is_(None), OfflineScan.conflict.in_(sorted(FROM_COMPANY))),
                sa.or_(OfflineScan.record_id.is_(None), OfflineScan.record_id.in_(record_ids)),
            )
            .order_by(OfflineScan.id)
        ).all()

    def conflicts(self, activity_id: str, status: str, now: datetime) -> Any:
        """An activity's conflicts with the volunteers' names: to decide now (``open``), or ``resolved``."""
        if status == "open":
            condition = sa.and_(
                OfflineScan.conflict.is_not(None),
                OfflineScan.surfaces_at <= now,
                OfflineScan.resolution.is_distinct_from(Resolution.DISMISSED.value),
            )
        else:
            condition = OfflineScan.resolution.is_not(None)
        return (
            sa.select(OfflineScan, VolunteerCopy.name)
            .join(VolunteerCopy, VolunteerCopy.id == OfflineScan.volunteer_id, isouter=True)
            .where(OfflineScan.activity_id == activity_id, condition)
        )

    def erase(self, volunteer_id: str) -> None:
        """Forget where an erased person was, and what was written about it."""
        self._session.execute(
            sa.update(OfflineScan)
            .where(OfflineScan.volunteer_id == volunteer_id)
            .values(latitude=None, longitude=None, device=None, reason=None)
        )
