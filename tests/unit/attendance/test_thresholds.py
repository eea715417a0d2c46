"""How a day's hours are divided into what counts at once and what others decide about."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.attendance.domain import Band, DayThresholds, Interval, by_day, in_bands
from services.chassis.clock import SHANGHAI, local_day

RULE = DayThresholds(at_once=480, parent=720)
MORNING = datetime(2026, 3, 7, 8, tzinfo=SHANGHAI)


def since(minutes: float, length: float) -> Interval:
    starts_at = MORNING + timedelta(minutes=minutes)
    return Interval(starts_at, starts_at + timedelta(minutes=length))


def bands(times: list[Interval], room: int) -> list[list[tuple[Band, int]]]:
    return [[(band, part.minutes) for band, part in parts] for parts in in_bands(times, room)]


class TestByDay:
    def test_a_service_across_midnight_has_a_part_in_each_day(self) -> None:
        (first, evening), (second, night) = by_day(since(15 * 60, 120))

        assert (first, second) == (date(2026, 3, 7), date(2026, 3, 8))
        assert (evening.minutes, night.minutes) == (60, 60)

    def test_the_minute_that_midnight_cuts_belongs_to_the_day_on_which_it_begins(self) -> None:
        parts = [(day, part.minutes) for day, part in by_day(since(16 * 60 - 0.5, 1))]

        assert parts == [(date(2026, 3, 7), 1)]

    @given(st.integers(0, 86_400 * 3), st.integers(0, 86_400 * 3))
    def test_the_parts_touch_and_add_up_to_the_whole(self, after: int, seconds: int) -> None:
        served = since(after / 60, seconds / 60)
        parts = list(by_day(served))

        assert sum(part.minutes for _, part in parts) == served.minutes
        assert all(local_day(part.starts_at) == day for day, part in parts)
        assert all(one.ends_at == other.starts_at for (_, one), (_, other) in pairwise(parts))
        assert [day for day, _ in parts] == sorted({day for day, _ in parts})


class TestInBands:
    def test_up_to_twelve_hours_an_organization_above_decides_and_beyond_the_province(self) -> None:
        assert bands([since(480, 300)], RULE.room_of_parent(0)) == [[(Band.PARENT, 240), (Band.PROVINCE, 60)]]

    def test_each_begins_where_the_one_before_it_ends(self) -> None:
        assert bands([since(480, 200), since(700, 100)], 240) == [
            [(Band.PARENT, 200)],
            [(Band.PARENT, 40), (Band.PROVINCE, 60)],
        ]

    @pytest.mark.parametrize(("decided", "expected"), [(0, Band.PARENT), (239, Band.PARENT), (240, Band.PROVINCE)])
    def test_what_was_decided_above_leaves_less_to_decide_there(self, decided: int, expected: Band) -> None:
        assert bands([since(480, 1)], RULE.room_of_parent(decided)) == [[(expected, 1)]]

    @given(st.lists(st.integers(0, 900), max_size=5), st.integers(0, 240))
    def test_no_minute_is_lost_and_no_organization_above_gets_more_than_its_band(
        self, lengths: list[int], room: int
    ) -> None:
        found = bands([since(0, length) for length in lengths], room)

        assert [sum(minutes for _, minutes in parts) for parts in found] == lengths
        by_parent = sum(minutes for parts in found for band, minutes in parts if band is Band.PARENT)
        assert by_parent == min(room, sum(lengths))
