"""By when hours must be recorded, and what is said of an activity that is over."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from services.attendance.domain.duties import Attended, DutyStatus, due_day, judge
from services.chassis.clock import SHANGHAI

DUE = date(2026, 3, 20)
COMPLETE, INCOMPLETE, NOBODY = Attended(5, 0), Attended(5, 2), Attended(0, 0)


@pytest.mark.parametrize(
    ("ends_at", "due_on"),
    [
        (datetime(2026, 3, 6, 18, tzinfo=SHANGHAI), date(2026, 3, 20)),  # a Friday: two weeks
        (datetime(2026, 3, 7, 18, tzinfo=SHANGHAI), date(2026, 3, 20)),  # a Saturday: as from the Friday before
        (datetime(2026, 9, 30, 18, tzinfo=SHANGHAI), date(2026, 10, 20)),  # the National Day's week does not count
    ],
)
def test_ten_working_days_after_the_end_it_is_due(ends_at: datetime, due_on: date) -> None:
    assert due_day(ends_at, 10) == due_on


@pytest.mark.parametrize(
    ("status", "attended", "days", "expected"),
    [
        (DutyStatus.WAITING, COMPLETE, 0, DutyStatus.IN_TIME),
        (DutyStatus.WAITING, INCOMPLETE, 0, DutyStatus.WAITING),
        (DutyStatus.WAITING, INCOMPLETE, 1, DutyStatus.OVERDUE),
        (DutyStatus.OVERDUE, INCOMPLETE, 9, DutyStatus.OVERDUE),
        (DutyStatus.OVERDUE, COMPLETE, 9, DutyStatus.LATE),
        (DutyStatus.WAITING, NOBODY, 0, DutyStatus.WAITING),
        (DutyStatus.WAITING, NOBODY, 1, DutyStatus.VOID),
        (DutyStatus.OVERDUE, NOBODY, 9, DutyStatus.VOID),
    ],
)
def test_what_is_complete_by_the_due_day_is_in_time_and_what_is_not_is_overdue(
    status: DutyStatus, attended: Attended, days: int, expected: DutyStatus
) -> None:
    assert judge(status, attended, DUE, DUE + timedelta(days=days)) is expected
