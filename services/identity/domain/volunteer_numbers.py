"""Volunteer numbers: twelve digits that say nothing about the person, with a check digit. No I/O.

The first eleven digits are drawn at random, the twelfth is ISO 7064 MOD 11,10: it finds every single wrong digit and
nearly every swap of neighbours, and needs no letter. A number in sequence would tell when somebody joined.
"""

from __future__ import annotations

LOWEST, HIGHEST = 10_000_000_000, 99_999_999_999


def volunteer_no(serial: int) -> str:
    """The number made of ``serial`` (LOWEST to HIGHEST) and its check digit."""
    if not LOWEST <= serial <= HIGHEST:
        raise ValueError("a volunteer number starts with eleven digits")
    digits = str(serial)
    return digits + str((11 - _remainder(digits)) % 10)


def is_volunteer_no(text: str) -> bool:
    """Whether ``text`` can be a volunteer number."""
    return (
        len(text) == 12
        and text.isascii()
        and text.isdigit()
        and text[0] != "0"
        and (_remainder(text[:-1]) + int(text[-1])) % 10 == 1
    )


def _remainder(digits: str) -> int:
    remainder = 10
    for digit in digits:
        total = (remainder + int(digit)) % 10 or 10
        remainder = total * 2 % 11
    return remainder
