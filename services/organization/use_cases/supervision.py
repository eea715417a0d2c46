"""Supervision: the notice's five indicators for any subtree, and the organizations behind each figure (notice, 二)."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from services.chassis.clock import SHANGHAI, local_day
from services.chassis.errors import FieldError, Invalid
from services.organization import commands
from services.organization.domain import (
    ACTIVITY_WINDOW,
    DEFINITIONS,
    SUPERVISING,
    Indicator,
    check_as_of,
    share,
)
from services.organization.repository import OrganizationUnitOfWork


def get_supervision(query: commands.GetSupervision, uow: OrganizationUnitOfWork) -> dict[str, Any]:
    """Every indicator with numerator, denominator, target and formula.

    Raises ``NotFound``, ``Forbidden``; ``Invalid`` for a day that cannot be counted.
    """
    top = uow.tree.require(query.organization_id, *SUPERVISING)
    today, since = _days(query, uow)
    indicators = []
    for indicator, definition in DEFINITIONS.items():
        numerator, denominator = uow.supervision.figure(indicator, top, _midnight(since))
        indicators.append(
            {
                "indicator": indicator.value,
                "value": share(numerator, denominator),
                "numerator": numerator,
                "denominator": denominator,
                "target": float(definition.target),
                "formula": {"zh": definition.zh.format(since=since), "en": definition.en.format(since=since)},
            }
        )
    return {
        "organization_id": top.id,
        "organization_name": top.name,
        "as_of": today,
        "since": since,
        "indicators": indicators,
    }


def list_indicator_organizations(query: commands.ListIndicatorOrganizations, uow: OrganizationUnitOfWork) -> Any:
    """What each organization adds to one indicator. Raises as :func:`get_supervision`."""
    top = uow.tree.require(query.organization_id, *SUPERVISING)
    _, since = _days(query, uow)
    each = uow.supervision.contributions(Indicator(query.indicator), top, _midnight(since))
    return uow.page(
        uow.supervision.rows(each),
        [each.c.name, each.c.organization_id],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"supervision:{query.indicator}:{top.id}:{since}",
    )


def _days(query: commands.GetSupervision, uow: OrganizationUnitOfWork) -> tuple[date, date]:
    today = local_day(uow.clock.now())
    check_as_of(query.as_of or today, today)
    since = query.since or today - ACTIVITY_WINDOW
    if since > today:
        raise Invalid(FieldError("since", "in_the_future", "不能晚于今天", "must not be in the future"))
    return today, since


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
