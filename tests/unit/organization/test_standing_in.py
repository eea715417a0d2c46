"""How long one may stand in for another."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from services.chassis.errors import Invalid
from services.organization.domain.delegation import MAX_DELEGATED_DAYS, check_period

TODAY = date(2026, 3, 2)


def fault(starts: int, ends: int) -> set[tuple[str, str]]:
    try:
        check_period(TODAY + timedelta(days=starts), TODAY + timedelta(days=ends), TODAY)
    except Invalid as refusal:
        return {(error.field, error.code) for error in refusal.errors}
    return set()


@pytest.mark.parametrize(
    ("starts", "ends", "faults"),
    [
        (0, 0, set()),
        (0, MAX_DELEGATED_DAYS - 1, set()),
        (0, MAX_DELEGATED_DAYS, {("ends_on", "too_long")}),
        (30, 29, {("ends_on", "before_start")}),
        (-1, 3, {("starts_on", "in_the_past")}),
        (-1, -2, {("starts_on", "in_the_past"), ("ends_on", "before_start")}),
    ],
)
def test_a_delegation_begins_today_or_later_and_lasts_ninety_days_at_most(
    starts: int, ends: int, faults: set[tuple[str, str]]
) -> None:
    assert fault(starts, ends) == faults
