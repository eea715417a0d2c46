"""Invitations: to an organization's own active volunteers only, once each, and nobody is bound by one (三.7).

Thousands are invited at once: who fits, the invitations and the events are a statement each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from services.activity import metrics
from services.activity.commands import DeclineInvitation, InviteVolunteers
from services.activity.domain.enrolling import ACTIVE
from services.activity.domain.inviting import Outcome
from services.activity.domain.states import ActivityStatus, Phase, phase_of
from services.activity.errors import ActivityNotEditable
from services.activity.events import InvitationSent
from services.activity.models import Activity
from services.activity.repository import ActivityUnitOfWork
from services.activity.use_cases import views
from services.activity.use_cases.access import managed
from services.chassis.clock import local_day
from services.chassis.errors import IllegalTransition, NotFound
from services.chassis.ids import new_id


def invite_volunteers(command: InviteVolunteers, uow: ActivityUnitOfWork) -> dict[str, Any]:
    """Invite those named, or those a filter finds; who cannot be invited is counted with the reason.

    "Not one of your volunteers" is all that is said of a stranger, whether there is such a person or not.
    """
    activity = managed(uow, command.activity_id)
    _require_inviting_makes_sense(uow, activity)
    skipped: Counter[str] = Counter()
    more = False
    if command.filter is not None:
        assert activity.starts_at is not None  # it is published
        limit = uow.settings.invitations_at_once
        day = local_day(activity.starts_at)
        found = list(uow.invitations.matching(activity, command.filter, day, limit + 1))
        candidates, more = found[:limit], len(found) > limit
    else:
        candidates = list(_own_and_free(uow, activity, list(dict.fromkeys(command.volunteer_ids or [])), skipped))
    invited = _invite(uow, activity, candidates)
    if invited < len(candidates):
        skipped["already_invited"] += len(candidates) - invited
    metrics.INVITATIONS.labels("invited").inc(invited)
    for reason, count in skipped.items():
        metrics.INVITATIONS.labels(reason).inc(count)
    uow.audit("activity.invited", f"activity:{activity.id}", invited=invited, skipped=skipped.total())
    return {"invited": invited, "skipped": skipped.total(), "skipped_reasons": dict(skipped), "more": more}


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


def _invite(uow: ActivityUnitOfWork, activity: Activity, volunteer_ids: Iterable[str]) -> int:
    """Save and tell; answers how many had not been invited before."""
    assert activity.starts_at is not None  # it is published
    organization = uow.organizations.get(activity.organization_id)
    wanted = {new_id(): volunteer_id for volunteer_id in volunteer_ids}
    common = {
        "activity_id": activity.id,
        "invited_by": uow.caller.require_account(),
        "created_at": uow.clock.now(),
    }
    added = uow.invitations.add_once([{"id": number, "volunteer_id": who, **common} for number, who in wanted.items()])
    uow.publish_many(
        [
            (
                InvitationSent(
                    invitation_id=number,
                    activity_id=activity.id,
                    volunteer_id=who,
                    organization_id=activity.organization_id,
                    organization_name=organization.name,
                    title=activity.title,
                    starts_at=activity.starts_at,
                ),
                1,
            )
            for number, who in wanted.items()
            if number in added
        ]
    )
    return len(added)


def decline_invitation(command: DeclineInvitation, uow: ActivityUnitOfWork) -> dict[str, Any]:
    """Say no to one's own invitation; raises ``IllegalTransition`` once it was answered, or nobody can follow it."""
    volunteer_id = uow.caller.require_volunteer()
    invitation = uow.invitations.find(command.invitation_id)
    if invitation is None or invitation.volunteer_id != volunteer_id:
        raise NotFound(what="invitation")
    uow.volunteers.lock([volunteer_id])  # who enrolls holds it, too
    uow.invitations.refresh(invitation)
    outcome = uow.invitations.outcome(invitation, uow.clock.now())
    if outcome is not Outcome.PENDING:
        raise IllegalTransition(current=outcome.value, attempted=Outcome.DECLINED.value)
    invitation.declined_at = uow.clock.now()
    metrics.INVITATIONS.labels("declined").inc()
    return views.own_invitation(invitation, Outcome.DECLINED)
