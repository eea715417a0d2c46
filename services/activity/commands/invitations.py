"""Asking volunteers to take part, and what they say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class InvitationFilter:
    """Own volunteers by what they can do, where they live, how old they are on the day, and what they have done."""

    skills: list[str]
    region: str | None
    min_age: int | None
    max_age: int | None
    served_before: bool


@dataclass(frozen=True, kw_only=True)
class InviteVolunteers:
    """Invite own volunteers, named or found by a filter."""

    activity_id: str
    volunteer_ids: list[str] | None
    filter: InvitationFilter | None


@dataclass(frozen=True, kw_only=True)
class ListInvitations:
    """A page of an activity's invitations, in the order in which they were made."""

    activity_id: str
    outcome: str | None
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class ListMyInvitations:
    """A page of one's own invitations, newest first."""

    outcome: str | None
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class DeclineInvitation:
    """Say no."""

    invitation_id: str
