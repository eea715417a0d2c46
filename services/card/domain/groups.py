"""Groups: who is asked, what each answers, and where the bank's visit is (notice, 一.3; docs/adr/0041)."""

from __future__ import annotations

from collections.abc import Sized
from datetime import date, datetime, timedelta
from enum import StrEnum

from services.card.errors import GroupClosed, GroupTooSmall
from services.chassis.clock import SHANGHAI
from services.chassis.errors import IllegalTransition


class GroupStatus(StrEnum):
    """Where a group is: consents are collected, then the bank is asked to come."""

    COLLECTING = "collecting"
    REQUESTED = "requested"
    SCHEDULED = "scheduled"
    DONE = "done"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


GROUP_STATUS_NAMES: dict[GroupStatus, str] = {
    GroupStatus.COLLECTING: "征求同意中",
    GroupStatus.REQUESTED: "已预约上门",
    GroupStatus.SCHEDULED: "已定上门日期",
    GroupStatus.DONE: "已上门办理",
    GroupStatus.CANCELLED: "已取消",
    GroupStatus.LAPSED: "人数不足，已失效",
}

OPEN_TO_CONSENT = frozenset({GroupStatus.COLLECTING, GroupStatus.REQUESTED, GroupStatus.SCHEDULED})
KNOWN_TO_BANK = frozenset({GroupStatus.REQUESTED, GroupStatus.SCHEDULED, GroupStatus.DONE, GroupStatus.CANCELLED})
VISIT_REPORTS = (GroupStatus.SCHEDULED, GroupStatus.DONE, GroupStatus.CANCELLED)
"""What becomes of a visit, as a bank or the unit says."""
_STEPS: dict[GroupStatus, frozenset[GroupStatus]] = {
    # a unit may take its proposal back; a bank has not heard of it yet
    GroupStatus.COLLECTING: frozenset({GroupStatus.CANCELLED}),
    GroupStatus.REQUESTED: frozenset(VISIT_REPORTS),
    # another date is a step, too
    GroupStatus.SCHEDULED: frozenset(VISIT_REPORTS),
}


def move_visit(current: GroupStatus, to: GroupStatus) -> GroupStatus:
    """The next state; raises ``IllegalTransition``."""
    if to not in _STEPS.get(current, frozenset()):
        raise IllegalTransition(current=current.value, attempted=to.value)
    return to


def may_follow(current: GroupStatus, to: GroupStatus) -> bool:
    """Whether a bank's report still says something: what is late or comes after the end does not."""
    return to in _STEPS.get(current, frozenset())


class Reply(StrEnum):
    """What somebody on a group's list has said, and what came of it."""

    PENDING = "pending"
    CONSENTED = "consented"
    REFUSED = "refused"
    APPLIED = "applied"
    UNABLE = "unable"


def reply(current: Reply, given: Reply, group: GroupStatus, consent_until: datetime | None, now: datetime) -> Reply:
    """A member consents, refuses, or thinks better of either; raises ``GroupClosed``, ``IllegalTransition``.

    What has become an application is withdrawn as one.
    """
    if group not in OPEN_TO_CONSENT or consent_until is None or now >= consent_until:
        raise GroupClosed(status=group.value)
    if current is Reply.APPLIED:
        raise IllegalTransition(current=current.value, attempted=given.value)
    return given


def consents_until(now: datetime, days: int, preferred: list[date]) -> datetime:
    """Until when consents join: some days, and not after the last day on which the bank is wanted has begun."""
    return min(now + timedelta(days=days), datetime.combine(max(preferred), datetime.min.time(), SHANGHAI))


def require_group(members: Sized, minimum: int, excluded: list[dict[str, str]]) -> int:
    """The size of a group, if it is large enough for a visit (notice, 一.3); raises ``GroupTooSmall``."""
    if len(members) < minimum:
        raise GroupTooSmall(minimum=minimum, given=len(members), excluded=excluded)
    return len(members)
