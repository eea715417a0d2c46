"""Supervision: the notice's indicators and what waits for review, for any subtree, as of any day (notice, 二)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from services.chassis.clock import SHANGHAI, local_day
from services.chassis.errors import FieldError, Invalid
from services.chassis.organizations import ltree_path
from services.organization import commands
from services.organization.domain import ACTIVITY_WINDOW, DEFINITIONS, SUPERVISING, Indicator, check_as_of, share
from services.organization.models import Organization
from services.organization.repository import OrganizationUnitOfWork
from services.organization.repository.supervision import Waiting


@dataclass(frozen=True)
class _Asked:
    """A subtree on a day. ``day`` None: now. ``path``: where its top stood then; one with nothing below, if nowhere."""

    top: Organization
    path: str
    as_of: date
    day: date | None
    counted_at: datetime
    since: date


def get_supervision(query: commands.GetSupervision, uow: OrganizationUnitOfWork) -> dict[str, Any]:
    """Every indicator with numerator, denominator, target and formula, and what waits for review.

    Raises ``NotFound``, ``Forbidden``; ``Invalid`` for a day that was not counted.
    """
    asked = _asked(query, uow)
    figures, waiting = uow.supervision.figures(asked.path, asked.day, _midnight(asked.since))
    indicators = [
        {
            "indicator": indicator.value,
            "value": share(*figures[indicator]),
            "numerator": figures[indicator][0],
            "denominator": figures[indicator][1],
            "target": float(definition.target),
            "formula": {"zh": definition.zh.format(since=asked.since), "en": definition.en.format(since=asked.since)},
        }
        for indicator, definition in DEFINITIONS.items()
    ]
    return {
        "organization_id": asked.top.id,
        "organization_name": asked.top.name,
        "as_of": asked.as_of,
        "since": asked.since,
        "counted_at": asked.counted_at,
        "indicators": indicators,
        "pending_reviews": _pending(asked, waiting, uow),
    }


def list_indicator_organizations(query: commands.ListIndicatorOrganizations, uow: OrganizationUnitOfWork) -> Any:
    """What each organization adds to one indicator. Raises as :func:`get_supervision`."""
    asked = _asked(query, uow)
    indicator = Indicator(query.indicator)
    return uow.page(
        uow.supervision.contributions(indicator, asked.path, asked.day, _midnight(asked.since)),
        [Organization.name, Organization.id],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"supervision:{indicator}:{asked.top.id}:{asked.as_of}:{asked.since}",
    )


def put_away_counters(uow: OrganizationUnitOfWork) -> None:
    """The daily snapshot: once a day has ended, today's counters are its figures, and those of any missed night."""
    yesterday = local_day(uow.clock.now()) - timedelta(days=1)
    _, last = uow.supervision.days()
    first_missed = yesterday if last is None else last + timedelta(days=1)
    missed = [first_missed + timedelta(days=n) for n in range((yesterday - first_missed).days + 1)]
    if missed:
        uow.counters.put_away(first_missed)
        uow.supervision.note_days(missed, uow.clock.now())


def _pending(asked: _Asked, waiting: Waiting, uow: OrganizationUnitOfWork) -> dict[str, Any]:
    memberships = int(waiting.memberships)
    median = uow.supervision.median_membership(asked.path, memberships) if asked.day is None and memberships else None
    return {
        "memberships": {
            "waiting": memberships,
            "oldest_at": waiting.oldest_membership,
            "oldest_days": _age(waiting.oldest_membership, asked),
            "median_days": _age(median, asked),
        },
        "organizations": {
            "waiting": waiting.organizations,
            "oldest_at": waiting.oldest_organization,
            "oldest_days": _age(waiting.oldest_organization, asked),
        },
    }


def _age(moment: datetime | None, asked: _Asked) -> int | None:
    return None if moment is None else max(0, (asked.as_of - local_day(moment)).days)


def _asked(query: commands.GetSupervision, uow: OrganizationUnitOfWork) -> _Asked:
    top = uow.tree.require(query.organization_id, *SUPERVISING)
    today = local_day(uow.clock.now())
    as_of = query.as_of or today
    day, counted_at = None, uow.clock.now()
    if as_of != today:
        check_as_of(as_of, today, *uow.supervision.days())
        day = as_of
        counted_at = uow.supervision.counted_at(day) or counted_at
    since = query.since or as_of - ACTIVITY_WINDOW
    if since > as_of:
        raise Invalid(FieldError("since", "after_as_of", "不能晚于统计日期", "must not be after as_of"))
    return _Asked(top, uow.supervision.path_of(top.id, day) or _nowhere(top), as_of, day, counted_at, since)


def _nowhere(top: Organization) -> str:
    """A path at which nothing stands, nor below it."""
    return f"{ltree_path([top.id])}.nowhere"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
