"""Appeals against what came of an objection."""

from __future__ import annotations

from dataclasses import dataclass

from services.attendance.commands.disclosure import CorrectedTime


@dataclass(frozen=True, kw_only=True)
class ListMyObjections:
    """A page of the objections that one submitted, or that are about one's own records; newest first."""

    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class SubmitAppeal:
    """Somebody does not accept what came of an objection."""

    objection_id: str
    text: str


@dataclass(frozen=True, kw_only=True)
class ListAppeals:
    """A page of the appeals that an organization decides: those from below it, oldest first."""

    organization_id: str
    status: str
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class DecideAppeal:
    """The superior's decision. Upheld without ``corrected`` for who had objected: the minutes are taken back."""

    appeal_id: str
    upheld: bool
    reason: str
    corrected: CorrectedTime | None
