"""Certificates of service: where one stands, and the two texts that name it and open it.

Sources: 民政部令67号 (proof of service is free, shows time, content and recording unit, and can be verified online).
"""

from __future__ import annotations

import secrets
from enum import StrEnum

MOST_SERVICES = 500
"""What one certificate lists. Whoever has more asks for a shorter period."""

MOST_MEMBERS = 2000
"""For how many people an organization asks at once."""


class CertificateStatus(StrEnum):
    """Whether a certificate may be relied on: what it was issued for still stands, was corrected, or it was revoked."""

    VALID = "valid"
    OUTDATED = "outdated"
    REVOKED = "revoked"


class MemberStatus(StrEnum):
    """What became of one person's certificate in a batch."""

    WAITING = "waiting"
    ISSUED = "issued"
    NOTHING = "nothing"  # what was confirmed when the batch was asked for does not stand any more


# Crockford's base 32: no letter that is read as a digit, so that a printed code can be typed.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
_CODE_LENGTH = 16
_NUMBER_DIGITS = 8


def new_code() -> str:
    """A verification code of 80 random bits: nobody finds one by trying."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH))


def read_code(typed: str) -> str:
    """``typed`` as the code that is meant: without blanks and hyphens, O as 0, I and L as 1."""
    return typed.upper().translate(_MISREAD)


def serial_of(year: int, number: int) -> str:
    """The serial of the ``number``-th certificate: ``2026-0000-0123-3``, the last digit a check digit."""
    digits = f"{year:04}{number:0{_NUMBER_DIGITS}}"
    return _grouped(digits + _check_digit(digits))


def read_serial(typed: str) -> str | None:
    """``typed`` as it is printed, whatever the hyphens and blanks; None for a mistyped one."""
    digits = typed.replace("-", "").replace(" ", "")
    if not (digits.isascii() and digits.isdecimal() and len(digits) == 4 + _NUMBER_DIGITS + 1):
        return None
    return _grouped(digits) if _check_digit(digits[:-1]) == digits[-1] else None


def _grouped(digits: str) -> str:
    return "-".join((digits[:4], digits[4:8], digits[8:12], digits[12:]))


def _check_digit(digits: str) -> str:
    """ISO/IEC 7064, MOD 11,10: tells every wrong digit and nearly every swap of two neighbours."""
    product = 10
    for digit in digits:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return str((11 - product) % 10)
