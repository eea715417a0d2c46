"""The tree's places, regions, credit codes, states, ages and shares."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.organization.domain import (
    Kind,
    is_uscc,
    may_stand_under,
    uscc_check_character,
)

REGIONS = st.from_regex(r"[1-9]\d{5}", fullmatch=True)


def test_only_a_province_has_no_parent_and_it_never_has_one() -> None:
    assert [kind for kind in Kind if may_stand_under(kind, None)] == [Kind.PROVINCE]
    assert not any(may_stand_under(Kind.PROVINCE, parent) for parent in Kind)


def check_character_by_search(first_17: str) -> str:
    """GB 32100: the one character that, added to the weighted sum, makes it 0 mod 31.

    The sum is a polynomial in 3, worked out by Horner's rule from the last place, and the character is searched for:
    neither powers nor a negated remainder are shared with the code under test.
    """
    found = []
    for candidate in _WEIGHED_ALPHABET:
        total = 0
        for character in reversed(first_17):
            total = total * 3 + _WEIGHED_ALPHABET.index(character)
        if (total + _WEIGHED_ALPHABET.index(candidate)) % 31 == 0:
            found.append(candidate)
    (only,) = found
    return only


# ten digits, then the letters without those that are taken for digits (I, O, Z, S) or for U (V)
_WEIGHED_ALPHABET = [*map(str, range(10)), *(chr(n) for n in range(ord("A"), ord("Z") + 1) if chr(n) not in "IOZSV")]
CODES = st.text(_WEIGHED_ALPHABET, min_size=17, max_size=17)


@pytest.mark.parametrize("code", ["91110000600037341L", "12100000400000624D"])
def test_published_credit_codes_are_taken(code: str) -> None:
    assert is_uscc(code)
    assert check_character_by_search(code[:17]) == code[17]


@given(CODES)
def test_a_credit_codes_check_character_is_the_one_that_makes_the_sum_zero(first_17: str) -> None:
    expected = check_character_by_search(first_17)
    assert uscc_check_character(first_17) == expected
    assert [c for c in _WEIGHED_ALPHABET if is_uscc(first_17 + c)] == [expected]


@given(CODES, st.integers(0, 16), st.integers(1, 30))
def test_no_single_wrong_character_of_a_credit_code_gets_through(first_17: str, place: int, offset: int) -> None:
    code = first_17 + uscc_check_character(first_17)
    changed = _WEIGHED_ALPHABET[(_WEIGHED_ALPHABET.index(code[place]) + offset) % 31]
    assert not is_uscc(code[:place] + changed + code[place + 1 :])


@given(CODES, st.integers(0, 16))
def test_no_swap_of_neighbours_in_a_credit_code_gets_through(first_17: str, place: int) -> None:
    code = first_17 + uscc_check_character(first_17)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert is_uscc(swapped) == (code[place] == code[place + 1])


@given(st.text(max_size=20))
def test_whatever_is_no_credit_code_is_refused_without_a_fault(text: str) -> None:
    assert not is_uscc(text) or check_character_by_search(text[:17]) == text[17]
