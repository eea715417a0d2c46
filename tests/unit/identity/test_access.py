"""Passwords, account names, growing delays, and limits on codes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.domain.access import CodeLimits, LockoutPolicy, account_name_fault, password_fault

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LIMITS = CodeLimits(((MINUTE, 1), (HOUR, 5), (DAY, 10)))


@pytest.mark.parametrize("password", ["Kapok-2026", "abcdefg1", "木棉花开-2026春", "correct horse battery"])
def test_a_password_of_two_kinds_of_characters_is_taken(password: str) -> None:
    assert password_fault(password, "gz-youth", "13900001234") is None


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("Ab1", "weak_password"),
        ("abcdefgh", "weak_password"),
        ("12345678", "weak_password"),
        ("Passw0rd", "guessable_password"),
        ("A1234567", "guessable_password"),
        ("x13900001234", "guessable_password"),
        ("KAPOK-team1", "guessable_password"),
    ],
)
def test_a_password_that_can_be_guessed_is_refused(password: str, code: str) -> None:
    fault = password_fault(password, "kapok-team", "13900001234", None)
    assert fault is not None
    assert fault.code == code


@pytest.mark.parametrize("name", ["gz-youth", "team.01", "abcd"])
def test_an_account_name_starts_with_a_letter(name: str) -> None:
    assert account_name_fault(name) is None


@pytest.mark.parametrize("name", ["abc", "13900001234", "e12345678", "h12345678", "a@example.org", "-abcd", "广州青年"])
def test_an_account_name_may_look_like_no_other_way_to_sign_in(name: str) -> None:
    assert account_name_fault(name) is not None


def test_the_delay_starts_after_the_free_failures_and_doubles_up_to_an_hour() -> None:
    seconds = [LockoutPolicy().delay_after(failures).total_seconds() for failures in range(1, 14)]
    assert seconds == [0, 0, 0, 0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert LockoutPolicy().delay_after(100_000).total_seconds() == 3600


def test_one_code_a_minute_five_an_hour_ten_a_day() -> None:
    assert LIMITS.retry_after([], NOW) == 0
    assert LIMITS.retry_after([NOW - timedelta(seconds=20)], NOW) == 40
    five = [NOW - timedelta(minutes=10 * n + 5) for n in range(5)]
    assert LIMITS.retry_after(five, NOW) == 15 * 60
    ten = [NOW - timedelta(hours=2 * n + 1, minutes=5) for n in range(10)]
    assert LIMITS.retry_after(ten, NOW) == (24 * 60 - 19 * 60 - 5) * 60


@given(st.lists(st.integers(0, 100_000), max_size=30))
def test_whoever_waits_as_long_as_told_is_served(ages: list[int]) -> None:
    sent = [NOW - timedelta(seconds=age) for age in ages]
    wait = LIMITS.retry_after(sent, NOW)
    assert LIMITS.retry_after(sent, NOW + timedelta(seconds=wait)) == 0
    if wait > 1:
        assert LIMITS.retry_after(sent, NOW + timedelta(seconds=wait - 1)) > 0
