"""The tree's places, regions, credit codes, states, ages and shares."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.errors import AlreadyDecided, IllegalTransition, Invalid
from services.chassis.regions import CITIES, PROVINCE
from services.organization.domain import (
    DEFINITIONS,
    USCC_ALPHABET,
    Indicator,
    Kind,
    MembershipStatus,
    OrganizationStatus,
    age_in_days,
    change_membership,
    change_organization,
    check_as_of,
    check_decidable,
    check_reason,
    is_uscc,
    lies_within,
    masked_mobile,
    masked_name,
    may_stand_under,
    region_faults,
    share,
    uscc_check_character,
)

REGIONS = st.from_regex(r"[1-9]\d{5}", fullmatch=True)


def test_only_a_province_has_no_parent_and_it_never_has_one() -> None:
    assert [kind for kind in Kind if may_stand_under(kind, None)] == [Kind.PROVINCE]
    assert not any(may_stand_under(Kind.PROVINCE, parent) for parent in Kind)


@pytest.mark.parametrize(
    ("kind", "parents"),
    [
        (Kind.CITY, {Kind.PROVINCE}),
        (Kind.DISTRICT, {Kind.CITY}),
        (Kind.SYSTEM, {Kind.PROVINCE, Kind.CITY}),
        (Kind.UNIT, {Kind.PROVINCE, Kind.SYSTEM, Kind.CITY, Kind.DISTRICT, Kind.UNIT}),
        (Kind.TEAM, set(Kind)),
    ],
)
def test_each_kind_has_its_place(kind: Kind, parents: set[Kind]) -> None:
    assert {parent for parent in Kind if may_stand_under(kind, parent)} == parents


def test_a_team_leads_nothing_but_teams() -> None:
    assert [kind for kind in Kind if may_stand_under(kind, Kind.TEAM)] == [Kind.TEAM]


@given(REGIONS)
def test_a_division_lies_within_itself_its_city_and_its_province(region: str) -> None:
    assert lies_within(region, region)
    assert lies_within(region, region[:4] + "00")
    assert lies_within(region, region[:2] + "0000")


@given(REGIONS, REGIONS, REGIONS)
def test_lying_within_is_transitive(inner: str, middle: str, outer: str) -> None:
    if lies_within(inner, middle) and lies_within(middle, outer):
        assert lies_within(inner, outer)


def test_regions_fit_the_kind_and_the_parent() -> None:
    assert all(region_faults(Kind.CITY, city, PROVINCE) == [] for city in CITIES)
    assert region_faults(Kind.TEAM, "440106", "440100") == []
    assert [f.code for f in region_faults(Kind.TEAM, "440306", "440100")] == ["outside_parent"]
    assert [f.code for f in region_faults(Kind.CITY, "440106", PROVINCE)] == ["not_a_city"]
    assert [f.code for f in region_faults(Kind.PROVINCE, "450000", None)] == ["not_the_province"]


@pytest.mark.parametrize("code", ["91110000600037341L", "12100000400000624D"])
def test_known_credit_codes_are_right_and_every_other_check_character_is_wrong(code: str) -> None:
    assert [c for c in USCC_ALPHABET if is_uscc(code[:17] + c)] == [code[17]]


@given(st.text(USCC_ALPHABET, min_size=17, max_size=17), st.integers(0, 16), st.sampled_from(USCC_ALPHABET))
def test_one_wrong_character_is_always_found(first_17: str, place: int, other: str) -> None:
    code = first_17 + uscc_check_character(first_17)
    assert is_uscc(code)
    if other != code[place]:
        assert not is_uscc(code[:place] + other + code[place + 1 :])


@given(st.text(max_size=20))
def test_whatever_comes_is_a_credit_code_or_not(text: str) -> None:
    assert is_uscc(text) in (True, False)


@pytest.mark.parametrize("letter", "IOZSV")
def test_letters_that_look_like_digits_are_no_part_of_a_credit_code(letter: str) -> None:
    assert not is_uscc("9111000060003734" + letter + "L")


def test_an_organization_is_decided_once_and_a_rejected_one_tries_again() -> None:
    assert change_organization("pending", OrganizationStatus.ACTIVE) == "active"
    assert change_organization("rejected", OrganizationStatus.PENDING) == "pending"
    for current, attempted in (("active", "pending"), ("active", "rejected"), ("rejected", "active")):
        with pytest.raises(IllegalTransition) as refusal:
            change_organization(current, OrganizationStatus(attempted))
        assert refusal.value.data == {"current": current, "attempted": attempted}


def test_a_membership_ends_for_good() -> None:
    assert change_membership("approved", MembershipStatus.LEFT) == "left"
    for ended in ("rejected", "left"):
        for attempted in MembershipStatus:
            with pytest.raises(IllegalTransition):
                change_membership(ended, attempted)


def test_what_was_decided_is_said_to_whoever_comes_late() -> None:
    check_decidable("pending")
    with pytest.raises(AlreadyDecided) as refusal:
        check_decidable("rejected")
    assert refusal.value.data == {"status": "rejected"}


def test_only_a_rejection_needs_a_reason() -> None:
    check_reason(True, None)
    check_reason(False, "材料不全")
    with pytest.raises(Invalid):
        check_reason(False, "")


def test_age_is_counted_in_days_of_the_calendar_in_guangzhou() -> None:
    late_evening = datetime(2026, 3, 1, 15, 59, tzinfo=UTC)  # 23:59
    assert age_in_days(late_evening, datetime(2026, 3, 1, 16, 1, tzinfo=UTC)) == 1
    assert age_in_days(late_evening, late_evening) == 0


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_share_is_between_nothing_and_all_or_unknown(numerator: int, denominator: int) -> None:
    value = share(numerator, denominator)
    assert value is None if denominator == 0 else value is not None and 0 <= value <= 1


def test_the_targets_are_the_notices() -> None:
    targets = {indicator: float(definition.target) for indicator, definition in DEFINITIONS.items()}
    assert targets == {
        Indicator.ORGANIZATIONS_ON_FILE: 1.0,
        Indicator.VOLUNTEERS_ON_FILE: 1.0,
        Indicator.LEAGUE_MEMBERS_REGISTERED: 0.6,
        Indicator.CARD_HOLDERS: 0.5,
        Indicator.ORGANIZATIONS_WITH_ACTIVITY: 1.0,
    }


def test_figures_are_asked_as_of_today() -> None:
    today = date(2026, 3, 2)
    check_as_of(today, today)
    for other in (date(2026, 3, 1), date(2026, 3, 3)):
        with pytest.raises(Invalid):
            check_as_of(other, today)


def test_masks_leave_nothing_to_guess() -> None:
    assert (masked_name("林小红"), masked_name("林"), masked_name("")) == ("林**", "林", "")
    assert masked_mobile("13800000000") == "138****0000"
