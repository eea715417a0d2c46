"""Finding activities: everybody what is public, administrators their own drafts, volunteers what they can do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from services.activity.commands import SearchActivities
from services.activity.domain.states import CLAIMS_TIME, ActivityStatus
from services.activity.repository import ActivityUnitOfWork
from services.activity.repository.search import Myself, Wanted
from services.activity.use_cases import views
from services.chassis.pagination import PageResult


def search_activities(query: SearchActivities, uow: ActivityUnitOfWork) -> dict[str, Any]:
    """A page of what fits."""
    page = _listed(query, uow) if query.status == ActivityStatus.PUBLISHED else _unlisted(query, uow)
    shown = views.listed(uow, [activity_id for activity_id, _ in page.items])
    for item, (_, metres) in zip(shown, page.items, strict=True):
        item["distance_metres"] = metres
    return {"items": shown, "next_cursor": page.next_cursor}


def _listed(query: SearchActivities, uow: ActivityUnitOfWork) -> PageResult[Any]:
    wanted = Wanted(query=query, now=uow.clock.now(), myself=_myself(uow) if query.fits_me else None)
    return uow.first_full_page(
        lambda after: uow.search.attempts(wanted, after),
        wanted.order(),
        limit=query.limit,
        cursor=query.cursor,
        scope=_scope(query) + (f":{uow.caller.volunteer_id}" if query.fits_me else ""),
    )


def _unlisted(query: SearchActivities, uow: ActivityUnitOfWork) -> PageResult[Any]:
    return uow.page(
        uow.unlisted.statement(query, uow.clock.now()),
        uow.unlisted.keys(query),
        limit=query.limit,
        cursor=query.cursor,
        scope=_scope(query),
    )


def _scope(query: SearchActivities) -> str:
    return f"activities:{replace(query, limit=1, cursor=None)}"


def _myself(uow: ActivityUnitOfWork) -> Myself:
    """The caller as enrolling would see them; of whom nothing is known yet, only what asks for nothing fits."""
    volunteer_id = uow.caller.require_volunteer()
    volunteer = uow.volunteers.find(volunteer_id)
    if volunteer is None:
        return Myself(volunteer_id=volunteer_id, birth_date=None, skills=(), homes=())
    home = None if volunteer.organization_id is None else uow.organizations.find(volunteer.organization_id)
    return Myself(
        volunteer_id=volunteer_id,
        birth_date=volunteer.birth_date,
        skills=volunteer.skills,
        homes=[] if home is None else [str(UUID(label)) for label in home.path.split(".")],
        times=uow.enrollments.busy_times(volunteer_id, CLAIMS_TIME, uow.clock.now()),
    )
