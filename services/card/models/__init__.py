"""Card's tables, a module per topic."""

from __future__ import annotations

from services.card.models.applications import APPLICATION_SERIAL, CardApplication, Consent, ConsentText, StatusEntry
from services.card.models.base import ORGANIZATION_COPY, Base
from services.card.models.benefits import Benefit
from services.card.models.branches import BranchContact, ProductPeriod
from services.card.models.copies import VolunteerCopy
from services.card.models.groups import GroupApplication, GroupMember
from services.card.models.handovers import HandOver, PartnerReplay, Reconciliation, ReconciliationDifference
from services.card.models.pages import CardPage
from services.card.models.reports import BankReportReceipt, RefusedMessage, UnknownReport

__all__ = [
    "APPLICATION_SERIAL",
    "ORGANIZATION_COPY",
    "BankReportReceipt",
    "Base",
    "Benefit",
    "BranchContact",
    "CardApplication",
    "CardPage",
    "Consent",
    "ConsentText",
    "GroupApplication",
    "GroupMember",
    "HandOver",
    "PartnerReplay",
    "ProductPeriod",
    "Reconciliation",
    "ReconciliationDifference",
    "RefusedMessage",
    "StatusEntry",
    "UnknownReport",
    "VolunteerCopy",
]
