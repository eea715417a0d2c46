"""Who may be a volunteer, and how one becomes active."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from services.chassis.errors import IllegalTransition
from services.identity.domain.people import (
    AgePolicy,
    VolunteerStatus,
    change_status,
)

TODAY = date(2026, 3, 2)


def codes(born: date, *, consents: bool = False) -> list[str]:
    return [f.code for f in AgePolicy().faults(born, TODAY, guardian_consents=consents, field="cert_no")]


def test_the_birthday_decides_to_the_day() -> None:
    assert codes(date(2008, 3, 2)) == []
    assert codes(date(2008, 3, 3)) == ["guardian_required"]
    assert codes(date(2008, 3, 3), consents=True) == []
    assert codes(date(2018, 3, 2), consents=True) == []
    assert codes(date(2018, 3, 3), consents=True) == ["too_young"]
    assert codes(date(1905, 3, 3)) == []
    assert codes(date(1905, 3, 1)) == ["implausible_age"]
    assert codes(TODAY + timedelta(days=1)) == ["implausible_age"]


def test_the_way_from_registration_to_active_is_open_and_erasure_is_final() -> None:
    way = ("pending_review", "rejected", "pending_review", "active", "pending_review", "active", "suspended", "erased")
    status = VolunteerStatus.VERIFYING
    for step in way:
        status = change_status(status, VolunteerStatus(step))
    for target in VolunteerStatus:
        with pytest.raises(IllegalTransition):
            change_status(VolunteerStatus.ERASED, target)
