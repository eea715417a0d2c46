"""Reviewing in another's place."""

from __future__ import annotations

from marshmallow import fields

from services.chassis.schema import Answer, Day, Id, PageRequest, Request, Timestamp, one_of, page_of
from services.organization.commands import delegations as commands


class DelegateReviews(Request):
    """``POST /organizations/{organization_id}/delegations``."""

    class Meta:
        command = commands.DelegateReviews

    organization_id = Id(required=True)
    account_id = Id(required=True)
    starts_on = Day(required=True)
    ends_on = Day(required=True)


class RevokeDelegation(Request):
    """``DELETE /organizations/{organization_id}/delegations/{delegation_id}``."""

    class Meta:
        command = commands.RevokeDelegation

    organization_id = Id(required=True)
    delegation_id = Id(required=True)


class ListDelegations(PageRequest):
    """``GET /organizations/{organization_id}/delegations``."""

    class Meta:
        command = commands.ListDelegations

    organization_id = Id(required=True)


class ListMyDelegations(PageRequest):
    """``GET /me/delegations``."""

    class Meta:
        command = commands.ListMyDelegations

    side = one_of(("given", "received"), load_default="received")


class Delegation(Answer):
    """Who reviews in whose place. ``in_force``: now; it takes both sides' roles, too, and an active organization."""

    delegation_id = Id()
    organization_id = Id()
    organization_name = fields.String()
    delegator_account_id = Id()
    delegator_name = fields.String(allow_none=True)
    delegate_account_id = Id()
    delegate_name = fields.String(allow_none=True)
    starts_on = Day()
    ends_on = Day()
    created_at = Timestamp()
    revoked_at = Timestamp(allow_none=True)
    in_force = fields.Boolean()


DelegationPage = page_of(Delegation)
