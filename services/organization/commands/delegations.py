"""Reviewing in another's place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class DelegateReviews:
    """The caller lends their reviewing at an organization to another account; both days are included."""

    organization_id: str
    account_id: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, kw_only=True)
class RevokeDelegation:
    """End a delegation."""

    organization_id: str
    delegation_id: str


@dataclass(frozen=True, kw_only=True)
class ListDelegations:
    """A page of an organization's delegations, newest first."""

    organization_id: str
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class ListMyDelegations:
    """A page of those that the caller has ``given`` or ``received``, newest first."""

    side: str
    limit: int
    cursor: str | None
