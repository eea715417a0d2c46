"""Scans handed in later: what comes of them is what would have come of them at the door, in any order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.attendance.domain import (
    CURED_ELSEWHERE,
    FROM_COMPANY,
    VOUCHED_FOR,
    ConflictKind,
    Direction,
    Interval,
    Mark,
    Story,
    put_together,
    served,
)

NINE = datetime(2026, 3, 7, 1, 0, tzinfo=UTC)
SHIFT = Interval(NINE, NINE + timedelta(hours=8))
IN, OUT = Direction.SIGN_IN, Direction.SIGN_OUT
LIMIT = 3


def at(minutes: float) -> datetime:
    """So many minutes after nine."""
    return NINE + timedelta(minutes=minutes)


def mark(text: str, **more: object) -> Mark:
    """``in 30``: signed in half an hour after nine."""
    kind, minutes = text.split()
    return Mark(text, IN if kind == "in" else OUT, at(float(minutes)), **more)  # type: ignore[arg-type]


def told(*marks: str | Mark, taken: tuple[tuple[float, float], ...] = (), limit: int = LIMIT) -> Story:
    """What comes of them; ``taken`` in minutes after nine."""
    times = [Interval(at(starts), at(ends)) for starts, ends in taken]
    return put_together([mark(m) if isinstance(m, str) else m for m in marks], SHIFT, times, {}, limit)


def pairs(story: Story) -> list[tuple[str, str | None]]:
    """The pairs by the keys of their marks."""
    return [(pair.sign_in.key, pair.sign_out.key if pair.sign_out else None) for pair in story.pairs]


@pytest.mark.parametrize(
    ("marks", "expected", "against"),
    [
        (["in 0", "out 60"], [("in 0", "out 60")], {}),
        (["in 0"], [("in 0", None)], {}),
        (["out 60"], [], {"out 60": "not_signed_in"}),
        (["in 0", "out 60", "in 90"], [("in 0", "out 60"), ("in 90", None)], {}),
        (["in 0", "in 5", "out 60"], [("in 0", "out 60")], {"in 5": "already_signed_in"}),
        (["in 0", "out 60", "out 65"], [("in 0", "out 60")], {"out 65": "not_signed_in"}),
        (["in 60", "out 60"], [("in 60", "out 60")], {}),
        (
            ["in 0", "out 10", "in 20", "out 30", "in 40", "out 50", "in 60", "out 70"],
            [("in 0", "out 10"), ("in 20", "out 30"), ("in 40", "out 50")],
            {"in 60": "too_many_pairs", "out 70": "not_signed_in"},
        ),
    ],
)
def test_the_first_sign_in_opens_and_the_first_sign_out_after_it_closes(
    marks: list[str], expected: list[tuple[str, str | None]], against: dict[str, str]
) -> None:
    story = told(*marks)
    assert (pairs(story), dict(story.against)) == (expected, against)


class TestWhatStandsAlready:
    def test_a_time_that_counts_is_not_scanned_again(self) -> None:
        story = told("in 10", "out 50", taken=((0, 60),))
        assert pairs(story) == []
        assert dict(story.against) == {"in 10": "overlaps_record", "out 50": "overlaps_record"}

    def test_no_pair_reaches_over_it(self) -> None:
        story = told("in 0", "out 120", taken=((30, 60),))
        assert pairs(story) == []
        assert dict(story.against) == {"in 0": "overlaps_record", "out 120": "not_signed_in"}

    def test_beside_it_is_room(self) -> None:
        assert pairs(told("in 60", "out 90", taken=((0, 60), (90, 120)))) == [("in 60", "out 90")]

    def test_a_sign_in_that_the_platform_saw_is_closed_by_the_first_sign_out_after_it(self) -> None:
        seen = mark("in 30", record_id="record")
        story = told("in 0", seen, "out 60", "in 40")
        assert pairs(story) == [("in 30", "out 60")]
        assert dict(story.against) == {"in 0": "already_signed_in", "in 40": "already_signed_in"}

    def test_whom_an_organizer_vouches_for_is_not_counted_against_the_limit(self) -> None:
        marks = ["in 0", "out 10", "in 20", "out 30", mark("in 40", vouched=True), "out 50"]
        assert len(told(*marks, limit=2).pairs) == 3


minutes = st.integers(-60, 540)
a_mark = st.builds(lambda kind, m: f"{kind} {m}", st.sampled_from(["in", "out"]), minutes)
some_marks = st.lists(a_mark, max_size=12, unique=True)
some_times = st.lists(st.tuples(st.integers(0, 460), st.integers(1, 20)), max_size=2).map(
    lambda found: tuple((starts, starts + length) for starts, length in found)
)


@given(marks=some_marks, taken=some_times, shuffled=st.randoms(use_true_random=False))
def test_the_order_in_which_they_arrive_is_nothing(
    marks: list[str], taken: tuple[tuple[float, float], ...], shuffled: object
) -> None:
    other = list(marks)
    shuffled.shuffle(other)  # type: ignore[attr-defined]
    assert told(*other, taken=taken) == told(*marks, taken=taken)


@given(marks=some_marks, taken=some_times)
def test_every_mark_is_in_a_pair_or_has_something_against_it_and_no_minute_counts_twice(
    marks: list[str], taken: tuple[tuple[float, float], ...]
) -> None:
    story = told(*marks, taken=taken)
    paired = [key for pair in pairs(story) for key in pair if key is not None]

    assert sorted([*paired, *story.against]) == sorted(marks)
    assert set(story.against.values()) <= FROM_COMPANY
    assert all(pair.sign_out is not None for pair in story.pairs[:-1])
    assert len(story.pairs) <= LIMIT
    counted = [Interval(at(starts), at(ends)) for starts, ends in dict.fromkeys(taken)]
    times = [served(p.sign_in.at, p.sign_out.at, SHIFT) for p in story.pairs if p.sign_out is not None]
    for number, time in enumerate(times):
        assert not any(time.overlaps(other) for other in [*times[:number], *counted])


@given(marks=some_marks, more=a_mark, taken=some_times)
def test_a_scan_more_takes_no_pair_away(marks: list[str], more: str, taken: tuple[tuple[float, float], ...]) -> None:
    """Records that were made of pairs can be given other pairs, and none is left over."""
    before, after = (told(*dict.fromkeys(given), taken=taken).pairs for given in (marks, [*marks, more]))

    assert len(after) >= len(before)
    assert all(late.sign_out is not None or early.sign_out is None for early, late in zip(before, after, strict=False))


def test_every_kind_of_conflict_is_vouched_for_cured_elsewhere_or_follows_from_the_others() -> None:
    assert set(ConflictKind) == VOUCHED_FOR | CURED_ELSEWHERE | FROM_COMPANY
    assert not VOUCHED_FOR & CURED_ELSEWHERE
    assert {ConflictKind.TOO_MANY_PAIRS} == VOUCHED_FOR & FROM_COMPANY
