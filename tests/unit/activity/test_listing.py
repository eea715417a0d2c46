"""What an activity is found by: no word that a text holds is ever overlooked, no cell of a circle is missing."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.activity.domain import listing
from services.activity.domain.places import CELL_ROW, CELLS_A_DEGREE, EARTH_RADIUS_METRES, Circle
from services.activity.domain.searching import LONGEST, Days, Period

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
# few characters, so that words are often in texts; among them full width, a ligature, one beyond 16 bits, a lone half
TEXTS = st.text("清洁环境老人AaＡ１1ﬁ𠀀\ud840 %_")


@given(TEXTS, TEXTS, TEXTS)
def test_whatever_a_text_holds_is_looked_up_in_what_it_is_found_by(before: str, word: str, after: str) -> None:
    text = listing.folded(before) + listing.folded(word) + listing.folded(after)
    for typed in listing.words_of(word):
        assert typed in text
        assert listing.words_to_look_up(typed) <= listing.words_in(text)


def test_two_characters_are_one_thing_to_look_up_and_many_are_their_pairs() -> None:
    assert len(listing.words_to_look_up("清洁")) == 1
    assert listing.words_to_look_up("环境清洁") == set.union(*map(listing.words_to_look_up, ("环境", "境清", "清洁")))
    assert not listing.words_to_look_up("洁清") & listing.words_in("环境清洁")
    assert listing.words_to_look_up("清") <= listing.words_in("环境清洁")
    assert not listing.words_to_look_up("境清") & listing.words_in("环境 清洁")


@given(TEXTS)
def test_numbers_are_those_of_a_databases_integer(text: str) -> None:
    assert all(-(2**31) <= number < 2**31 for number in listing.words_in(text))


@pytest.mark.parametrize("typed", ["ＢＥＡＣＨ", "Beach", "beach"])
def test_width_and_case_make_no_difference(typed: str) -> None:
    assert list(listing.words_of(f"　{typed} ")) == ["beach"]


@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(0.001, 500), st.floats(0, 2 * math.pi), st.floats(0, 1))
def test_whatever_lies_in_a_circle_lies_in_one_of_its_cells(
    latitude: float, longitude: float, km: float, direction: float, share: float
) -> None:
    cells = listing.cells_that_cover(Circle(latitude, longitude, km))
    if cells is not None:
        point = _at(latitude, longitude, km * share * 0.999_999, direction)
        assert cells & listing.cells_around(*point)
        assert len(cells) <= 16


@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(0.001, 60), st.floats(0, 2 * math.pi), st.floats(0, 1))
def test_the_nearest_are_looked_for_in_every_cell_of_the_circle(
    latitude: float, longitude: float, km: float, direction: float, share: float
) -> None:
    cells = Circle(latitude, longitude, km).cells(most=300)
    if cells is not None:
        north, east = (math.floor(each * CELLS_A_DEGREE) for each in _at(latitude, longitude, km * share, direction))
        assert north * CELL_ROW + east in cells
        assert len(cells) == len(set(cells)) <= 300


def _at(latitude: float, longitude: float, km: float, direction: float) -> tuple[float, float]:
    """The point so far away on the sphere."""
    angle, here = km * 1000 / EARTH_RADIUS_METRES, math.radians(latitude)
    sine = math.sin(here) * math.cos(angle) + math.cos(here) * math.sin(angle) * math.cos(direction)
    there = math.asin(max(-1.0, min(1.0, sine)))
    aside = math.atan2(
        math.sin(direction) * math.sin(angle) * math.cos(here), math.cos(angle) - math.sin(here) * math.sin(there)
    )
    return math.degrees(there), longitude + math.degrees(aside)


def test_a_circle_of_a_province_or_around_a_pole_is_no_matter_of_cells() -> None:
    assert listing.cells_that_cover(Circle(23.1, 113.3, 5)) is not None
    assert listing.cells_that_cover(Circle(23.1, 113.3, 500)) is None
    assert listing.cells_that_cover(Circle(89.99, 113.3, 5)) is None
    assert listing.cells_that_cover(Circle(23.1, 179.99, 5)) is None
    assert Circle(23.1, 113.3, 60).cells(most=1000) is not None
    assert Circle(23.1, 113.3, 500).cells(most=1000) is None
    assert Circle(89.99, 113.3, 5).cells(most=1000) is None
    assert Circle(23.1, 179.99, 5).cells(most=1000) is None


def test_a_place_lies_in_its_district_city_and_province() -> None:
    around = listing.regions_around("440106")
    assert {listing.region(code) for code in ("440000", "440100", "440106")} == around
    assert listing.region("440104") not in around
    assert listing.region("440200") not in around


def test_months_are_those_of_guangdong_the_first_and_the_last_included() -> None:
    last_of_february = datetime(2026, 2, 28, 15, 59, tzinfo=UTC)
    first_of_march = datetime(2026, 2, 28, 16, tzinfo=UTC)
    assert not listing.months(last_of_february, last_of_february) & listing.months(first_of_march, first_of_march)
    assert len(listing.months(last_of_february, first_of_march)) == 2
    assert len(listing.months(datetime(2025, 12, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))) == 13


def test_one_day_alone_stands_for_a_year() -> None:
    assert Days.of(None, None) is None
    assert Days.of(date(2026, 1, 1), None) == Days(date(2026, 1, 1), date(2027, 1, 1))
    assert Days.of(None, date(2027, 1, 1)) == Days(date(2026, 1, 1), date(2027, 1, 1))
    assert not Days(date(2026, 1, 1), date(2027, 1, 1)).too_many
    assert Days(date(2026, 1, 1), date(2027, 1, 2)).too_many
    assert LONGEST.days == 366


def test_what_is_asked_for_ahead_is_not_looked_for_in_the_past() -> None:
    days = Days(date(2026, 1, 1), date(2026, 6, 30))
    assert Period.of(days, NOW, ahead=False).begin == datetime(2025, 12, 31, 16, tzinfo=UTC)
    assert Period.of(days, NOW, ahead=True).begin == NOW
    assert Period.of(days, NOW, ahead=True).end == datetime(2026, 6, 30, 16, tzinfo=UTC)
    assert Period.of(None, NOW, ahead=False) == Period(NOW, None)
