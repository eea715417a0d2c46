"""Who may be a volunteer, and how one becomes active."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.errors import IllegalTransition
from services.identity.domain.people import (
    AgePolicy,
    VolunteerStatus,
    age_on,
    change_status,
    masked_email,
    masked_phone,
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


def test_whoever_was_born_on_29_february_grows_older_on_1_march() -> None:
    assert age_on(date(2026, 2, 28), date(2008, 2, 29)) == 17
    assert age_on(date(2026, 3, 1), date(2008, 2, 29)) == 18


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(0, 30))
def test_nobody_grows_younger(born: date, days: int) -> None:
    assert age_on(TODAY, born) <= age_on(TODAY + timedelta(days=days), born)


def test_the_way_from_registration_to_active_is_open_and_erasure_is_final() -> None:
    way = ("pending_review", "rejected", "pending_review", "active", "pending_review", "active", "suspended", "erased")
    status = VolunteerStatus.VERIFYING
    for step in way:
        status = change_status(status, VolunteerStatus(step))
    for target in VolunteerStatus:
        with pytest.raises(IllegalTransition):
            change_status(VolunteerStatus.ERASED, target)


@pytest.mark.parametrize(
    ("current", "attempted"), [("active", "rejected"), ("active", "verifying"), ("verifying", "active")]
)
def test_a_step_that_is_not_in_the_design_is_refused(current: str, attempted: str) -> None:
    with pytest.raises(IllegalTransition):
        change_status(VolunteerStatus(current), VolunteerStatus(attempted))


def test_masks_show_enough_to_recognise_and_too_little_to_use() -> None:
    assert masked_phone("13900001234") == "139****1234"
    assert masked_email("kapok@example.org") == "k***@example.org"
