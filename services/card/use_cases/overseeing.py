"""What platform administrators see of everybody's applications: which there are, and where a bank lets them lie.

No name, no address and no phone: whoever asks a bank needs the number alone.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from services.card import commands
from services.card.domain import STATUS_NAMES, Status
from services.card.models import CardApplication
from services.card.repository import CardUnitOfWork
from services.card.use_cases.showing import show_place
from services.chassis.clock import SHANGHAI, local_day
from services.chassis.regions import PROVINCE
from services.chassis.working_days import working_days_between

_DAY = timedelta(days=1)


def list_applications(query: commands.ListApplications, uow: CardUnitOfWork) -> dict[str, Any]:
    """All of them, or those of a bank, status, region or days of submission; the newest first."""
    uow.caller.require_platform()
    statement = uow.applications.listed().where(*_conditions(query))
    scope = f"card-applications:{query.bank}:{query.status}:{query.region}:{query.from_day}:{query.to_day}"
    keys = [(CardApplication.submitted_at, "desc"), (CardApplication.id, "desc")]
    return _page(uow, statement, keys, scope, query)


def list_overdue(query: commands.ListOverdueApplications, uow: CardUnitOfWork) -> dict[str, Any]:
    """Those that the bank has not moved for its working days or longer; the longest first."""
    uow.caller.require_platform()
    statement = uow.applications.listed().where(CardApplication.escalation_level > 0)
    if query.bank is not None:
        statement = statement.where(CardApplication.bank == query.bank)
    keys = [CardApplication.moved_at, CardApplication.id]
    return _page(uow, statement, keys, f"card-overdue:{query.bank}", query)


def _conditions(query: commands.ListApplications) -> list[sa.ColumnElement[bool]]:
    conditions = []
    if query.bank is not None:
        conditions.append(CardApplication.bank == query.bank)
    if query.status is not None:
        conditions.append(CardApplication.status == query.status)
    if query.region not in (None, PROVINCE):
        conditions.append(CardApplication.region.startswith(str(query.region).removesuffix("00")))
    if query.from_day is not None:
        conditions.append(CardApplication.submitted_at >= _midnight(query.from_day))
    if query.to_day is not None:
        conditions.append(CardApplication.submitted_at < _midnight(query.to_day + _DAY))
    return conditions


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def _page(
    uow: CardUnitOfWork,
    statement: Any,
    keys: Any,
    scope: str,
    query: commands.ListApplications | commands.ListOverdueApplications,
) -> dict[str, Any]:
    page = uow.page(statement, keys, limit=query.limit, cursor=query.cursor, scope=scope)
    today = local_day(uow.clock.now())
    return {"items": [_show(application, today) for application in page.items], "next_cursor": page.next_cursor}


def _show(application: CardApplication, today: date) -> dict[str, Any]:
    contact = application.branch_contact
    return show_place(contact.city, application.bank, application.card_type) | {
        "application_id": application.id,
        "application_no": application.application_no,
        "volunteer_id": application.volunteer_id,
        "region": application.region,
        "branch": contact.branch,
        "status": application.status,
        "status_name": STATUS_NAMES[Status(application.status)],
        "submitted_at": application.submitted_at,
        "moved_at": application.moved_at,
        "working_days_waiting": working_days_between(local_day(application.moved_at), today),
        "escalation_level": application.escalation_level,
    }
