"""Changes of the tree's shape, and the divisions that regions are named by."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class MoveOrganization:
    """Put an organization, with everything below it, under another parent."""

    organization_id: str
    parent_id: str


@dataclass(frozen=True, kw_only=True)
class DisableOrganization:
    """Take an organization out of service."""

    organization_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ListDivisions:
    """The province's divisions, or those of one city."""

    city: str | None
