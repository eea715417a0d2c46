"""A unit with 30 applicants or more asks the bank to come (notice, 一.3)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from services.card import commands, metrics
from services.card.domain import GroupStatus, require_group
from services.card.events import CardGroupVisitRequested
from services.card.models import GroupApplication, VolunteerCopy
from services.card.partner_exchange import Type
from services.card.repository import CardUnitOfWork
from services.card.use_cases.applying import require_branch
from services.card.use_cases.handing_over import hand_to_bank
from services.card.use_cases.showing import show_branch
from services.chassis.clock import local_day
from services.chassis.errors import AppError, FieldError, Invalid
from services.chassis.ids import new_id
from services.chassis.regions import CITIES

_ROLES = ("owner", "organizer")
VISIT_CONTEXT = "group_application.visit:{}"


def apply_as_group(command: commands.ApplyAsGroup, uow: CardUnitOfWork) -> dict[str, Any]:
    """Ask for the visit. Only active volunteers of the unit's own subtree count, each once."""
    try:
        organization = uow.organizations.require(command.organization_id, *_ROLES)
        branch = require_branch(uow, command.region, command.bank, command.card_type)
        _require_future(command.preferred_dates, local_day(uow.clock.now()))
        subtree = uow.organizations.subtree(VolunteerCopy.organization_id, organization.id)
        members = uow.volunteers.active_members(set(command.volunteer_ids), subtree)
        size = require_group(members, uow.settings.group_minimum)
    except AppError as refusal:
        metrics.REFUSALS.labels(refusal.code).inc()
        raise
    group_id = new_id()
    visit = {"address": command.address, "contact": {"name": command.contact.name, "phone": command.contact.phone}}
    group = GroupApplication(
        id=group_id,
        organization_id=organization.id,
        bank=command.bank,
        card_type=command.card_type,
        branch_contact=branch,
        preferred_dates=command.preferred_dates,
        visit_sealed=uow.settings.card_cipher.encrypt(json.dumps(visit), VISIT_CONTEXT.format(group_id)),
        status=GroupStatus.REQUESTED,
        member_count=size,
        requested_by=uow.caller.require_account(),
        requested_at=uow.clock.now(),
        version=1,
    )
    uow.session.add(group)
    uow.session.flush()
    uow.volunteers.add_members(group_id, members)
    _tell(uow, group)
    metrics.GROUP_VISITS.labels(command.bank).inc()
    return show_branch(branch) | {
        "group_id": group_id,
        "status": group.status,
        "organization_id": organization.id,
        "member_count": size,
        "preferred_dates": command.preferred_dates,
        "branch_contact": {"name": branch.contact_name, "phone": branch.contact_phone},
        "requested_at": group.requested_at,
    }


def _require_future(days: Sequence[date], today: date) -> None:
    faults = [
        FieldError(f"preferred_dates.{position}", "not_in_the_future", "应为今天以后的日期", "must be after today")
        for position, day in enumerate(days)
        if day <= today
    ]
    if faults:
        raise Invalid(*faults)


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
        **json.loads(uow.settings.card_cipher.decrypt(group.visit_sealed, VISIT_CONTEXT.format(group.id))),
    }


def _tell(uow: CardUnitOfWork, group: GroupApplication) -> None:
    """The bank and the platform hear of the visit."""
    jwe = uow.settings.partner_keys.seal(group.bank, visit_document(uow, group), uow.clock.now())
    hand_to_bank(uow, bank=group.bank, type=Type.GROUP_VISIT, group_id=group.id, jwe=jwe)
    uow.publish(
        CardGroupVisitRequested(
            group_id=group.id,
            organization_id=group.organization_id,
            bank=group.bank,
            region=group.branch_contact.city,
            member_count=group.member_count,
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
        member_count=group.member_count,
    )
