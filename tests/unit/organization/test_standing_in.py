"""How long one may stand in for another, and when a review goes to the organization above."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.clock import SHANGHAI
from services.chassis.errors import Invalid
from services.organization.domain.delegation import MAX_DELEGATED_DAYS, check_period
from services.organization.domain.escalation import levels_due, next_escalation

TODAY = date(2026, 3, 2)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 1)).map(lambda t: t.replace(tzinfo=SHANGHAI))


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


def test_five_working_days_pass_in_full_and_the_holiday_is_none_of_them() -> None:
    submitted = datetime(2025, 9, 29, 23, 59, tzinfo=SHANGHAI)  # a Monday; worked: 30 Sept, 9, 10, 11 (Sat), 13 Oct
    due = next_escalation(submitted, submitted, 5)
    assert due == datetime(2025, 10, 14, tzinfo=SHANGHAI)
    assert levels_due(submitted, due - timedelta(seconds=1), 5) == 0
    assert levels_due(submitted, due, 5) == 1
    assert next_escalation(submitted, due, 5) == datetime(2025, 10, 21, tzinfo=SHANGHAI)


@given(MOMENTS, st.timedeltas(timedelta(), timedelta(days=90)), st.integers(1, 15))
def test_a_level_is_due_when_it_was_planned_and_not_before(
    submitted: datetime, waited: timedelta, working_days: int
) -> None:
    now = submitted + waited
    due = next_escalation(submitted, now, working_days)
    assert due > now
    level = levels_due(submitted, now, working_days)
    assert levels_due(submitted, due - timedelta(seconds=1), working_days) == level
    assert levels_due(submitted, due, working_days) == level + 1
