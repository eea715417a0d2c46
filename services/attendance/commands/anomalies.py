"""What looks wrong."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ListAnomalies:
    """A page of what looks wrong in an organization and below, newest first."""

    organization_id: str
    status: str
    kind: str | None
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class ResolveAnomaly:
    """Somebody has looked into it."""

    anomaly_id: str
    outcome: str
    note: str
