"""In whose place a superior decides, of whichever kind of reviews, and what is told of it (docs/adr/0021)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import sqlalchemy as sa

from services.attendance.domain import REVIEWERS
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.repository.standing_in import Lent
from services.attendance.use_cases.oneself import Person, caller_as_person, person_of
from services.chassis.errors import Forbidden
from services.chassis.events import Received
from services.chassis.organizations import Organizations
from services.organization.events import AdministratorChanged, DelegationChanged


def in_whose_place(
    uow: AttendanceUnitOfWork,
    organization_id: str,
    concerned: Collection[str | None],
    refusal: type[Forbidden],
    *,
    roles: Sequence[str] = REVIEWERS,
    from_above: bool = True,
    from_root: bool = False,
) -> str | None:
    """In whose place the caller decides, as a superior unless told; None: in nobody's (:func:`lent_to_caller`)."""
    lent = lent_to_caller(
        uow, organization_id, concerned, refusal, roles=roles, from_above=from_above, from_root=from_root
    )
    return None if lent is None else lent.delegator_id


def lent_to_caller(
    uow: AttendanceUnitOfWork,
    organization_id: str,
    concerned: Collection[str | None],
    refusal: type[Forbidden],
    *,
    roles: Sequence[str],
    from_above: bool,
    from_root: bool = False,
) -> Lent | None:
    """The work that the caller does for somebody who decides this by one of ``roles``; None: it is their own.

    ``from_above``: the role is held above ``organization_id``; ``from_root``: at the root. ``concerned``: the accounts
    whose hours, claim or earlier decision it is. They decide it neither themselves nor by somebody who stands in for
    them: raises ``refusal``.
    """
    if from_root:
        own = uow.organizations.reaches_from_root
    else:
        own = uow.organizations.reaches_from_above if from_above else uow.organizations.reaches
    if own(organization_id, *roles):
        return None
    for lent in uow.standing_in.lent(organization_id, *roles, from_above=from_above, from_root=from_root):
        if lent.delegator_id not in concerned:
            return lent
    raise refusal()


def mine_to_decide(
    uow: AttendanceUnitOfWork,
    roles: Sequence[str],
    reach: Callable[[Organizations], sa.ColumnElement[bool]],
    unconcerned: Callable[[Person], sa.ColumnElement[bool]],
) -> list[sa.ColumnElement[bool]]:
    """SQL: what the caller may decide, by the same rule as :func:`lent_to_caller`, in their own name or another's.

    ``reach``: what is decided by ``roles`` in a tree; ``unconcerned``: what is not about a person. What concerns the
    caller is nobody's to lend them, and what concerns a lender, only somebody else's.

    First comes what is reached in whosever name, for which there are indexes. In whose it is asked of what concerns a
    lender alone: of very little.
    """
    mine = [reach(uow.reviewing), unconcerned(caller_as_person(uow))]
    lenders = [person_of(uow, account_id) for account_id in uow.standing_in.lenders(*roles)]
    if lenders:
        concerns_no_lender = sa.and_(*map(unconcerned, lenders))
        in_ones_own_name = reach(uow.organizations)
        in_anothers = [
            sa.and_(unconcerned(lender), reach(uow.in_the_place_of(lender.account_id))) for lender in lenders
        ]
        mine.append(sa.or_(concerns_no_lender, in_ones_own_name, *in_anothers))
    return mine


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
