"""The rules of attendance, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.attendance.domain import (
    STAR_HOURS,
    Direction,
    Fence,
    Interval,
    Place,
    RecordStatus,
    change_status,
    minutes_to_next_star,
    scan_window,
    served,
    star_of,
)
from services.chassis.errors import IllegalTransition

NINE = datetime(2026, 3, 7, 1, 0, tzinfo=UTC)
SHIFT = Interval(NINE, NINE + timedelta(hours=3))


def at(minutes: float) -> datetime:
    """So many minutes after the shift's start."""
    return NINE + timedelta(minutes=minutes)


class TestRecordStates:
    @pytest.mark.parametrize(
        "path",
        [
            ["recorded", "disclosed", "confirmed"],
            ["recorded", "disclosed", "frozen", "disclosed", "confirmed"],
            ["recorded", "disclosed", "confirmed", "disclosed", "confirmed"],
        ],
    )
    def test_a_record_goes_from_open_to_confirmed(self, path: list[str]) -> None:
        status = RecordStatus.OPEN
        for step in path:
            status = change_status(status, RecordStatus(step))

        assert status is RecordStatus.CONFIRMED

    @pytest.mark.parametrize(
        ("current", "attempted"),
        [
            ("open", "disclosed"),
            ("recorded", "confirmed"),
            ("recorded", "frozen"),
            ("frozen", "confirmed"),
            ("confirmed", "frozen"),
            ("confirmed", "recorded"),
            ("disclosed", "open"),
        ],
    )
    def test_it_skips_nothing_and_a_frozen_one_is_not_confirmed(self, current: str, attempted: str) -> None:
        with pytest.raises(IllegalTransition):
            change_status(current, RecordStatus(attempted))


class TestTimeServed:
    @pytest.mark.parametrize(
        ("signed_in", "signed_out", "minutes"),
        [
            (0, 180, 180),
            (5, 125, 120),
            (-20, 200, 180),  # came early, was let go late
            (10, 10.99, 0),  # what is left over is not rounded up
            (10, 131.5, 121),
            (-40, -10, 0),  # never inside the shift
            (181, 200, 0),
        ],
    )
    def test_the_time_between_the_scans_counts_inside_the_shift(
        self, signed_in: float, signed_out: float, minutes: int
    ) -> None:
        assert served(at(signed_in), at(signed_out), SHIFT).minutes == minutes

    @given(st.tuples(*[st.integers(-600, 900)] * 2).map(sorted))
    def test_it_is_never_more_than_was_served_nor_than_the_shift(self, scans: list[int]) -> None:
        time = served(at(scans[0]), at(scans[1]), SHIFT)

        assert 0 <= time.minutes <= min(scans[1] - scans[0], SHIFT.minutes)
        assert SHIFT.starts_at <= time.starts_at <= time.ends_at <= SHIFT.ends_at

    def test_back_to_back_times_do_not_overlap(self) -> None:
        morning = Interval(at(0), at(60))

        assert not morning.overlaps(Interval(at(60), at(120)))
        assert morning.overlaps(Interval(at(59), at(120)))


class TestScanWindow:
    @pytest.mark.parametrize(("direction", "last_minute"), [(Direction.SIGN_IN, 180), (Direction.SIGN_OUT, 240)])
    def test_it_opens_before_the_shift_and_only_sign_outs_are_late(
        self, direction: Direction, last_minute: int
    ) -> None:
        window = scan_window(direction, SHIFT, before=timedelta(minutes=30), after=timedelta(minutes=60))

        assert window == Interval(at(-30), at(last_minute))


class TestFence:
    FENCE = Fence(Place(23.1291, 113.2644), 500)

    @pytest.mark.parametrize(
        ("place", "inside"),
        [
            (Place(23.1291, 113.2644), True),
            (Place(23.1330, 113.2644), True),  # about 430 m north
            (Place(23.1345, 113.2644), False),  # about 600 m north
            (None, False),
        ],
    )
    def test_it_holds_what_is_near_enough(self, place: Place | None, inside: bool) -> None:
        assert self.FENCE.holds(place) is inside

    places = st.builds(Place, st.floats(-90, 90), st.floats(-180, 180))

    @given(places, places)
    def test_distance_is_the_same_both_ways_and_at_most_half_around_the_earth(self, one: Place, two: Place) -> None:
        assert one.metres_to(two) == pytest.approx(two.metres_to(one), abs=1e-3)
        assert 0 <= one.metres_to(two) <= 20_016_000


class TestStars:
    @pytest.mark.parametrize(("number", "hours"), list(enumerate(STAR_HOURS, start=1)))
    def test_a_star_comes_with_its_last_minute(self, number: int, hours: int) -> None:
        assert star_of(hours * 60) == number
        assert star_of(hours * 60 - 1) == number - 1
        assert minutes_to_next_star(hours * 60 - 1) == 1

    def test_after_the_fifth_star_there_is_no_next(self) -> None:
        assert minutes_to_next_star(2_000 * 60) is None
