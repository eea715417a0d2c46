"""What activity's requests take, and that nothing a client sends is worse than invalid."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.activity.domain.enrolling import Requirements
from services.activity.domain.places import Circle
from services.activity.schemas import activities, enrollments, invitations, search
from services.chassis.errors import Invalid
from services.chassis.ids import new_id
from services.chassis.schema import Request

REQUESTS: list[type[Request]] = [
    value
    for topic in (activities, enrollments, invitations, search)
    for value in vars(topic).values()
    if isinstance(value, type) and issubclass(value, Request) and value.__module__ == topic.__name__
]
SHIFT = {"starts_at": "2026-03-04T09:00:00+08:00", "ends_at": "2026-03-04T12:00:00+08:00", "capacity": 3}


def fields_of(request: type[Request], payload: dict[str, Any]) -> list[str]:
    """``field:code`` of everything wrong with a payload."""
    try:
        request().parse(payload)
    except Invalid as refusal:
        return sorted(f"{error.field}:{error.code}" for error in refusal.errors)
    return []


def draft(**changes: Any) -> dict[str, Any]:
    """A draft's body."""
    return {"organization_id": new_id(), "title": "越秀公园环境清洁", **changes}


def test_a_draft_needs_an_organization_and_a_title_only() -> None:
    command = activities.CreateActivity().parse(draft())
    assert (command.requirements, command.approval, command.shifts) == (Requirements(), "manual", [])
    assert fields_of(activities.CreateActivity, {}) == ["organization_id:required", "title:required"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"title": "一"}, ["title:bad_length"]),
        ({"title": "换\n行"}, ["title:unsafe_text"]),
        ({"region": "广州"}, ["region:bad_region"]),
        ({"approval": "later"}, ["approval:not_a_choice"]),
        ({"repeat": "weekly"}, ["repeat:wrong_type"]),
        ({"location": {"latitude": 91, "longitude": 0}}, ["location.latitude:out_of_range"]),
        ({"requirements": {"min_age": -1}}, ["requirements.min_age:out_of_range"]),
        ({"enroll_by": "2026-03-04T09:00:00"}, ["enroll_by:bad_time"]),
        ({"enroll_by": "9999-12-31T23:59:59Z"}, ["enroll_by:bad_time"]),
        ({"shifts": [SHIFT | {"capacity": 0}]}, ["shifts.0.capacity:out_of_range"]),
        ({"shifts": [SHIFT, SHIFT | {"shift_id": new_id()}]}, ["shifts.1.shift_id:unknown_field"]),
        ({"shifts": [SHIFT] * 101}, ["shifts:bad_length"]),
    ],
)
def test_what_no_draft_can_hold_is_named(changes: dict[str, Any], expected: list[str]) -> None:
    assert fields_of(activities.CreateActivity, draft(**changes)) == expected


def test_an_edit_holds_what_was_sent_and_nothing_else() -> None:
    command = activities.EditActivity().parse({"activity_id": new_id(), "location": None, "title": "改名"})
    assert command.changes == {"location": None, "title": "改名"}


def test_a_search_reads_a_query_string() -> None:
    query = search.SearchActivities().parse(
        {"from": "2026-03-05", "open": "true", "near": "23.13, 113.26, 5", "sort": "distance", "limit": "50"}
    )
    assert (query.open, query.near, query.limit) == (True, Circle(23.13, 113.26, 5), 50)
    assert fields_of(search.SearchActivities, {"sort": "distance"}) == ["near:required"]
    assert fields_of(search.SearchActivities, {"to": "9999-12-31"}) == ["to:bad_date"]


def test_rejections_among_many_decisions_have_reasons() -> None:
    decisions = [{"enrollment_id": new_id(), "accept": accept} for accept in (True, False)]
    payload = {"activity_id": new_id(), "decisions": decisions}
    assert fields_of(enrollments.DecideEnrollments, payload) == ["decisions.1.reason:required"]


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("2026-03-04T09:00:00Z")
names = st.sampled_from(sorted({name for request in REQUESTS for name in request().fields} | {"from", "", "?"}))
trees = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4), max_leaves=12
)


@settings(max_examples=300)
@given(request_class=st.sampled_from(REQUESTS), payload=trees | st.dictionaries(names, trees, max_size=8))
def test_whatever_is_sent_is_understood_or_invalid(request_class: type[Request], payload: Any) -> None:
    with suppress(Invalid):
        request_class().parse(payload)
