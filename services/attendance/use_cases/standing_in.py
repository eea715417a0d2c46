"""In whose place a superior decides, of whichever kind of reviews, and what is told of it (docs/adr/0021)."""

from __future__ import annotations

from collections.abc import Collection

from services.attendance.domain import REVIEWERS
from services.attendance.repository import AttendanceUnitOfWork
from services.chassis.errors import Forbidden
from services.chassis.events import Received
from services.organization.events import AdministratorChanged, DelegationChanged


def in_whose_place(
    uow: AttendanceUnitOfWork,
    organization_id: str,
    concerned: Collection[str | None],
    refusal: type[Forbidden],
    *,
    from_root: bool = False,
) -> str | None:
    """The account in whose place the caller decides as a superior (``from_root``: as the root); None: in none.

    ``concerned``: the accounts whose hours or claim it is. They decide it neither themselves nor by somebody who stands
    in for them: raises ``refusal``.
    """
    own = uow.organizations.reaches_from_root if from_root else uow.organizations.reaches_from_above
    if own(organization_id, *REVIEWERS):
        return None
    for delegator_id in uow.standing_in.delegators(organization_id, from_root=from_root):
        if delegator_id not in concerned:
            return delegator_id
    raise refusal()


def audited(on_behalf_of: str | None) -> dict[str, str]:
    """What a decision's row of the audit log says of it."""
    return {} if on_behalf_of is None else {"on_behalf_of": on_behalf_of}


def copy_delegation(event: Received[DelegationChanged], uow: AttendanceUnitOfWork) -> None:
    """Who lends their reviewing to whom."""
    state = event.data
    uow.standing_in.save_delegation(
        id=state.delegation_id,
        organization_id=state.organization_id,
        delegator_id=state.delegator_id,
        delegate_id=state.account_id,
        starts_on=state.starts_on,
        ends_on=state.ends_on,
        created_at=state.created_at,
        revoked=state.revoked,
        version=event.aggregate_version,
    )


def copy_reviewer(event: Received[AdministratorChanged], uow: AttendanceUnitOfWork) -> None:
    """Who holds a role that reviews; the others lend nothing."""
    state = event.data
    if state.role in REVIEWERS:
        uow.standing_in.save_reviewer(
            id=state.administrator_id,
            organization_id=state.organization_id,
            account_id=state.account_id,
            role=state.role,
            active=state.active,
            appointed_at=state.appointed_at,
            version=event.aggregate_version,
        )
