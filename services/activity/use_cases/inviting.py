"""Invitations: to an organization's own active volunteers only, once each, and nobody is bound by one (三.7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from services.activity import metrics
from services.activity.commands import InviteVolunteers
from services.activity.domain.enrolling import ACTIVE
from services.activity.domain.states import ActivityStatus, Phase, phase_of
from services.activity.errors import ActivityNotEditable
from services.activity.events import InvitationSent
from services.activity.models import Activity
from services.activity.repository import ActivityUnitOfWork
from services.activity.use_cases.access import managed
from services.chassis.ids import new_id


def invite_volunteers(command: InviteVolunteers, uow: ActivityUnitOfWork) -> dict[str, Any]:
    """Invite those named, or those a filter finds; who cannot be invited is counted with the reason.

    "Not one of your volunteers" is all that is said of a stranger, whether there is such a person or not.
    """
    activity = managed(uow, command.activity_id)
    _require_inviting_makes_sense(uow, activity)
    skipped: Counter[str] = Counter()
    candidates: Iterable[str]
    if command.filter is not None:
        limit = uow.settings.invitations_at_once
        candidates = uow.invitations.matching(activity, command.filter.skills, command.filter.region, limit)
    else:
        candidates = _own_and_free(uow, activity, list(dict.fromkeys(command.volunteer_ids or [])), skipped)
    organization = uow.organizations.get(activity.organization_id)
    invited = 0
    for volunteer_id in candidates:
        if _invite(uow, activity, volunteer_id, organization.name):
            invited += 1
        else:
            skipped["already_invited"] += 1
    metrics.INVITATIONS.labels("invited").inc(invited)
    for reason, count in skipped.items():
        metrics.INVITATIONS.labels(reason).inc(count)
    uow.audit("activity.invited", f"activity:{activity.id}", invited=invited, skipped=skipped.total())
    return {"invited": invited, "skipped": skipped.total(), "skipped_reasons": dict(skipped)}


def _require_inviting_makes_sense(uow: ActivityUnitOfWork, activity: Activity) -> None:
    if activity.status != ActivityStatus.PUBLISHED:
        raise ActivityNotEditable(state=activity.status)
    phase = phase_of(activity.shifts, uow.clock.now())
    if phase is Phase.ENDED:
        raise ActivityNotEditable(state=phase.value)


def _own_and_free(
    uow: ActivityUnitOfWork, activity: Activity, volunteer_ids: list[str], skipped: Counter[str]
) -> Iterator[str]:
    own = uow.invitations.own_volunteers(activity.organization_id, volunteer_ids)
    enrolled = uow.invitations.enrolled(activity.id, volunteer_ids)
    for volunteer_id in volunteer_ids:
        if volunteer_id not in own:
            skipped["not_own_volunteer"] += 1
        elif own[volunteer_id] != ACTIVE:
            skipped["not_active"] += 1
        elif volunteer_id in enrolled:
            skipped["already_enrolled"] += 1
        else:
            yield volunteer_id


def _invite(uow: ActivityUnitOfWork, activity: Activity, volunteer_id: str, organization_name: str) -> bool:
    assert activity.starts_at is not None  # it is published
    invitation_id = new_id()
    if not uow.invitations.add_once(
        {
            "id": invitation_id,
            "activity_id": activity.id,
            "volunteer_id": volunteer_id,
            "invited_by": uow.caller.require_account(),
            "created_at": uow.clock.now(),
        }
    ):
        return False
    uow.publish(
        InvitationSent(
            invitation_id=invitation_id,
            activity_id=activity.id,
            volunteer_id=volunteer_id,
            organization_name=organization_name,
            title=activity.title,
            starts_at=activity.starts_at,
        ),
        version=1,
    )
    return True
