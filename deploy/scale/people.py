"""Invented volunteers, each made of a serial number: no two have a phone, a certificate or a number in common.

Certificates carry a division code that GB/T 2260 gives to no place, phones a range that no operator has been given;
neither is one that the demonstration draws from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from services.identity.domain.certificates import check_character
from services.identity.domain.volunteer_numbers import HIGHEST, LOWEST, volunteer_no

_NO_DIVISION = "449901"
_UNASSIGNED = "141"
_FIRST_BIRTHDAY, _BIRTHDAYS = date(1956, 1, 1), 18_500  # to the middle of 2006
_STEP = 89_999_987  # shares no factor with how many numbers there are, so that none comes twice
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
_GIVEN = "安晨川达恩芳耕浩佳楷岚明宁诺鹏琪荣书桐薇希妍泽智"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on file."""

    name: str
    cert_no: str
    birth_date: date
    phone: str
    volunteer_no: str


def person(serial: int) -> Person:
    """The one with this serial number, 0 to 18 499 999."""
    round_, place = divmod(serial, _BIRTHDAYS)
    born = _FIRST_BIRTHDAY + timedelta(days=place)
    digits = f"{_NO_DIVISION}{born:%Y%m%d}{round_:03}"
    given = f"{_GIVEN[serial // 7 % len(_GIVEN)]}{_GIVEN[serial // 191 % len(_GIVEN)]}"
    number = LOWEST + (serial * _STEP + 12_345) % (HIGHEST - LOWEST + 1)
    return Person(
        name=_SURNAMES[serial % len(_SURNAMES)] + given,
        cert_no=digits + check_character(digits),
        birth_date=born,
        phone=f"{_UNASSIGNED}{serial:08}",
        volunteer_no=volunteer_no(number),
    )
