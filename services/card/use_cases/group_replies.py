"""Somebody on a unit's list consents, refuses, or applies alone after all (PIPL 23: a consent of one's own).

Why this module exists: nothing of a member goes anywhere before their own word. What they give with it, an address and
perhaps a guardian, lies sealed here until it becomes an application, and is blanked then or when it has no use.
"""

from __future__ import annotations

from typing import Any

from services.card import commands
from services.card.domain import Bank, CardType
from services.card.domain.groups import GROUP_STATUS_NAMES, GroupStatus, Reply, reply
from services.card.errors import GroupClosed
from services.card.models import GroupApplication, GroupMember, VolunteerCopy
from services.card.repository import CardUnitOfWork
from services.card.use_cases.applying import (
    comes_with_guardian,
    consented_version,
    note_application,
    require_active,
    require_branch,
    require_none_open,
    required_guardian,
    write_down,
)
from services.card.use_cases.group_joining import join, seal_details, wanted_by
from services.card.use_cases.routing import Claimed, Sealer, claim, seal_and_route
from services.card.use_cases.showing import show_application, show_place
from services.chassis.clock import local_day
from services.chassis.errors import AppError, NotFound


def consent_to_group(command: commands.ConsentToGroup, uow: CardUnitOfWork) -> dict[str, Any]:
    """Every rule of a single application holds for each member; the consent that makes it enough sets all going."""
    group, volunteer, member = _own(uow, command.group_id)
    bank, card_type = Bank(group.bank), CardType(group.card_type)
    given = reply(Reply(member.reply), Reply.CONSENTED, *_window(group, uow))
    require_active(volunteer)
    require_branch(uow, group.branch_contact.city, bank, card_type)
    member.text_version = consented_version(uow, bank, command.consent)
    guardian = required_guardian(uow, card_type, volunteer, command.guardian)
    require_none_open(uow, volunteer.id)
    member.reply, member.replied_at, member.code = given, uow.clock.now(), None
    member.clothing_size = command.clothing_size
    seal_details(uow, member, command.address, guardian)
    uow.audit("card.group_consented", f"group_application:{group.id}", consent_version=member.text_version)
    uow.session.flush()
    join(uow, group)
    return _show(uow, member, volunteer)


def refuse_group(command: commands.OneProposal, uow: CardUnitOfWork) -> dict[str, Any]:
    """No reason is asked for; a consent that nothing has come of is taken back the same way (PIPL 15)."""
    group, volunteer, member = _own(uow, command.group_id)
    member.reply = reply(Reply(member.reply), Reply.REFUSED, *_window(group, uow))
    member.replied_at = uow.clock.now()
    member.code = member.text_version = member.clothing_size = member.details_sealed = None
    uow.audit("card.group_refused", f"group_application:{group.id}")
    return _show(uow, member, volunteer)


def apply_singly(command: commands.OneProposal, units: Any, identity: Sealer) -> dict[str, Any]:
    """One click: what was consented to in vain becomes an application of one's own."""
    with units() as uow:
        claimed = _submit_singly(command, uow)
    seal_and_route(claimed, units, identity)
    with units.reading() as uow:
        return show_application(uow.applications.get(claimed.application_id))


def _submit_singly(command: commands.OneProposal, uow: CardUnitOfWork) -> Claimed:
    group, volunteer, member = _own(uow, command.group_id)
    kept_until = group.consents_kept_until
    if member.reply != Reply.CONSENTED or kept_until is None or uow.clock.now() >= kept_until:
        raise GroupClosed(status=group.status)
    require_active(volunteer)
    bank, card_type = Bank(group.bank), CardType(group.card_type)
    given = commands.GivenConsent(version=member.text_version or "", recipient=bank)
    consented_version(uow, bank, given)  # if the text has changed since, a new consent is needed
    branch = require_branch(uow, group.branch_contact.city, bank, card_type)
    wanted = wanted_by(uow, group, member, branch, group_id=None)
    if wanted.guardian is None:
        required_guardian(uow, card_type, volunteer, None)
    application = write_down(uow, volunteer, wanted)
    member.reply, member.details_sealed = Reply.APPLIED, None
    note_application(uow, application)
    uow.session.flush()
    return claim(uow, application)


def _own(uow: CardUnitOfWork, group_id: str) -> tuple[GroupApplication, VolunteerCopy, GroupMember]:
    """The group, locked before the volunteer, as everywhere, and the caller's place on its list; or ``NotFound``."""
    volunteer_id = uow.caller.require_volunteer()
    group = uow.groups.locked(group_id)
    volunteer = None if group is None else uow.volunteers.locked(volunteer_id)
    member = uow.groups.member(group_id, volunteer_id)
    if group is None or volunteer is None or member is None or group.consent_until is None:
        raise NotFound(what="group proposal")
    return group, volunteer, member


def _window(group: GroupApplication, uow: CardUnitOfWork) -> tuple[GroupStatus, Any, Any]:
    return GroupStatus(group.status), group.consent_until, uow.clock.now()


def list_proposals(query: commands.ListProposals, uow: CardUnitOfWork) -> dict[str, Any]:
    """Where one is asked for a consent, newest first, with what one would consent to."""
    volunteer_id = uow.caller.require_volunteer()
    volunteer = uow.volunteers.find(volunteer_id)
    page = uow.page(
        uow.groups.proposed_to(volunteer_id),
        [(GroupMember.group_id, "desc")],  # by the time they were made: ids are
        limit=query.limit,
        cursor=query.cursor,
        scope=f"card-group-proposals:{volunteer_id}",
    )
    return {"items": [_show(uow, member, volunteer) for member in page.items], "next_cursor": page.next_cursor}


def _show(uow: CardUnitOfWork, member: GroupMember, volunteer: VolunteerCopy | None) -> dict[str, Any]:
    group = member.group
    organization = uow.organizations.find(group.organization_id)
    branch = group.branch_contact
    return show_place(branch.city, group.bank, group.card_type) | {
        "group_id": group.id,
        "organization_id": group.organization_id,
        "organization_name": None if organization is None else organization.name,
        "status": group.status,
        "status_name": GROUP_STATUS_NAMES[GroupStatus(group.status)],
        "reply": member.reply,
        "replied_at": member.replied_at,
        "code": member.code,
        "needs_guardian": volunteer is not None and _needs_guardian(uow, group, volunteer),
        "consent_until": group.consent_until,
        "single_application_until": group.consents_kept_until if member.reply == Reply.CONSENTED else None,
        "preferred_dates": group.preferred_dates,
        "visit_on": group.visit_on,
        "branch": branch.branch,
        "consent": uow.consents.text_in_force(group.bank, local_day(uow.clock.now())),
    }


def _needs_guardian(uow: CardUnitOfWork, group: GroupApplication, volunteer: VolunteerCopy) -> bool:
    try:
        return comes_with_guardian(uow, CardType(group.card_type), volunteer)
    except AppError:
        return False  # who may not have this card at all hears that when they consent
