"""What is said of somebody who was accepted for a shift that is over, to the minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.attendance.domain.punctuality import Lapse, Punctuality, Seen, beyond, punctuality_of

GRACE = 10
ON_TIME = timedelta()


def seen(
    late: timedelta | None = ON_TIME, early: timedelta | None = ON_TIME, *, opened: timedelta | None = None,
    forced: bool = False, said_absent: bool = False,
) -> Seen:  # fmt: skip
    """Somebody whose time counts from so long after the start to so long before the end."""
    return Seen(late, early, opened, forced, said_absent)


def judged(what: Seen) -> Punctuality:
    return punctuality_of(what, GRACE)


def at(minutes: int, seconds: int = 0) -> timedelta:
    return timedelta(minutes=minutes, seconds=seconds)


NOT_SEEN = seen(None, None)


class TestLateAndEarly:
    def test_who_serves_from_the_start_to_the_end_gives_nothing_to_say(self) -> None:
        assert judged(seen()).lapses == ()

    @pytest.mark.parametrize(
        ("lacking", "minutes"),
        [(at(0, 1), 0), (at(10), 0), (at(10, 59), 0), (at(11), 11), (at(11, 59), 11), (at(170), 170)],
    )
    def test_whole_minutes_beyond_the_grace_are_late_at_the_start_and_early_at_the_end(
        self, lacking: timedelta, minutes: int
    ) -> None:
        late, early = judged(seen(late=lacking)), judged(seen(early=lacking))

        assert (late.late_minutes, late.early_minutes) == (minutes, 0)
        assert (early.late_minutes, early.early_minutes) == (0, minutes)
        assert late.lapses == ((Lapse.LATE,) if minutes else ())
        assert early.lapses == ((Lapse.LEFT_EARLY,) if minutes else ())

    def test_without_a_grace_a_minute_is_late_and_a_second_is_not(self) -> None:
        assert punctuality_of(seen(late=at(0, 59)), 0).lapses == ()
        assert punctuality_of(seen(late=at(1)), 0).late_minutes == 1

    def test_both_may_be_true(self) -> None:
        assert judged(seen(at(20), at(30))).lapses == (Lapse.LATE, Lapse.LEFT_EARLY)

    def test_it_says_when_they_came_and_left_also_within_the_grace(self) -> None:
        said = judged(seen(at(3), at(4)))
        assert (said.came_after, said.left_before) == (at(3), at(4))


class TestSigningOut:
    def test_a_sign_out_that_the_organizer_entered_is_forced_and_may_be_early_too(self) -> None:
        assert judged(seen(forced=True)).lapses == (Lapse.FORCED,)
        assert judged(seen(early=at(30), forced=True)).lapses == (Lapse.LEFT_EARLY, Lapse.FORCED)

    def test_who_has_not_signed_out_is_open_and_nobody_says_that_they_left_early(self) -> None:
        said = judged(seen(at(0), at(90), opened=at(95)))
        assert (said.lapses, said.early_minutes, said.left_before) == ((Lapse.OPEN,), 0, None)

    @pytest.mark.parametrize(
        ("opened", "lapses"), [(-30, (Lapse.OPEN,)), (10, (Lapse.OPEN,)), (11, (Lapse.LATE, Lapse.OPEN))]
    )
    def test_the_sign_in_of_an_open_record_says_whether_they_were_late(
        self, opened: int, lapses: tuple[Lapse, ...]
    ) -> None:
        assert judged(seen(None, None, opened=at(opened))).lapses == lapses

    def test_of_several_sign_ins_the_first_says_whether_they_were_late(self) -> None:
        assert judged(seen(at(0), at(60), opened=at(120))).late_minutes == 0
        assert judged(seen(at(120), at(0), opened=at(0))).late_minutes == 0


class TestAbsence:
    @pytest.mark.parametrize("said_absent", [False, True])
    def test_of_whom_nothing_counts_and_nothing_is_open_is_absent(self, said_absent: bool) -> None:
        assert judged(replace(NOT_SEEN, said_absent=said_absent)).lapses == (Lapse.ABSENT,)

    def test_the_organizers_word_stands_against_an_open_record(self) -> None:
        assert judged(seen(None, None, opened=at(60))).lapses == (Lapse.LATE, Lapse.OPEN)
        assert judged(seen(None, None, opened=at(60), said_absent=True)) == Punctuality((Lapse.ABSENT,))

    def test_and_never_against_time_that_counts(self) -> None:
        assert judged(seen(said_absent=True)).lapses == ()


LACKING = st.none() | st.timedeltas(timedelta(hours=-2), timedelta(hours=30))
SEEN = st.builds(
    lambda time, opened, forced, said_absent: Seen(*time, opened, forced, said_absent),
    st.just((None, None)) | st.tuples(*[st.timedeltas(timedelta(), timedelta(hours=30))] * 2),
    LACKING,
    st.booleans(),
    st.booleans(),
)
GRACES = st.integers(0, 120)


def to_the_minute(lacking: timedelta | None) -> timedelta | None:
    """Cut to whole minutes towards zero, as the database does."""
    if lacking is None:
        return None
    return abs(lacking) // timedelta(minutes=1) * timedelta(minutes=1) * (-1 if lacking < timedelta() else 1)


class TestEverybody:
    @given(SEEN, GRACES)
    def test_minutes_are_said_exactly_where_the_word_is_and_are_more_than_the_grace(
        self, what: Seen, grace: int
    ) -> None:
        said = punctuality_of(what, grace)
        for lapse, minutes in ((Lapse.LATE, said.late_minutes), (Lapse.LEFT_EARLY, said.early_minutes)):
            assert (lapse in said.lapses) == (minutes > 0)
            assert minutes == 0 or minutes > grace

    @given(SEEN, GRACES)
    def test_of_somebody_absent_nothing_else_is_said(self, what: Seen, grace: int) -> None:
        said = punctuality_of(what, grace)
        assert Lapse.ABSENT not in said.lapses or said == Punctuality((Lapse.ABSENT,))

    @given(SEEN, GRACES)
    def test_people_whose_times_are_known_to_the_minute_only_are_judged_alike(self, what: Seen, grace: int) -> None:
        cut = replace(
            what,
            counts_after=to_the_minute(what.counts_after),
            counted_before=to_the_minute(what.counted_before),
            opened_after=to_the_minute(what.opened_after),
        )
        exact, rough = punctuality_of(what, grace), punctuality_of(cut, grace)
        assert replace(exact, came_after=None, left_before=None) == replace(rough, came_after=None, left_before=None)

    @given(SEEN, GRACES)
    def test_a_larger_grace_never_says_more(self, what: Seen, grace: int) -> None:
        assert set(punctuality_of(what, grace + 1).lapses) <= set(punctuality_of(what, grace).lapses)

    @given(SEEN, GRACES)
    def test_there_is_something_to_say_of_exactly_those_whom_the_list_is_read_for(self, what: Seen, grace: int) -> None:
        """The condition of ``repository/punctuality.py``, in Python."""
        read = (
            what.counts_after is None
            or what.counted_before is None
            or what.opened_after is not None
            or what.forced
            or max(what.counts_after, what.counted_before) >= beyond(grace)
        )
        assert bool(punctuality_of(what, grace).lapses) == read
