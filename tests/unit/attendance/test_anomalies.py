"""What looks wrong in somebody's days, and what only looks busy."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.attendance.domain import Place
from services.attendance.domain.anomalies import Finding, Presence, impossible_travel, long_days, overlaps

NINE = datetime(2026, 3, 7, 1, 0, tzinfo=UTC)
GUANGZHOU, SHENZHEN = Place(23.1291, 113.2644), Place(22.5431, 114.0579)  # 105 km apart
DAY = date(2026, 3, 7)


def presence(name: str, begins: float, ends: float, place: Place | None = GUANGZHOU) -> Presence:
    """Somebody at activity ``name``, in hours from nine o'clock."""
    return Presence(
        record_id=f"record-{name}",
        activity_id=f"activity-{name}",
        organization_id=f"organization-{name}",
        began_at=NINE + timedelta(hours=begins),
        ended_at=NINE + timedelta(hours=ends),
        day=DAY,
        minutes=round((ends - begins) * 60),
        place_in=place,
        place_out=place,
    )


class TestOverlaps:
    def found(self, *presences: Presence) -> list[Finding]:
        return list(overlaps(presences, timedelta(minutes=10)))

    def test_two_places_at_once_concern_both_organizations(self) -> None:
        (finding,) = self.found(presence("b", 1.5, 4), presence("a", 0, 2))
        assert finding.facts == {"minutes": 30, "record_ids": ["record-a", "record-b"]}
        assert finding.organization_ids == {"organization-a", "organization-b"}
        assert finding.fingerprint == "record-a:record-b"

    def test_back_to_back_and_a_few_minutes_are_nothing(self) -> None:
        assert self.found(presence("a", 0, 2), presence("b", 2, 4)) == []
        assert self.found(presence("a", 0, 2.1), presence("b", 2, 4)) == []

    def test_two_shifts_of_one_activity_are_nothing(self) -> None:
        one = presence("a", 0, 2)
        assert self.found(one, replace(one, record_id="record-b", began_at=NINE)) == []


class TestTravel:
    def found(self, *presences: Presence) -> list[Finding]:
        return list(impossible_travel(presences, fastest_kmh=150, least_km=5))

    @pytest.mark.parametrize(("gap", "findings"), [(0.0, 1), (0.5, 1), (0.69, 1), (0.72, 0), (3.0, 0)])
    def test_a_hundred_kilometres_take_their_time(self, gap: float, findings: int) -> None:
        assert len(self.found(presence("a", 0, 2), presence("b", 2 + gap, 5 + gap, SHENZHEN))) == findings

    def test_it_tells_how_far_and_in_what_time(self) -> None:
        (finding,) = self.found(presence("a", 0, 2), presence("b", 2.5, 4, SHENZHEN))
        assert finding.facts == {"kilometres": 104, "minutes": 30, "record_ids": ["record-a", "record-b"]}

    def test_an_unknown_place_and_a_rough_location_are_nothing(self) -> None:
        near = Place(GUANGZHOU.latitude + 0.02, GUANGZHOU.longitude)
        assert self.found(presence("a", 0, 2), presence("b", 2, 4, None), presence("c", 4, 5, SHENZHEN)) == []
        assert self.found(presence("a", 0, 2), presence("b", 2, 4, near)) == []

    def test_the_order_in_which_they_are_told_does_not_matter(self) -> None:
        one, other = presence("a", 0, 2), presence("b", 2.5, 4, SHENZHEN)
        assert self.found(other, one) == self.found(one, other)


def test_a_day_of_more_than_twelve_hours_is_found_and_one_of_twelve_is_not() -> None:
    twelve = [presence("a", 0, 8), presence("b", 9, 13)]
    assert list(long_days("v", twelve, 12)) == []
    (finding,) = long_days("v", [*twelve, presence("c", 14, 14.5)], 12)
    assert (finding.facts["minutes"], finding.day, len(finding.organization_ids)) == (750, DAY, 3)
    next_day = replace(presence("c", 14, 14.5), day=DAY + timedelta(days=1))
    assert list(long_days("v", [*twelve, next_day], 12)) == []
