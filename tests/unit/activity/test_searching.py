"""Which time a search looks at, and in which parts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.activity.domain.searching import Days, Period

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@given(days=st.integers(1, 366))
def test_parts_of_a_period_grow_from_one_side_until_they_are_all_of_it(days: int) -> None:
    period = Period(NOW, NOW + timedelta(days=days))
    beginnings, endings = list(period.beginnings()), list(period.endings())
    assert {part.begin for part in beginnings} == {period.begin}
    assert {part.end for part in endings} == {period.end}
    assert beginnings[-1] == endings[-1] == period
    for parts in (beginnings, endings):
        lengths = [part.end - part.begin for part in parts if part.end is not None]
        assert lengths == sorted(set(lengths))


@pytest.mark.parametrize(("days", "parts"), [(1, 1), (90, 1), (91, 2), (366, 2)])
def test_a_part_is_looked_at_first_where_it_is_less_than_half(days: int, parts: int) -> None:
    period = Period(NOW, NOW + timedelta(days=days))
    assert len(list(period.beginnings())) == len(list(period.endings())) == parts


def test_what_goes_on_and_on_is_looked_at_as_a_whole() -> None:
    period = Period(NOW, None)
    assert list(period.beginnings()) == list(period.endings()) == [period]
    assert Period.of(None, NOW, ahead=False) == period


def test_a_day_left_open_is_as_far_off_as_one_search_takes_in() -> None:
    assert Days.of(date(2026, 3, 2), None) == Days(date(2026, 3, 2), date(2027, 3, 2))
    assert Days.of(None, date(2027, 3, 2)) == Days(date(2026, 3, 2), date(2027, 3, 2))
