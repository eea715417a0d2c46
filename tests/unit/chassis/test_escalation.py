"""When something that nobody touches is to be told."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.chassis.clock import SHANGHAI
from services.chassis.escalation import levels_due, next_escalation

MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 1)).map(lambda t: t.replace(tzinfo=SHANGHAI))


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
