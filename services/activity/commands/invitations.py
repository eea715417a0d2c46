"""Asking volunteers to take part."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class InvitationFilter:
    """Own volunteers by what they can do and where they live."""

    skills: list[str]
    region: str | None


@dataclass(frozen=True, kw_only=True)
class InviteVolunteers:
    """Invite own volunteers, named or found by a filter."""

    activity_id: str
    volunteer_ids: list[str] | None
    filter: InvitationFilter | None
