"""What masked values show, and that they never show the whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.masking import masked_email, masked_mobile, masked_name


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张三丰", "张*丰"), ("李四", "李*"), ("欧阳若水", "欧**水"), ("林", "*"), ("", "*"), ("Ann Lee", "A*****e")],
)
def test_of_a_name_the_first_and_last_character_are_shown(name: str, masked: str) -> None:
    assert masked_name(name) == masked


@given(st.text(st.characters(exclude_characters="*"), max_size=30))
def test_a_masked_name_is_never_the_name(name: str) -> None:
    assert masked_name(name) != name


def test_numbers_and_addresses_keep_what_their_owner_recognises() -> None:
    assert masked_mobile("13900001234") == "139****1234"
    assert masked_email("kapok@example.org") == "k***@example.org"
