"""States, the clock, and who may take part."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.activity.domain.enrolling import Candidate, Requirements, closes_at, places_to_take, unmet
from services.activity.domain.places import Circle, region_prefix
from services.activity.domain.states import (
    CLAIMS_TIME,
    HOLDS_A_PLACE,
    OPEN,
    ActivityStatus,
    EnrollmentStatus,
    Phase,
    change_activity,
    change_enrollment,
    decided,
    is_late,
    lets_in,
    offer_answered,
    offer_deadline,
    overlap,
    phase_of,
)
from services.chassis.errors import AlreadyDecided, IllegalTransition

START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Span:
    """From one moment to another."""

    starts_at: datetime
    ends_at: datetime


def span(start: int, minutes: int) -> Span:
    """So many minutes, from so many minutes after a fixed moment."""
    return Span(START + timedelta(minutes=start), START + timedelta(minutes=start + minutes))


spans = st.builds(span, st.integers(-500, 500), st.integers(1, 300))
moments = st.integers(-1000, 1000).map(lambda minutes: START + timedelta(minutes=minutes))


@given(spans, spans)
def test_two_spans_overlap_if_they_share_a_minute(one: Span, other: Span) -> None:
    def minutes(of: Span) -> set[datetime]:
        return {of.starts_at + timedelta(minutes=n) for n in range((of.ends_at - of.starts_at) // timedelta(minutes=1))}

    assert overlap(one, other) == overlap(other, one) == bool(minutes(one) & minutes(other))


@given(spans, st.integers(1, 300))
def test_back_to_back_never_overlaps(one: Span, minutes: int) -> None:
    assert not overlap(one, Span(one.ends_at, one.ends_at + timedelta(minutes=minutes)))


@given(st.lists(spans, min_size=1), moments)
def test_the_phase_follows_from_the_first_start_and_the_last_end(shifts: list[Span], now: datetime) -> None:
    phase = phase_of(shifts, now)
    assert (phase is Phase.UPCOMING) == all(now < shift.starts_at for shift in shifts)
    assert (phase is Phase.ENDED) == all(now >= shift.ends_at for shift in shifts)
    assert phase_of([], now) is None


@given(st.lists(spans, min_size=1), moments, moments)
def test_phases_only_go_forward(shifts: list[Span], one: datetime, other: datetime) -> None:
    order = list(Phase)
    earlier, later = sorted((one, other))
    assert order.index(phase_of(shifts, earlier)) <= order.index(phase_of(shifts, later))  # type: ignore[arg-type]


@given(moments, st.integers(1, 100), spans)
def test_an_offer_never_outlives_the_start(now: datetime, hours: int, shift: Span) -> None:
    deadline = offer_deadline(now, hours, shift)
    assert deadline <= shift.starts_at
    assert deadline <= now + timedelta(hours=hours)


@pytest.mark.parametrize("attempted", list(ActivityStatus))
def test_revoked_is_final(attempted: ActivityStatus) -> None:
    with pytest.raises(IllegalTransition):
        change_activity(ActivityStatus.REVOKED, attempted)
    assert change_activity(ActivityStatus.PUBLISHED, ActivityStatus.REVOKED) is ActivityStatus.REVOKED


def test_an_enrollment_takes_exactly_these_steps() -> None:
    taken = set()
    for current in EnrollmentStatus:
        for attempted in EnrollmentStatus:
            with suppress(IllegalTransition):
                taken.add(f"{current} -> {change_enrollment(current, attempted)}")
    assert taken == {
        "applied -> accepted",
        "applied -> rejected",
        "applied -> withdrawn",
        "accepted -> withdrawn",
        "accepted -> absent",
        "waitlisted -> offered",
        "waitlisted -> withdrawn",
        "waitlisted -> lapsed",
        "waitlisted -> accepted",  # let in on the spot
        "absent -> accepted",  # was there after all
        "offered -> accepted",
        "offered -> withdrawn",
        "offered -> lapsed",
    }


def test_who_holds_a_place_has_no_time_for_another() -> None:
    assert HOLDS_A_PLACE < CLAIMS_TIME < OPEN


@pytest.mark.parametrize("current", set(EnrollmentStatus) - {EnrollmentStatus.APPLIED})
def test_a_decision_is_about_somebody_who_applied(current: EnrollmentStatus) -> None:
    with pytest.raises(AlreadyDecided) as refusal:
        decided(current, accept=True)
    assert refusal.value.data == {"status": current}
    assert (decided("applied", accept=True), decided("applied", accept=False)) == ("accepted", "rejected")


@pytest.mark.parametrize("current", set(EnrollmentStatus) - {EnrollmentStatus.OFFERED})
def test_only_an_offer_can_be_answered(current: EnrollmentStatus) -> None:
    with pytest.raises(IllegalTransition):
        offer_answered(current, accept=True)
    assert (offer_answered("offered", accept=True), offer_answered("offered", accept=False)) == (
        "accepted",
        "withdrawn",
    )


def test_an_age_that_is_not_known_meets_no_requirement_of_age() -> None:
    nobody = Candidate(birth_date=None, skills=(), is_member=False)
    day = date(2026, 3, 2)
    assert list(unmet(Requirements(min_age=1), nobody, day)) == ["min_age"]
    assert list(unmet(Requirements(max_age=99), nobody, day)) == ["max_age"]
    assert list(unmet(Requirements(), nobody, day)) == []


def test_everything_unmet_is_named() -> None:
    candidate = Candidate(birth_date=date(2015, 1, 1), skills=["英语"], is_member=False)
    requirements = Requirements(min_age=18, skills=["急救", "英语"], members_only=True)
    assert list(unmet(requirements, candidate, date(2026, 3, 2))) == ["min_age", "skills", "members_only"]


@given(spans, moments, moments, st.integers(1, 50), st.integers(0, 60))
def test_no_place_can_be_taken_once_enrollment_is_closed(
    shift: Span, enroll_by: datetime, now: datetime, capacity: int, taken: int
) -> None:
    places = places_to_take(capacity, taken, closes_at(enroll_by, shift), now)
    assert 0 <= places <= capacity
    assert (places > 0) == (now < enroll_by and now < shift.starts_at and taken < capacity)


@pytest.mark.parametrize(
    ("region", "prefix"), [("440000", "44"), ("440100", "4401"), ("440104", "440104"), ("441900", "4419")]
)
def test_a_region_is_what_its_code_begins_with(region: str, prefix: str) -> None:
    assert region_prefix(region) == prefix


def test_the_band_of_latitudes_holds_the_circle() -> None:
    south, north = Circle(23.0, 113.0, 111.2).latitudes
    assert (round(south, 2), round(north, 2)) == (22.0, 24.0)


@given(spans, st.integers(0, 48), moments)
def test_only_who_gives_back_a_place_within_the_hours_is_late(shift: Span, hours: int, now: datetime) -> None:
    within = now > shift.starts_at - timedelta(hours=hours)
    for status in EnrollmentStatus:
        assert is_late(status, now, hours, shift) == (within and status == "accepted")


@given(spans, st.integers(0, 120), moments)
def test_who_just_comes_is_let_in_until_the_end_and_not_at_it(shift: Span, minutes: int, now: datetime) -> None:
    assert lets_in(now, minutes, shift) == (shift.starts_at - timedelta(minutes=minutes) <= now < shift.ends_at)
    assert not lets_in(shift.ends_at, minutes, shift)
