"""Organization's queries: a unit of work, and a repository for each topic on it."""

from __future__ import annotations

from typing import Any, cast

import sqlalchemy as sa

from services.chassis.organizations import OrganizationTree
from services.chassis.unit_of_work import UnitOfWork
from services.organization.models import Organization
from services.organization.repository.administrators import AdministratorRepository
from services.organization.repository.copies import CopyRepository
from services.organization.repository.counters import CounterRepository
from services.organization.repository.delegations import DelegationRepository
from services.organization.repository.escalations import EscalationRepository
from services.organization.repository.invitations import InvitationRepository
from services.organization.repository.memberships import MembershipRepository
from services.organization.repository.reports import ReceiptRepository, SiteRepository
from services.organization.repository.supervision import SupervisionRepository
from services.organization.repository.tree import TreeRepository

_NODE = cast(sa.Table, Organization.__table__)


class OrganizationUnitOfWork(UnitOfWork):
    """A unit of work with organization's repositories.

    ``organizations`` decides by the roles in its own table, not by those in the caller's token: a dismissal takes
    effect at once (docs/adr/0006). ``reviewing`` also counts what others have lent the caller: the inbox alone asks it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tree = TreeRepository(self)
        self.administrators = AdministratorRepository(self)
        self.invitations = InvitationRepository(self)
        self.memberships = MembershipRepository(self)
        self.copies = CopyRepository(self)
        self.sites = SiteRepository(self)
        self.receipts = ReceiptRepository(self)
        self.counters = CounterRepository(self)
        self.supervision = SupervisionRepository(self)
        self.delegations = DelegationRepository(self)
        self.escalations = EscalationRepository(self)
        self.organizations = OrganizationTree(self.session, self.caller, _NODE, self.administrators.held)
        self.reviewing = OrganizationTree(self.session, self.caller, _NODE, self.delegations.held)


UNIT_OF_WORK = OrganizationUnitOfWork
