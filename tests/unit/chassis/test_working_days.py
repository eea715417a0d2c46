"""Working days: weekends, public holidays, the days that are worked in their stead, and years nobody knows yet."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.working_days import add_working_days, is_working_day, working_days_between

# National Day and Mid-Autumn 2025: 1 to 8 October; worked in their stead: Sunday 28 September, Saturday 11 October
GOLDEN_WEEK = [date(2025, 10, day) for day in range(1, 9)]
DAYS = st.dates(date(2015, 1, 1), date(2032, 12, 31))
COUNTS = st.integers(0, 60)


@pytest.mark.parametrize("day", GOLDEN_WEEK)
def test_nobody_works_in_the_golden_week(day: date) -> None:
    assert not is_working_day(day)


@pytest.mark.parametrize("day", [date(2025, 9, 28), date(2025, 10, 11), date(2026, 10, 10), date(2026, 9, 20)])
def test_the_weekend_days_that_make_up_for_it_are_worked(day: date) -> None:
    assert day.weekday() >= 5
    assert is_working_day(day)


def test_the_golden_week_does_not_count_and_its_make_up_saturday_does() -> None:
    before = date(2025, 9, 30)
    assert add_working_days(before, 1) == date(2025, 10, 9)
    assert add_working_days(before, 3) == date(2025, 10, 11)
    assert working_days_between(before, date(2025, 10, 12)) == 3
    assert working_days_between(date(2025, 9, 26), before) == 3  # the Sunday that is worked, Monday, Tuesday


@pytest.mark.parametrize(("day", "works"), [(date(2040, 10, 1), True), (date(2040, 10, 6), False)])
def test_a_year_that_is_not_known_yet_has_plain_weeks(day: date, works: bool) -> None:
    assert is_working_day(day) is works


def test_days_are_counted_forward() -> None:
    assert add_working_days(GOLDEN_WEEK[0], 0) == GOLDEN_WEEK[0]
    assert working_days_between(GOLDEN_WEEK[-1], GOLDEN_WEEK[0]) == 0
    with pytest.raises(ValueError, match="forward"):
        add_working_days(GOLDEN_WEEK[0], -1)


@given(DAYS, COUNTS)
def test_adding_and_counting_are_inverse(day: date, count: int) -> None:
    later = add_working_days(day, count)
    assert working_days_between(day, later) == count
    assert count == 0 or is_working_day(later)


@given(DAYS, COUNTS, COUNTS)
def test_adding_twice_is_adding_the_sum(day: date, first: int, second: int) -> None:
    assert add_working_days(add_working_days(day, first), second) == add_working_days(day, first + second)


@given(DAYS, st.integers(0, 120), st.integers(0, 120))
def test_counts_of_adjoining_periods_add_up(day: date, first: int, second: int) -> None:
    middle = day + timedelta(days=first)
    end = middle + timedelta(days=second)
    assert working_days_between(day, middle) + working_days_between(middle, end) == working_days_between(day, end)


@given(DAYS)
def test_no_holiday_is_longer_than_ten_days(day: date) -> None:
    assert any(is_working_day(day + timedelta(days=n)) for n in range(11))
