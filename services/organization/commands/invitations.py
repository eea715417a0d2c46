"""Invitations to become an administrator."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class InviteAdministrator:
    """Ask a volunteer (by number) or an account to take a role."""

    organization_id: str
    volunteer_no: str | None
    account_id: str | None
    role: str


@dataclass(frozen=True, kw_only=True)
class ListInvitations:
    """A page of an organization's invitations, newest first; in one state if it is named."""

    organization_id: str
    status: str | None
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class RevokeInvitation:
    """An owner takes one back."""

    organization_id: str
    invitation_id: str


@dataclass(frozen=True, kw_only=True)
class ListMyInvitations:
    """A page of the caller's own, newest first; in one state if it is named."""

    status: str | None
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class AnswerInvitation:
    """The caller accepts or declines one of their own; which of the two is the RPC's to say."""

    invitation_id: str
