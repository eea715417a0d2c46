"""What organization can be asked, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, kw_only=True)
class RegisterOrganization:
    """Identity asks for a new node; ``account_id`` will be its first owner.

    ``approved_by``: the reviewer above who has brought it, which is the approval.
    """

    organization_id: str
    name: str
    kind: str
    parent_id: str | None
    region: str
    uscc: str | None
    account_id: str
    principal_name: str
    approved_by: str | None


@dataclass(frozen=True, kw_only=True)
class CheckRegistrations:
    """What would be wrong with these registrations, as they stand in :class:`RegisterOrganization`?"""

    rows: list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class OrganizationById:
    """One organization."""

    organization_id: str


@dataclass(frozen=True, kw_only=True)
class ListOrganizations:
    """A page of the active organizations, by name; below ``organization_id`` (itself included) if it is named."""

    query: str | None
    parent_id: str | None
    region: str | None
    limit: int
    cursor: str | None
    organization_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class ListTree:
    """A page of the subtree, depth first; at most ``depth`` levels below its top."""

    organization_id: str
    depth: int | None
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class AmendOrganization:
    """What is to change; None stays as it is."""

    organization_id: str
    name: str | None
    region: str | None
    uscc: str | None
    principal_name: str | None


@dataclass(frozen=True, kw_only=True)
class ListMembers:
    """A page of the members; with ``include_below`` of the whole subtree. ``joined_…``: days, both included.

    ``as_file`` has chosen who answers: a file is kept, and its taking audited.
    """

    organization_id: str
    status: str
    query: str | None
    include_below: bool
    political_status: str | None
    joined_since: date | None
    joined_until: date | None
    as_file: bool
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class ListAdministrators:
    """A page of those who hold a role at the organization itself."""

    organization_id: str
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class AppointAdministrator:
    """Give a role to a volunteer (by number) or to an account."""

    organization_id: str
    volunteer_no: str | None
    account_id: str | None
    role: str


@dataclass(frozen=True, kw_only=True)
class DismissAdministrator:
    """End a role."""

    organization_id: str
    administrator_id: str


@dataclass(frozen=True, kw_only=True)
class CountReviews:
    """How many reviews wait for the caller, by kind."""


@dataclass(frozen=True, kw_only=True)
class ListReviews:
    """A page of reviews, oldest first. ``kind`` has chosen who answers. ``escalated``: to the caller, or not."""

    kind: str
    status: str
    limit: int
    cursor: str | None
    escalated: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One decision among many."""

    id: str
    approve: bool
    reason: str | None
    reason_code: str | None = None


@dataclass(frozen=True, kw_only=True)
class DecideReview:
    """Approve or reject. ``kind`` has chosen who answers."""

    kind: str
    id: str
    approve: bool
    reason: str | None
    reason_code: str | None = None


@dataclass(frozen=True, kw_only=True)
class DecideReviews:
    """Many decisions, each with its own result."""

    kind: str
    decisions: list[Decision]


@dataclass(frozen=True, kw_only=True)
class ListReviewReasons:
    """The reasons that a reviewer may choose from. ``kind`` has chosen who answers."""

    kind: str


@dataclass(frozen=True, kw_only=True)
class ReviewHistory:
    """What was decided about one thing so far. ``kind`` has chosen who answers."""

    kind: str
    id: str


@dataclass(frozen=True, kw_only=True)
class RequestTransfer:
    """A volunteer wants another home organization."""

    organization_id: str


@dataclass(frozen=True, kw_only=True)
class GetSite:
    """How the platform looks under a Host."""

    host: str


@dataclass(frozen=True, kw_only=True)
class PutSite:
    """Domain and look of a sub-platform."""

    organization_id: str
    domain: str
    title: str
    logo_url: str | None
    primary_color: str | None
    logo_upload_id: str | None = None
    accent_color: str | None = None


@dataclass(frozen=True, kw_only=True)
class SubmitReceipt:
    """Attachment 1, filled in. ``contacts`` and ``needs`` are kept as they came."""

    organization_id: str
    contacts: list[dict[str, Any]]
    needs: dict[str, Any]
    declared: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class ListReceipts:
    """A page of receipts, newest first; of one subtree if it is named."""

    organization_id: str | None
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class GetSupervision:
    """The indicators of a subtree. ``since``: where the window for activities begins."""

    organization_id: str
    as_of: date | None = None
    since: date | None = None


@dataclass(frozen=True, kw_only=True)
class ListIndicatorOrganizations(GetSupervision):
    """The organizations behind one figure."""

    indicator: str
    limit: int = field(default=20)
    cursor: str | None = None
