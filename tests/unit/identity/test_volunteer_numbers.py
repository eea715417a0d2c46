"""Volunteer numbers: one check digit finds what people do wrong when they type."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.identity.domain.volunteer_numbers import HIGHEST, LOWEST, is_volunteer_no, volunteer_no

numbers = st.integers(LOWEST, HIGHEST).map(volunteer_no)


def test_the_check_digit_is_that_of_the_standard() -> None:
    """ISO 7064's own example for MOD 11,10: 0794 has the check digit 5; here behind eleven digits."""
    assert volunteer_no(10_000_000_000)[-1] == check_digit("10000000000")


def check_digit(digits: str) -> str:
    """MOD 11,10 tried out: the one digit that makes the whole come to 1."""
    for candidate in "0123456789":
        product = 10
        for digit in digits:
            total = (product + int(digit)) % 10
            product = (total or 10) * 2 % 11
        if (product + int(candidate)) % 10 == 1:
            return candidate
    raise AssertionError("every row of digits has a check digit")


def test_the_reference_implementation_knows_the_example_of_the_standard() -> None:
    assert check_digit("0794") == "5"


@given(numbers)
def test_every_number_has_twelve_digits_and_is_recognised(number: str) -> None:
    assert len(number) == 12
    assert number[-1] == check_digit(number[:-1])
    assert is_volunteer_no(number)


@given(numbers, st.integers(0, 11), st.integers(1, 9))
def test_no_single_wrong_digit_is_recognised(number: str, place: int, offset: int) -> None:
    wrong = f"{number[:place]}{(int(number[place]) + offset) % 10}{number[place + 1 :]}"
    assert not is_volunteer_no(wrong)


@given(st.text(max_size=14))
def test_other_text_is_no_number(text: str) -> None:
    assert not is_volunteer_no(text) or (len(text) == 12 and text.isascii() and text.isdigit())
