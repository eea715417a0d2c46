"""Time that tests can move, and traces that go through every hop."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from services.chassis.clock import FileOffsetClock, FixedClock, SystemClock, age_on, local_day
from services.chassis.tracing import child_of, new_traceparent, trace_id


def test_all_clocks_that_read_one_file_move_together(tmp_path: Path) -> None:
    mine, theirs = FileOffsetClock(tmp_path / "clock"), FileOffsetClock(tmp_path / "clock")
    before = theirs.now()

    mine.advance(timedelta(days=3))
    mine.advance(timedelta(minutes=5))

    assert theirs.offset() == timedelta(days=3, minutes=5)
    assert theirs.now() - before >= timedelta(days=3, minutes=5)


def test_without_the_file_it_is_now(tmp_path: Path) -> None:
    ahead = FileOffsetClock(tmp_path / "missing").now() - SystemClock().now()
    assert abs(ahead) < timedelta(seconds=5)


def test_a_fixed_clock_moves_when_told() -> None:
    clock = FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
    clock.advance(hours=12)
    assert clock.now() == datetime(2026, 1, 1, 12, tzinfo=UTC)
    with pytest.raises(ValueError, match="aware"):
        FixedClock(datetime(2026, 1, 1))


def test_the_day_changes_at_midnight_in_shanghai() -> None:
    assert local_day(datetime(2026, 1, 1, 15, 59, tzinfo=UTC)) == date(2026, 1, 1)
    assert local_day(datetime(2026, 1, 1, 16, 0, tzinfo=UTC)) == date(2026, 1, 2)


def test_a_child_span_stays_in_its_trace() -> None:
    root = new_traceparent()
    child = child_of(root)
    assert trace_id(child) == trace_id(root)
    assert child != root


@pytest.mark.parametrize("broken", [None, "", "00-zz", "00-" + "0" * 32 + "-" + "1" * 16 + "-01"])
def test_a_broken_traceparent_starts_a_new_trace(broken: str | None) -> None:
    assert len(trace_id(child_of(broken))) == 32


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2008, 3, 2), date(2026, 3, 1), 17),
        (date(2008, 3, 2), date(2026, 3, 2), 18),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
    ],
)
def test_age_is_in_full_years_on_the_day(born: date, day: date, age: int) -> None:
    assert age_on(day, born) == age
