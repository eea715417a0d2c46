"""Who may be a volunteer, and how one becomes active."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.clock import age_on
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


def test_an_adult_comes_along_until_the_birthday_of_that_age() -> None:
    ages = AgePolicy()
    assert ages.accompanied_until(date(2012, 3, 3)) == date(2026, 3, 3)
    assert ages.accompanied_until(date(2012, 2, 29)) == date(2026, 3, 1)
    assert ages.must_be_accompanied(date(2012, 3, 3), TODAY)
    assert not ages.must_be_accompanied(date(2012, 3, 2), TODAY)


def test_nobody_is_accompanied_where_the_place_does_not_ask_or_the_birthday_is_not_known() -> None:
    assert AgePolicy(accompany_below=0).accompanied_until(date(2015, 3, 2)) is None
    assert AgePolicy().accompanied_until(None) is None
    assert not AgePolicy().must_be_accompanied(None, TODAY)


@given(st.dates(date(1950, 1, 1), date(2026, 1, 1)), st.integers(1, 20), st.dates(date(1950, 1, 1), date(2050, 1, 1)))
def test_the_day_says_the_same_as_the_age(born: date, below: int, day: date) -> None:
    ages = AgePolicy(accompany_below=below)
    assert ages.must_be_accompanied(born, day) == (age_on(day, born) < below)
