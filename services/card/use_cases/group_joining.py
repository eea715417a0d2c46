"""From consents to applications: when enough have consented the bank is asked to come, and later ones join.

Why this module exists: a member's application is one like any other (sealed by identity, one open at a time), so
everything is checked anew at the moment it is written: between a consent and the thirtieth lie days. Whoever may not
any more is named with a code, and does not count.
"""

from __future__ import annotations

import json
from typing import Any

from services.card import metrics
from services.card.domain import CardType
from services.card.domain.groups import GroupStatus, Reply
from services.card.errors import GuardianRequired
from services.card.models import BranchContact, GroupApplication, GroupMember, VolunteerCopy
from services.card.repository import CardUnitOfWork
from services.card.use_cases.applying import (
    Wanted,
    comes_with_guardian,
    require_active,
    require_none_open,
    write_down,
)
from services.card.use_cases.group_visits import ask_bank, visit_address
from services.chassis.errors import AppError

_DETAILS = "group_member.details:{}:{}"


def join(uow: CardUnitOfWork, group: GroupApplication) -> None:
    """Make applications of the consents to a locked group, if they are enough or the bank has been asked before.

    Volunteers are locked in one order after their group, so that two of these never wait for each other.
    """
    consented = {member.volunteer_id: member for member in uow.groups.consented(group.id)}
    collecting = group.status == GroupStatus.COLLECTING
    if collecting and len(consented) < uow.settings.group_minimum:
        return
    volunteers = {volunteer.id: volunteer for volunteer in uow.volunteers.locked_in_order(consented)}
    able = [m for m in consented.values() if _is_able(uow, group, m, volunteers.get(m.volunteer_id))]
    if collecting and len(able) < uow.settings.group_minimum:
        return
    branch = uow.branches.successor_of(group.branch_contact)
    for member in able:
        write_down(uow, volunteers[member.volunteer_id], wanted_by(uow, group, member, branch, group_id=group.id))
        member.reply, member.details_sealed = Reply.APPLIED, None
        metrics.APPLICATIONS.labels(group.bank, group.card_type, "waiting").inc()
    if collecting:
        ask_bank(uow, group, len(able))


def _is_able(
    uow: CardUnitOfWork, group: GroupApplication, member: GroupMember, volunteer: VolunteerCopy | None
) -> bool:
    """Whether nothing has come between; else the member's row says what."""
    try:
        young = comes_with_guardian(uow, CardType(group.card_type), require_active(volunteer))
        if young and _details(uow, member)["guardian"] is None:
            raise GuardianRequired(below=uow.settings.guardian_below)
        require_none_open(uow, member.volunteer_id)
    except AppError as refusal:
        member.reply, member.code, member.details_sealed = Reply.UNABLE, refusal.code, None
        return False
    return True


def seal_details(
    uow: CardUnitOfWork, member: GroupMember, address: str | None, guardian: dict[str, str] | None
) -> None:
    """What somebody gave with a consent, until it is needed."""
    details = json.dumps({"address": address, "guardian": guardian}, ensure_ascii=False)
    member.details_sealed = uow.settings.card_cipher.encrypt(details, _context(member))


def wanted_by(
    uow: CardUnitOfWork, group: GroupApplication, member: GroupMember, branch: BranchContact, *, group_id: str | None
) -> Wanted:
    """What a member who consented has asked for. Whoever gave no address gets the card where the bank comes."""
    details = _details(uow, member)
    if member.replied_at is None or member.text_version is None:
        raise LookupError("a consent without its text or its moment")
    return Wanted(
        branch=branch,
        region=branch.city,
        address=details["address"] or visit_address(uow, group),
        clothing_size=member.clothing_size,
        guardian=details["guardian"],
        text_version=member.text_version,
        consented_at=member.replied_at,
        group_id=group_id,
    )


def _details(uow: CardUnitOfWork, member: GroupMember) -> dict[str, Any]:
    if member.details_sealed is None:
        raise LookupError("a consent whose details are gone")
    return dict(json.loads(uow.settings.card_cipher.decrypt(member.details_sealed, _context(member))))


def _context(member: GroupMember) -> str:
    return _DETAILS.format(member.group_id, member.volunteer_id)
