"""The texts on a certificate: a serial that shows a slip, and a code that nobody guesses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.attendance.domain.certificates import new_code, read_code, read_serial, serial_of

NUMBERS = st.integers(1, 99_999_999)


@given(NUMBERS)
def test_a_serial_reads_back_however_it_is_spaced(number: int) -> None:
    serial = serial_of(2026, number)
    assert read_serial(serial) == serial
    assert read_serial(serial.replace("-", "")) == serial
    assert read_serial(f" {serial.replace('-', ' ')} ") == serial


@given(NUMBERS, st.integers(0, 12), st.integers(1, 9))
def test_any_wrong_digit_is_told(number: int, place: int, change: int) -> None:
    digits = serial_of(2026, number).replace("-", "")
    wrong = digits[:place] + str((int(digits[place]) + change) % 10) + digits[place + 1 :]
    assert read_serial(wrong) is None


@pytest.mark.parametrize("typed", ["", "2026", "2026-0000-0001-x", "２０２６-0000-0001-4", "2026-0000-0001-14"])
def test_what_is_no_serial_is_none(typed: str) -> None:
    assert read_serial(typed) is None


def test_codes_differ_and_are_read_as_they_are_misread() -> None:
    codes = {new_code() for _ in range(1000)}
    assert len(codes) == 1000
    assert all(read_code(code) == code and len(code) == 16 for code in codes)
    assert read_code("oil0-abcd efgh-1234") == "0110ABCDEFGH1234"
