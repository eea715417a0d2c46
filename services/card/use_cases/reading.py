"""Lists for whoever applies, and bank reports on numbers that nobody knows."""

from __future__ import annotations

from typing import Any

from services.card import commands
from services.card.domain import HOTLINES
from services.card.models import BranchContact, CardApplication, UnknownReport
from services.card.repository import CardUnitOfWork
from services.card.repository.branches import narrowed
from services.card.use_cases.showing import possible_places, show_application, show_branch
from services.chassis.clock import local_day

_BRANCH_KEYS = (BranchContact.city, BranchContact.bank, BranchContact.card_type, BranchContact.id)


def find_products(query: commands.FindProducts, uow: CardUnitOfWork) -> dict[str, Any]:
    """The cards that are offered today in a region's city, or anywhere; the contact only for who is signed in."""
    today = local_day(uow.clock.now())
    page = uow.page(
        narrowed(uow.branches.offered(today), BranchContact, query.region, None),
        _BRANCH_KEYS,
        limit=query.limit,
        cursor=query.cursor,
        scope=f"card-products:{query.region}",
    )
    hidden = {"contact": None} if uow.caller.kind == "anonymous" else {}
    return {
        "items": [show_branch(contact) | hidden for contact in page.items],
        "next_cursor": page.next_cursor,
        "possible": possible_places(uow.branches.all_offered(today)),
        "hotlines": {bank.value: number for bank, number in HOTLINES.items()},
        "consents": uow.consents.texts_in_force(today),
    }


def list_my_applications(query: commands.ListMyApplications, uow: CardUnitOfWork) -> dict[str, Any]:
    """One's own, newest first."""
    volunteer_id = uow.caller.require_volunteer()
    page = uow.page(
        uow.applications.of_volunteer(volunteer_id),
        [(CardApplication.submitted_at, "desc"), (CardApplication.id, "desc")],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"card-applications:{volunteer_id}",
    )
    return {"items": [show_application(one) for one in page.items], "next_cursor": page.next_cursor}


def list_unknown_reports(query: commands.ListUnknownReports, uow: CardUnitOfWork) -> dict[str, Any]:
    """Bank reports on numbers that the bank was never given, newest first; for platform administrators."""
    uow.caller.require_platform()
    page = uow.page(
        uow.reports.unknown(),
        [(UnknownReport.received_at, "desc"), (UnknownReport.id, "desc")],
        limit=query.limit,
        cursor=query.cursor,
        scope="unknown-reports",
    )
    return {
        "items": [
            {
                "report_id": report.id,
                "bank": report.bank,
                "application_no": report.application_no,
                "status": report.status,
                "why": report.why,
                "received_at": report.received_at,
            }
            for report in page.items
        ],
        "next_cursor": page.next_cursor,
    }
