"""The bank's visit to a unit (notice, 一.3): asked for, scheduled, done, called off; and groups that come to nothing.

Why this module exists: the visit goes its own way beside the applications of the members, which the bank decides one by
one. The unit or the bank says what became of it; the same rules hold for both (``domain/groups.py``).
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

from services.card import metrics
from services.card.domain.groups import GroupStatus, move_visit
from services.card.events import (
    CardGroupLapsed,
    CardGroupVisitChanged,
    CardGroupVisitRequested,
    CardSingleWayOffered,
)
from services.card.models import GroupApplication
from services.card.partner_exchange import Type
from services.card.repository import CardUnitOfWork
from services.card.use_cases.handing_over import hand_to_bank
from services.chassis.regions import CITIES

VISIT_CONTEXT = "group_application.visit:{}"
_AT_ONCE = 20
"""How many groups one run of the timer ends; the rest at the next."""


def visit_document(uow: CardUnitOfWork, group: GroupApplication) -> dict[str, Any]:
    """What the bank gets: where, when, how many and whom to call, and no member's data."""
    branch = group.branch_contact
    organization = uow.organizations.get(group.organization_id)
    return {
        "group_id": group.id,
        "organization": organization.name,
        "card_type": group.card_type,
        "branch": branch.branch,
        "city": branch.city,
        "city_name": CITIES[branch.city],
        "member_count": group.member_count,
        "preferred_dates": [day.isoformat() for day in group.preferred_dates],
        **_visit(uow, group),
    }


def visit_address(uow: CardUnitOfWork, group: GroupApplication) -> str:
    """Where the bank is to come."""
    return str(_visit(uow, group)["address"])


def _visit(uow: CardUnitOfWork, group: GroupApplication) -> dict[str, Any]:
    return dict(json.loads(uow.settings.card_cipher.decrypt(group.visit_sealed, VISIT_CONTEXT.format(group.id))))


def ask_bank(uow: CardUnitOfWork, group: GroupApplication, members: int) -> None:
    """Enough have consented: the bank and the platform hear of the visit."""
    group.member_count = members
    _set(group, GroupStatus.REQUESTED)
    jwe = uow.settings.partner_keys.seal(group.bank, visit_document(uow, group), uow.clock.now())
    hand_to_bank(uow, bank=group.bank, type=Type.GROUP_VISIT, group_id=group.id, jwe=jwe)
    uow.publish(
        CardGroupVisitRequested(
            group_id=group.id,
            organization_id=group.organization_id,
            bank=group.bank,
            region=group.branch_contact.city,
            member_count=members,
            preferred_dates=list(group.preferred_dates),
            account_id=group.requested_by,
        ),
        version=group.version,
    )
    uow.audit(
        "card.group_visit_requested",
        f"group_application:{group.id}",
        organization_id=group.organization_id,
        bank=group.bank,
        member_count=members,
    )


def change_visit(
    uow: CardUnitOfWork,
    group: GroupApplication,
    to: GroupStatus,
    *,
    visit_on: date | None,
    reason: str | None,
    said_at: datetime,
) -> None:
    """A step of a locked group's visit, said at ``said_at``; raises ``IllegalTransition``. A proposal taken back ends
    like a lapsed one."""
    collected = group.status == GroupStatus.COLLECTING
    _set(group, move_visit(GroupStatus(group.status), to))
    if to is GroupStatus.SCHEDULED:
        group.visit_on, group.scheduled_at = visit_on, said_at
    group.reason = reason
    uow.audit("card.group_visit_changed", f"group_application:{group.id}", status=to.value)
    if collected:
        _offer_single_way(uow, group)
        return
    uow.publish(
        CardGroupVisitChanged(
            group_id=group.id,
            organization_id=group.organization_id,
            bank=group.bank,
            status=group.status,
            visit_on=group.visit_on,
            reason=reason,
            account_id=group.requested_by,
        ),
        version=group.version,
    )


def end_overdue_groups(uow: CardUnitOfWork) -> int:
    """Groups whose deadline has passed lapse, and what nobody can use any more is blanked; answers how many lapsed."""
    now = uow.clock.now()
    overdue = uow.groups.take_overdue(now, _AT_ONCE)
    for group in overdue:
        _set(group, GroupStatus.LAPSED)
        _offer_single_way(uow, group)
        uow.audit("card.group_lapsed", f"group_application:{group.id}", organization_id=group.organization_id)
    uow.groups.forget_consents(now)
    return len(overdue)


def _set(group: GroupApplication, status: GroupStatus) -> None:
    group.status = status
    group.version += 1
    metrics.GROUPS.labels(group.bank, status).inc()


def _offer_single_way(uow: CardUnitOfWork, group: GroupApplication) -> None:
    """The unit hears that nothing comes of it; whoever has consented, that one click makes it their own application."""
    consented = uow.groups.consented(group.id)
    offered_until = uow.clock.now() + timedelta(days=uow.settings.group_consent_days)
    group.consents_kept_until = offered_until
    organization = uow.organizations.get(group.organization_id)
    for member in consented:
        uow.publish(
            CardSingleWayOffered(
                group_id=group.id,
                volunteer_id=member.volunteer_id,
                organization_name=organization.name,
                offered_until=offered_until,
            ),
            version=group.version,
        )
    uow.publish(
        CardGroupLapsed(
            group_id=group.id,
            organization_id=group.organization_id,
            account_id=group.requested_by,
            consented=len(consented),
            minimum=uow.settings.group_minimum,
        ),
        version=group.version,
    )
