"""A unit puts together who may go as a group (notice, 一.3): the list, and where it stands.

Why this module exists: a unit may propose, and no more. Who on the list wants a card is for each of them to say
(``group_replies``), and the unit sees how many have said what, not who.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from services.card import commands, metrics
from services.card.domain import BANK_NAMES, Bank
from services.card.domain.groups import GROUP_STATUS_NAMES, GroupStatus, Reply, consents_until, require_group
from services.card.events import CardGroupProposed
from services.card.models import GroupApplication, VolunteerCopy
from services.card.repository import CardUnitOfWork
from services.card.use_cases.applying import comes_with_guardian, require_active, require_branch
from services.card.use_cases.group_visits import VISIT_CONTEXT
from services.card.use_cases.showing import show_branch
from services.chassis.clock import local_day
from services.chassis.errors import AppError, FieldError, Invalid
from services.chassis.ids import new_id
from services.chassis.organizations import OrganizationCopy

ROLES = ("owner", "organizer")
NOT_OF_THE_UNIT = "not_of_the_unit"


def apply_as_group(command: commands.ApplyAsGroup, uow: CardUnitOfWork) -> dict[str, Any]:
    """Ask members of the unit's own subtree, each once. Whoever may not have this card is named in the answer."""
    try:
        organization = uow.organizations.require(command.organization_id, *ROLES)
        branch = require_branch(uow, command.region, command.bank, command.card_type)
        _require_future(command.preferred_dates, local_day(uow.clock.now()))
        members, excluded = _who_may(uow, command, organization)
        size = require_group(members, uow.settings.group_minimum, excluded)
    except AppError as refusal:
        metrics.REFUSALS.labels(refusal.code).inc()
        raise
    group_id, now = new_id(), uow.clock.now()
    until = consents_until(now, uow.settings.group_consent_days, command.preferred_dates)
    visit = {"address": command.address, "contact": {"name": command.contact.name, "phone": command.contact.phone}}
    group = GroupApplication(
        id=group_id,
        organization_id=organization.id,
        bank=command.bank,
        card_type=command.card_type,
        branch_contact=branch,
        preferred_dates=command.preferred_dates,
        visit_sealed=uow.settings.card_cipher.encrypt(json.dumps(visit), VISIT_CONTEXT.format(group_id)),
        status=GroupStatus.COLLECTING,
        member_count=size,
        requested_by=uow.caller.require_account(),
        requested_at=now,
        consent_until=until,
        version=1,
    )
    uow.session.add(group)
    uow.session.flush()
    uow.groups.add_members(group_id, members)
    _ask(uow, group, until, organization, members)
    return show_group(group, {Reply.PENDING: size}, excluded)


def _require_future(days: Sequence[date], today: date) -> None:
    faults = [
        FieldError(f"preferred_dates.{position}", "not_in_the_future", "应为今天以后的日期", "must be after today")
        for position, day in enumerate(days)
        if day <= today
    ]
    if faults:
        raise Invalid(*faults)


def _who_may(
    uow: CardUnitOfWork, command: commands.ApplyAsGroup, organization: OrganizationCopy
) -> tuple[list[str], list[dict[str, str]]]:
    """Who of the list can be asked, and why each of the others cannot.

    Of those who do not belong to the unit it is not told whether they exist; whether somebody has an application
    under way is theirs, and shows when they consent.
    """
    wanted = set(command.volunteer_ids)
    own = uow.volunteers.within(wanted, uow.organizations.subtree(VolunteerCopy.organization_id, organization.id))
    excluded = dict.fromkeys(wanted - {volunteer.id for volunteer in own}, NOT_OF_THE_UNIT)
    for volunteer in own:
        try:
            comes_with_guardian(uow, command.card_type, require_active(volunteer))
        except AppError as refusal:
            excluded[volunteer.id] = refusal.code
    named = [{"volunteer_id": volunteer_id, "code": code} for volunteer_id, code in sorted(excluded.items())]
    return sorted(wanted - excluded.keys()), named


def _ask(
    uow: CardUnitOfWork, group: GroupApplication, until: datetime, organization: OrganizationCopy, members: list[str]
) -> None:
    for volunteer_id in members:
        uow.publish(
            CardGroupProposed(
                group_id=group.id,
                volunteer_id=volunteer_id,
                organization_id=organization.id,
                organization_name=organization.name,
                bank=group.bank,
                bank_name=BANK_NAMES[Bank(group.bank)],
                consent_until=until,
            ),
            version=group.version,
        )
    metrics.GROUPS.labels(group.bank, group.status).inc()
    uow.audit(
        "card.group_proposed",
        f"group_application:{group.id}",
        organization_id=organization.id,
        bank=group.bank,
        member_count=group.member_count,
    )


def list_groups(query: commands.ListGroups, uow: CardUnitOfWork) -> dict[str, Any]:
    """A unit's groups and those below it, newest first."""
    organization = uow.organizations.require(query.organization_id, *ROLES)
    page = uow.page(
        uow.groups.of_organizations(uow.organizations.subtree(GroupApplication.organization_id, organization.id)),
        [(GroupApplication.requested_at, "desc"), (GroupApplication.id, "desc")],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"card-groups:{organization.id}",
    )
    return {"items": show_groups(uow, page.items), "next_cursor": page.next_cursor}


def show_groups(uow: CardUnitOfWork, groups: Sequence[GroupApplication]) -> list[dict[str, Any]]:
    """Groups with their counts, and who consented but could not apply."""
    ids = [group.id for group in groups]
    replies, unable = uow.groups.replies(ids), uow.groups.excluded(ids)
    return [
        show_group(
            group,
            replies[group.id],
            [{"volunteer_id": one.volunteer_id, "code": one.code or ""} for one in unable if one.group_id == group.id],
        )
        for group in groups
    ]


def show_group(group: GroupApplication, replies: Mapping[Reply, int], excluded: list[dict[str, str]]) -> dict[str, Any]:
    """A group as its unit sees it."""
    branch = group.branch_contact
    return show_branch(branch) | {
        "group_id": group.id,
        "status": group.status,
        "status_name": GROUP_STATUS_NAMES[GroupStatus(group.status)],
        "organization_id": group.organization_id,
        "member_count": group.member_count,
        "proposed": sum(replies.values()),
        "consented": replies.get(Reply.CONSENTED, 0) + replies.get(Reply.APPLIED, 0),
        "refused": replies.get(Reply.REFUSED, 0),
        "pending": replies.get(Reply.PENDING, 0),
        "excluded": excluded,
        "consent_until": group.consent_until,
        "preferred_dates": group.preferred_dates,
        "visit_on": group.visit_on,
        "reason": group.reason,
        "branch_contact": {"name": branch.contact_name, "phone": branch.contact_phone},
        "requested_at": group.requested_at,
    }
