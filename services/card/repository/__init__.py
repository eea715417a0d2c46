"""Card's queries, a module per topic."""

from __future__ import annotations

from typing import Any

from services.card.repository.applications import ApplicationRepository
from services.card.repository.benefits import BenefitRepository
from services.card.repository.branches import BranchRepository, ProductRepository
from services.card.repository.consents import ConsentRepository
from services.card.repository.groups import GroupRepository
from services.card.repository.handovers import HandOverRepository, ReconciliationRepository
from services.card.repository.pages import PageRepository
from services.card.repository.reports import ReportRepository
from services.card.repository.volunteers import VolunteerRepository
from services.chassis.organizations import Organizations
from services.chassis.unit_of_work import UnitOfWork


class CardUnitOfWork(UnitOfWork):
    """A unit of work with card's repositories."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organizations = Organizations(self.session, self.caller)
        self.volunteers = VolunteerRepository(self)
        self.branches = BranchRepository(self)
        self.products = ProductRepository(self)
        self.consents = ConsentRepository(self)
        self.applications = ApplicationRepository(self)
        self.benefits = BenefitRepository(self)
        self.pages = PageRepository(self)
        self.groups = GroupRepository(self)
        self.reports = ReportRepository(self)
        self.handovers = HandOverRepository(self)
        self.reconciliations = ReconciliationRepository(self)


UNIT_OF_WORK = CardUnitOfWork
