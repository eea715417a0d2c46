"""Leaving, and handing an organization over."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class LeaveOrganization:
    """The caller's own membership ends."""


@dataclass(frozen=True, kw_only=True)
class TransferOwnership:
    """The caller's ownership goes to another account."""

    organization_id: str
    account_id: str
