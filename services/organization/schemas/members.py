"""Leaving, and handing an organization over."""

from __future__ import annotations

from services.chassis.schema import Id, Request
from services.organization.commands import members as commands


class LeaveOrganization(Request):
    """``DELETE /me/membership``."""

    class Meta:
        command = commands.LeaveOrganization


class TransferOwnership(Request):
    """``POST /organizations/{organization_id}/ownership-transfers``."""

    class Meta:
        command = commands.TransferOwnership

    organization_id = Id(required=True)
    account_id = Id(required=True)
