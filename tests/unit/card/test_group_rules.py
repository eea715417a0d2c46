"""Which way a group and its visit go, and until when members may answer."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from services.card.domain.groups import (
    OPEN_TO_CONSENT,
    VISIT_REPORTS,
    GroupStatus,
    Reply,
    consents_until,
    may_follow,
    move_visit,
    reply,
    require_group,
)
from services.card.errors import GroupClosed, GroupTooSmall
from services.chassis.clock import SHANGHAI
from services.chassis.errors import IllegalTransition

NOW = datetime(2026, 3, 2, 10, tzinfo=SHANGHAI)
LATER = NOW + timedelta(days=1)


def test_a_visit_is_scheduled_perhaps_again_and_then_done_or_called_off() -> None:
    scheduled = move_visit(GroupStatus.REQUESTED, GroupStatus.SCHEDULED)
    assert move_visit(scheduled, GroupStatus.SCHEDULED) is scheduled
    assert move_visit(scheduled, GroupStatus.DONE) is GroupStatus.DONE
    assert move_visit(scheduled, GroupStatus.CANCELLED) is GroupStatus.CANCELLED


def test_a_unit_can_take_back_what_the_bank_has_not_heard_of_and_schedules_nothing_then() -> None:
    assert move_visit(GroupStatus.COLLECTING, GroupStatus.CANCELLED) is GroupStatus.CANCELLED
    for to in (GroupStatus.SCHEDULED, GroupStatus.DONE):
        with pytest.raises(IllegalTransition):
            move_visit(GroupStatus.COLLECTING, to)


@pytest.mark.parametrize("ended", [GroupStatus.DONE, GroupStatus.CANCELLED, GroupStatus.LAPSED])
@pytest.mark.parametrize("to", VISIT_REPORTS)
def test_after_the_end_nothing_follows(ended: GroupStatus, to: GroupStatus) -> None:
    assert not may_follow(ended, to)
    with pytest.raises(IllegalTransition):
        move_visit(ended, to)


@pytest.mark.parametrize("group", GroupStatus)
def test_members_answer_until_the_deadline_of_a_group_that_goes_on(group: GroupStatus) -> None:
    if group in OPEN_TO_CONSENT:
        assert reply(Reply.REFUSED, Reply.CONSENTED, group, LATER, NOW) is Reply.CONSENTED
    for until in (NOW, None) if group in OPEN_TO_CONSENT else (LATER,):
        with pytest.raises(GroupClosed):
            reply(Reply.PENDING, Reply.CONSENTED, group, until, NOW)


def test_what_has_become_an_application_is_not_refused_here() -> None:
    with pytest.raises(IllegalTransition):
        reply(Reply.APPLIED, Reply.REFUSED, GroupStatus.REQUESTED, LATER, NOW)


def test_consents_join_for_some_days_but_not_after_the_bank_was_wanted() -> None:
    assert consents_until(NOW, 14, [date(2026, 5, 1)]) == NOW + timedelta(days=14)
    last = [date(2026, 3, 5), date(2026, 3, 9)]
    assert consents_until(NOW, 14, last) == datetime(2026, 3, 9, tzinfo=SHANGHAI)


def test_a_bank_comes_for_thirty_and_who_does_not_count_is_named() -> None:
    excluded = [{"volunteer_id": "x", "code": "adult_required"}]
    assert require_group(range(30), 30, excluded) == 30
    with pytest.raises(GroupTooSmall) as refusal:
        require_group(range(29), 30, excluded)
    assert refusal.value.data == {"minimum": 30, "given": 29, "excluded": excluded}
