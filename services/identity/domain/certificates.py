"""Which certificates are taken, how each is written, and what its number says. No I/O.

Sources: GB 11643 (resident ID) and FACTS.md, "Numbers and codes". A number decides by its form, its check digit and a
real, past birth date; an unknown region is a warning only, since codes are newer or older than any list.
The patterns of documents other than the resident ID are replaceable by a setting: no published norm covers them all.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from services.chassis.errors import FieldError


class CertType(StrEnum):
    """The kinds of certificate."""

    RESIDENT_ID = "resident_id"
    HK_MACAO_PERMIT = "hk_macao_permit"
    TAIWAN_PERMIT = "taiwan_permit"
    PASSPORT = "passport"
    FOREIGN_PERMANENT_RESIDENT = "foreign_permanent_resident"


PATTERNS: Mapping[CertType, str] = MappingProxyType(
    {
        CertType.RESIDENT_ID: r"[1-9]\d{16}[\dX]",
        CertType.HK_MACAO_PERMIT: r"[HM]\d{8}(\d{2})?",
        CertType.TAIWAN_PERMIT: r"\d{8}",
        CertType.PASSPORT: r"(E[0-9A-HJ-NP-Z]|G\d)\d{7}",
        CertType.FOREIGN_PERMANENT_RESIDENT: r"[A-Z]{3}\d{12}|9\d{16}[\dX]",
    }
)

# The first two digits of division codes (GB/T 2260), with those that Hong Kong, Macao and Taiwan residents carry.
_PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
    ]
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"
UNKNOWN_REGION = "unknown_region"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate whose number has passed its checks. ``birth_date`` is None for documents that carry none."""

    type: CertType
    number: str
    birth_date: date | None
    warnings: tuple[str, ...] = ()

    @property
    def masked(self) -> str:
        """What others may see of the number."""
        return masked_number(self.number)


class BadNumber(Exception):
    """The number is not one of this type; ``error`` says why, for the field ``cert_no``."""

    def __init__(self, error: FieldError) -> None:
        super().__init__(error.code)
        self.error = error


def normalise(text: str) -> str:
    """Half-width, upper case, without blanks and hyphens: the one spelling under which a number is kept."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()


def read_certificate(
    cert_type: CertType, text: str, *, today: date, patterns: Mapping[CertType, str] = PATTERNS
) -> Certificate:
    """The certificate with the number ``text``; raises :class:`BadNumber`."""
    number = normalise(text)
    # not `isdigit`: PATTERNS' \d must not take digits of other scripts
    if not number.isascii() or not re.fullmatch(patterns[cert_type], number):
        raise BadNumber(_wrong("bad_cert_no", "证件号码格式不正确", "is not a number of this kind of certificate"))
    if not _carries_birth_date(cert_type, number):
        return Certificate(cert_type, number, None)
    if check_character(number) != number[-1]:
        raise BadNumber(_wrong("bad_check_digit", "证件号码校验位不正确", "has a wrong check digit"))
    birth_date = _birth_date(number)
    if birth_date is None or birth_date > today:
        raise BadNumber(_wrong("bad_birth_date", "证件号码中的出生日期无效", "holds no real birth date in the past"))
    known = cert_type is not CertType.RESIDENT_ID or number[:2] in _PROVINCES
    return Certificate(cert_type, number, birth_date, () if known else (UNKNOWN_REGION,))


def check_character(number: str) -> str:
    """The eighteenth character that belongs to the first seventeen digits (GB 11643, ISO 7064 MOD 11-2)."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number[:17], strict=True))
    return _CHECK_CHARACTERS[total % 11]


def masked_number(number: str) -> str:
    """``440***********0024``, or for short numbers ``E1*****89``: too little to be used, enough to recognise."""
    head, tail = (3, 4) if len(number) >= 15 else (2, 2)
    return number[:head] + "*" * (len(number) - head - tail) + number[-tail:]


def _carries_birth_date(cert_type: CertType, number: str) -> bool:
    return cert_type is CertType.RESIDENT_ID or (cert_type is CertType.FOREIGN_PERMANENT_RESIDENT and len(number) == 18)


def _birth_date(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def _wrong(code: str, zh: str, en: str) -> FieldError:
    return FieldError("cert_no", code, zh, en)
