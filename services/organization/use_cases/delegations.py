"""Reviewing in another's place: lending it, taking it back, and in whose place a decision is made (docs/adr/0021)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from services.chassis.clock import local_day
from services.chassis.errors import FieldError, Forbidden, Invalid, NotFound
from services.chassis.ids import new_id
from services.organization.commands import delegations as commands
from services.organization.domain import REVIEWING, OrganizationStatus, Role
from services.organization.domain.delegation import check_period
from services.organization.errors import DelegationOverlaps, OwnApplication
from services.organization.models import Delegation
from services.organization.repository import OrganizationUnitOfWork
from services.organization.use_cases.telling import tell_delegation

_NEWEST_FIRST: list[Any] = [(Delegation.created_at, "desc"), (Delegation.id, "desc")]


def delegate_reviews(command: commands.DelegateReviews, uow: OrganizationUnitOfWork) -> Any:
    """Lend one's own reviewing at an organization; what was borrowed cannot be lent.

    Raises ``NotFound``; ``Forbidden`` for whoever does not review at this very organization; ``Invalid`` for the
    period, or an account that may not stand in; ``DelegationOverlaps``.
    """
    organization = uow.tree.require_visible(command.organization_id)
    if organization.status != OrganizationStatus.ACTIVE or not uow.administrators.holds(organization.id, *REVIEWING):
        raise Forbidden()
    delegator_id = str(uow.caller.account_id)
    check_period(command.starts_on, command.ends_on, local_day(uow.clock.now()))
    if command.account_id == delegator_id:
        raise Invalid(FieldError("account_id", "yourself", "不能委托给自己", "is your own account"))
    if not uow.delegations.is_trusted(command.account_id, organization.id):
        raise Invalid(
            FieldError(
                "account_id",
                "not_a_reviewer_nearby",
                "受托人须为同一上级之下或其上级组织的负责人或审核员",
                "is no owner or reviewer under the same parent or above",
            )
        )
    uow.tree.lock(organization.id)
    if uow.delegations.overlapping(organization.id, delegator_id, command.starts_on, command.ends_on):
        raise DelegationOverlaps()
    delegation = Delegation(
        id=new_id(),
        organization_id=organization.id,
        delegator_id=delegator_id,
        delegate_id=command.account_id,
        starts_on=command.starts_on,
        ends_on=command.ends_on,
        created_at=uow.clock.now(),
        revoked_at=None,
    )
    uow.session.add(delegation)
    uow.session.flush()
    uow.audit(
        "review.delegate",
        f"organization:{organization.id}",
        delegation_id=delegation.id,
        account_id=delegation.delegate_id,
        starts_on=delegation.starts_on.isoformat(),
        ends_on=delegation.ends_on.isoformat(),
    )
    tell_delegation(uow, delegation, organization.name)
    return uow.session.execute(uow.delegations.shown().where(Delegation.id == delegation.id)).one()


def revoke_delegation(command: commands.RevokeDelegation, uow: OrganizationUnitOfWork) -> None:
    """End it at once; for whoever has given it, and for owners there and above. Twice is as good as once.

    Raises ``NotFound``; ``Forbidden`` for others who may know of it.
    """
    delegation = uow.delegations.find(command.organization_id, command.delegation_id)
    account_id = uow.caller.require_account()
    if delegation is None:
        raise NotFound(what="delegation")
    reaches = uow.organizations.reaches
    if delegation.delegator_id != account_id and not reaches(delegation.organization_id, Role.OWNER):
        if delegation.delegate_id == account_id or reaches(delegation.organization_id, *REVIEWING):
            raise Forbidden()
        raise NotFound(what="delegation")
    if delegation.revoked_at is None:
        delegation.revoked_at = uow.clock.now()
        subject = f"organization:{delegation.organization_id}"
        uow.audit("review.revoke_delegation", subject, delegation_id=delegation.id)
        tell_delegation(uow, delegation, uow.tree.get(delegation.organization_id).name)


def end_delegations_of(account_id: str, uow: OrganizationUnitOfWork) -> None:
    """End all that an erased account lent or borrowed."""
    for delegation, organization_name in uow.delegations.lock_unrevoked(account_id):
        delegation.revoked_at = uow.clock.now()
        tell_delegation(uow, delegation, organization_name)


def list_delegations(query: commands.ListDelegations, uow: OrganizationUnitOfWork) -> Any:
    """An organization's, for those who review there or above. Raises ``NotFound``, ``Forbidden``."""
    organization = uow.tree.require(query.organization_id, *REVIEWING)
    return uow.page(
        uow.delegations.shown().where(Delegation.organization_id == organization.id),
        _NEWEST_FIRST,
        limit=query.limit,
        cursor=query.cursor,
        scope=f"delegations:{organization.id}",
    )


def list_my_delegations(query: commands.ListMyDelegations, uow: OrganizationUnitOfWork) -> Any:
    """What the caller has given or received."""
    account_id = uow.caller.require_account()
    side = Delegation.delegator_id if query.side == "given" else Delegation.delegate_id
    return uow.page(
        uow.delegations.shown().where(side == account_id),
        _NEWEST_FIRST,
        limit=query.limit,
        cursor=query.cursor,
        scope=f"delegations:{query.side}:{account_id}",
    )


def in_whose_place(
    uow: OrganizationUnitOfWork, organization_id: str, applicants: Collection[str], *, from_above: bool
) -> str | None:
    """The account in whose place the caller decides; None in their own right.

    ``applicants``: the accounts whose application it is. They decide it neither themselves nor by somebody who stands
    in for them: raises ``OwnApplication``.
    """
    if uow.caller.account_id in applicants:
        raise OwnApplication()
    reaches = uow.organizations.reaches_from_above if from_above else uow.organizations.reaches
    if reaches(organization_id, *REVIEWING):
        return None
    for delegator_id in uow.delegations.delegators(organization_id, from_above=from_above):
        if delegator_id not in applicants:
            return delegator_id
    raise OwnApplication()
