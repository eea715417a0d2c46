"""Adoption receipts: what the units send back (notice, attachment 1)."""

from __future__ import annotations

from typing import Any

from services.chassis.ids import new_id
from services.chassis.masking import masked_mobile, masked_name
from services.chassis.pagination import PageResult
from services.organization import commands
from services.organization.domain import SUPERVISING, Role
from services.organization.models import AdoptionReceipt
from services.organization.repository import OrganizationUnitOfWork


def submit_receipt(command: commands.SubmitReceipt, uow: OrganizationUnitOfWork) -> dict[str, Any]:
    """Keep a receipt; it replaces the organization's former one in what supervision counts.

    Raises ``NotFound``, ``Forbidden``.
    """
    organization = uow.tree.require(command.organization_id, Role.OWNER)
    receipt = AdoptionReceipt(
        id=new_id(),
        organization_id=organization.id,
        contacts=command.contacts,
        needs=command.needs,
        declared_organizations=command.declared["organizations"],
        declared_volunteers=command.declared["volunteers"],
        declared_league_members=command.declared["league_members"],
        submitted_by=uow.caller.require_account(),
        submitted_at=uow.clock.now(),
    )
    uow.session.add(receipt)
    uow.audit("adoption_receipt.submit", f"organization:{organization.id}", receipt_id=receipt.id)
    return _shown(receipt, organization.name, in_clear=True)


def list_receipts(query: commands.ListReceipts, uow: OrganizationUnitOfWork) -> PageResult[Any]:
    """Receipts of the caller's subtrees, newest first. Viewers see contacts masked; a look in clear is audited."""
    uow.caller.require_signed_in()
    if query.organization_id is not None:
        uow.tree.require(query.organization_id, *SUPERVISING)
    page = uow.page(
        uow.receipts.visible(query.organization_id, *SUPERVISING),
        [(AdoptionReceipt.submitted_at, "desc"), (AdoptionReceipt.id, "desc")],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"receipts:{query.organization_id}",
    )
    in_clear = [receipt.id for receipt, _, in_clear in page.items if in_clear]
    if in_clear:
        uow.audit("adoption_receipt.read", f"organization:{query.organization_id or '-'}", receipt_ids=in_clear)
    items = [_shown(receipt, name, in_clear=in_clear) for receipt, name, in_clear in page.items]
    return PageResult(items, page.next_cursor)


def _shown(receipt: AdoptionReceipt, organization_name: str, *, in_clear: bool) -> dict[str, Any]:
    return {
        "receipt_id": receipt.id,
        "organization_id": receipt.organization_id,
        "organization_name": organization_name,
        "contacts": receipt.contacts if in_clear else [_masked(contact) for contact in receipt.contacts],
        "needs": {"opinions": None} | receipt.needs,
        "declared": {
            "organizations": receipt.declared_organizations,
            "volunteers": receipt.declared_volunteers,
            "league_members": receipt.declared_league_members,
        },
        "submitted_at": receipt.submitted_at,
    }


def _masked(contact: dict[str, Any]) -> dict[str, Any]:
    return {
        "role": contact["role"],
        "name": masked_name(contact["name"]),
        "post": contact["post"],
        "mobile": masked_mobile(contact["mobile"]),
        "wechat": None,
        "remarks": None,
    }
