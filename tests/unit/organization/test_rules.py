"""The tree's places, regions, credit codes, states, ages and shares."""

from __future__ import annotations

from hypothesis import strategies as st

from services.organization.domain import (
    Kind,
    may_stand_under,
)

REGIONS = st.from_regex(r"[1-9]\d{5}", fullmatch=True)


def test_only_a_province_has_no_parent_and_it_never_has_one() -> None:
    assert [kind for kind in Kind if may_stand_under(kind, None)] == [Kind.PROVINCE]
    assert not any(may_stand_under(Kind.PROVINCE, parent) for parent in Kind)
