"""Recurrence rules: which days they mean, and what is refused before anybody follows it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.activity.domain.repeating import RepeatingRules, days_of
from services.chassis.errors import Invalid

SATURDAY = date(2026, 3, 7)
RULES = RepeatingRules(longest=timedelta(days=366), most=104)
DAY_NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def refused(rule: str, *excluded: date, first: date = SATURDAY) -> list[str]:
    """``field:code`` of what is wrong with a rule."""
    with pytest.raises(Invalid) as refusal:
        days_of(rule, first, excluded, RULES)
    return [f"{error.field}:{error.code}" for error in refusal.value.errors]


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=WEEKLY;BYDAY=SA;COUNT=3", ["2026-03-07", "2026-03-14", "2026-03-21"]),
        ("FREQ=WEEKLY;BYDAY=SA,SU;COUNT=3", ["2026-03-07", "2026-03-08", "2026-03-14"]),
        ("rrule:freq=weekly;interval=2;until=20260405", ["2026-03-07", "2026-03-21", "2026-04-04"]),
        ("FREQ=DAILY;UNTIL=20260309", ["2026-03-07", "2026-03-08", "2026-03-09"]),
        ("FREQ=MONTHLY;BYDAY=1SA;COUNT=3", ["2026-03-07", "2026-04-04", "2026-05-02"]),
        ("FREQ=MONTHLY;BYDAY=SA;BYSETPOS=1;COUNT=2", ["2026-03-07", "2026-04-04"]),
        ("FREQ=DAILY;COUNT=1", ["2026-03-07"]),
    ],
)
def test_a_rule_means_days_in_guangdong(rule: str, days: list[str]) -> None:
    assert [day.isoformat() for day in days_of(rule, SATURDAY, [], RULES)] == days


def test_days_may_be_left_out() -> None:
    holiday = date(2026, 3, 14)
    assert days_of("FREQ=WEEKLY;COUNT=3", SATURDAY, [holiday], RULES) == [SATURDAY, date(2026, 3, 21)]


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("FREQ=WEEKLY", "endless"),
        ("FREQ=WEEKLY;COUNT=2;UNTIL=20260401", "endless"),
        ("every saturday", "bad_rule"),
        ("FREQ=HOURLY;COUNT=2", "bad_rule"),
        ("FREQ=YEARLY;COUNT=2", "bad_rule"),
        ("FREQ=DAILY;BYHOUR=1;COUNT=2", "bad_rule"),
        ("FREQ=DAILY;FREQ=DAILY;COUNT=2", "bad_rule"),
        ("FREQ=DAILY;INTERVAL=0;COUNT=2", "bad_rule"),
        ("FREQ=DAILY;COUNT=0", "bad_rule"),
        ("FREQ=DAILY;COUNT=-1", "bad_rule"),
        ("FREQ=DAILY;COUNT=٣", "bad_rule"),
        ("FREQ=DAILY;UNTIL=20260401T000000Z", "bad_rule"),
        ("FREQ=DAILY;BYDAY=XX;COUNT=2", "bad_rule"),
        ("FREQ=MONTHLY;BYMONTHDAY=x;COUNT=2", "bad_rule"),
        ("FREQ=MONTHLY;BYMONTHDAY=;COUNT=2", "bad_rule"),
        ("FREQ=DAILY;COUNT=105", "too_many"),
        ("FREQ=DAILY;UNTIL=20260930", "too_many"),
        ("FREQ=WEEKLY;COUNT=60", "too_long"),
        ("FREQ=WEEKLY;UNTIL=20280101", "too_long"),
        ("FREQ=WEEKLY;BYDAY=SU;COUNT=2", "not_its_first_day"),
        # a day that never comes: nobody looks for it beyond a year
        ("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1", "too_long"),
    ],
)
def test_what_is_no_rule_is_refused_with_a_reason(rule: str, code: str) -> None:
    assert refused(rule) == [f"repeat.rule:{code}"]


def test_only_a_later_day_of_the_rule_is_left_out() -> None:
    wrong = ["repeat.except.0:not_an_occurrence", "repeat.except.1:not_an_occurrence"]
    assert refused("FREQ=WEEKLY;COUNT=3", SATURDAY, date(2026, 3, 15)) == wrong


@given(
    first=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    frequency=st.sampled_from([("DAILY", 1), ("WEEKLY", 7)]),
    interval=st.integers(1, 6),
    count=st.integers(1, 104),
)
def test_an_interval_gives_exactly_so_many_days_evenly_apart(
    first: date, frequency: tuple[str, int], interval: int, count: int
) -> None:
    word, days = frequency
    step = timedelta(days=days * interval)
    rule = f"FREQ={word};INTERVAL={interval};COUNT={count}"
    if step * (count - 1) > RULES.longest:
        assert refused(rule, first=first) == ["repeat.rule:too_long"]
    else:
        assert days_of(rule, first, [], RULES) == [first + step * n for n in range(count)]


@given(
    first=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    others=st.sets(st.sampled_from(DAY_NAMES)),
    length=st.integers(0, 366),
)
def test_days_ascend_and_never_repeat_and_every_one_of_them_fits(first: date, others: set[str], length: int) -> None:
    wanted = {*others, DAY_NAMES[first.weekday()]}
    last = first + timedelta(days=length)
    rule = f"FREQ=WEEKLY;BYDAY={','.join(sorted(wanted))};UNTIL={last:%Y%m%d}"
    expected = [day for n in range(length + 1) if DAY_NAMES[(day := first + timedelta(days=n)).weekday()] in wanted]
    if len(expected) > RULES.most:
        assert refused(rule, first=first) == ["repeat.rule:too_many"]
    else:
        assert days_of(rule, first, [], RULES) == expected


LIKE_RULES = st.from_regex(r"FREQ=(DAILY|WEEKLY|MONTHLY);[A-Z]{2,8}=[-+,0-9A-Z]{0,8};COUNT=[0-9]{1,3}")


@given(st.text(max_size=60) | LIKE_RULES)
def test_whatever_a_stranger_writes_is_days_or_refused(rule: str) -> None:
    try:
        days = days_of(rule, SATURDAY, [], RULES)
    except Invalid:
        return
    assert days[0] == SATURDAY
    assert days == sorted(set(days))
    assert len(days) <= RULES.most
