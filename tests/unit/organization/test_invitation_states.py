"""Invitations: open until they end, and they end once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from services.chassis.errors import IllegalTransition
from services.organization.domain.invitations import InvitationStatus, end_invitation, standing

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)
ENDED = [status for status in InvitationStatus if status is not InvitationStatus.OPEN]


@pytest.mark.parametrize(("seconds", "expected"), [(-1, InvitationStatus.OPEN), (0, InvitationStatus.LAPSED)])
def test_an_open_one_lapses_at_its_last_moment(seconds: int, expected: InvitationStatus) -> None:
    assert standing("open", NOON, NOON + timedelta(seconds=seconds)) is expected


@pytest.mark.parametrize("status", ENDED)
def test_what_has_ended_does_not_lapse(status: InvitationStatus) -> None:
    assert standing(status.value, NOON, NOON + timedelta(days=1)) is status


@pytest.mark.parametrize("attempted", ENDED)
def test_an_open_one_may_end_in_every_way(attempted: InvitationStatus) -> None:
    assert end_invitation(InvitationStatus.OPEN, attempted) is attempted


@pytest.mark.parametrize(("current", "attempted"), [*product(ENDED, InvitationStatus), *product(["open"], ["open"])])
def test_nothing_leads_on_from_an_end_or_back_to_open(current: str, attempted: str) -> None:
    with pytest.raises(IllegalTransition):
        end_invitation(InvitationStatus(current), InvitationStatus(attempted))
