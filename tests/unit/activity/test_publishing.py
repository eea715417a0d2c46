"""The publishing policies, each by itself, and all of them over many plans."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.activity.domain.publishing import POLICIES, Plan, PlannedShift, PublishingRules, violations

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
RULES = PublishingRules(
    longest=timedelta(days=366),
    shortest_address=6,
    banned_title_words=("补录",),
    banned_words=("会议", "促销"),
    banned_categories=("meeting",),
    dangerous_categories=("emergency",),
    dangerous_min_age=18,
)


def shift(starts: float = 24, hours: float = 3, **values: Any) -> PlannedShift:
    """A shift so many hours from now."""
    starts_at = NOW + timedelta(hours=starts)
    return PlannedShift(starts_at=starts_at, ends_at=starts_at + timedelta(hours=hours), **{"capacity": 1, **values})


SAFE: dict[str, Any] = {
    "insurance_note": "由主办方统一投保",
    "risk_note": "水流湍急，有溺水风险",
    "min_age": 18,
    "skills": ("水上救援",),
}
GOOD = Plan(
    title="越秀公园环境清洁",
    category="environment",
    description="清理垃圾",
    region="440104",
    address="解放北路988号",
    contact="李老师",
    enroll_by=NOW + timedelta(hours=20),
    insurance_note="",
    shifts=(shift(),),
)


def broken(**changes: Any) -> list[str]:
    """``field:code`` of everything wrong with the good plan after these changes."""
    return [f"{e.field}:{e.code}" for e in violations(replace(GOOD, **changes), RULES, NOW)]


def test_a_good_plan_breaks_nothing() -> None:
    assert broken() == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"title": "三月服务补录"}, ["title:banned_word"]),
        ({"title": "商场促销会议"}, ["title:banned_word", "title:banned_word"]),
        ({"category": "meeting"}, ["category:banned_category"]),
        (
            {"category": "emergency"},
            [
                "insurance_note:required",
                "risk_note:required",
                "requirements.min_age:too_young",
                "requirements.skills:required",
            ],
        ),
        ({"category": "emergency", **SAFE, "min_age": 17}, ["requirements.min_age:too_young"]),
        ({"category": "emergency", **SAFE}, []),
        ({"address": "广州市"}, ["address:not_exact"]),
        ({"address": ""}, ["address:required"]),
        ({"shifts": ()}, ["shifts:required"]),
        ({"shifts": (shift(0),), "enroll_by": NOW}, ["shifts.0.starts_at:not_in_future", "enroll_by:not_in_future"]),
        ({"shifts": (shift(), shift(-2, settled=True))}, []),
        ({"shifts": (shift(hours=0),)}, ["shifts.0.ends_at:ends_before_start"]),
        ({"shifts": (shift(capacity=0),)}, ["shifts.0.capacity:out_of_range"]),
        ({"shifts": (shift(), shift(24 * 367))}, ["shifts.1.ends_at:too_long"]),
        ({"shifts": (shift(hours=24 * 366),)}, []),
        ({"enroll_by": NOW + timedelta(hours=24)}, []),
        ({"enroll_by": NOW + timedelta(hours=24, seconds=1)}, ["enroll_by:after_last_start"]),
        ({"enroll_by": NOW}, ["enroll_by:not_in_future"]),
        ({"enroll_by": None}, ["enroll_by:required"]),
        ({"min_age": 60, "max_age": 18}, ["requirements.max_age:below_min_age"]),
        ({"min_age": 18, "max_age": 18}, []),
    ],
)
def test_each_policy_names_its_field(changes: dict[str, Any], expected: list[str]) -> None:
    assert broken(**changes) == expected


def test_every_policy_says_why_it_exists() -> None:
    assert all(policy.__doc__ for policy in POLICIES)


hours = st.floats(min_value=-10_000, max_value=20_000)
shifts = st.lists(
    st.builds(shift, hours, st.floats(min_value=-100, max_value=10_000), capacity=st.integers(-2, 5)), max_size=5
)


@given(shifts=shifts, by=hours)
def test_what_passes_is_ahead_of_us_in_order_and_at_most_a_year_long(shifts: list[PlannedShift], by: float) -> None:
    plan = replace(GOOD, shifts=shifts, enroll_by=NOW + timedelta(hours=by))
    found = violations(plan, RULES, NOW)
    sound = bool(shifts) and all(s.starts_at > NOW and s.ends_at > s.starts_at and s.capacity >= 1 for s in shifts)
    if sound:
        first, last = min(s.starts_at for s in shifts), max(s.ends_at for s in shifts)
        sound = last - first <= RULES.longest and NOW < plan.enroll_by <= max(s.starts_at for s in shifts)  # type: ignore[operator]
    assert (found == []) == sound


@given(shifts=shifts)
def test_every_named_shift_exists(shifts: list[PlannedShift]) -> None:
    for error in violations(replace(GOOD, shifts=shifts), RULES, NOW):
        if error.field.startswith("shifts."):
            assert int(error.field.split(".")[1]) < len(shifts)
