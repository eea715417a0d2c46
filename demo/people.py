"""Invented people: names, certificates and phone numbers that are well formed and belong to nobody.

Why this module exists: the demonstration can be run again and again on one platform, so every run needs people whom
the platform has not seen. Certificates carry a division code that GB/T 2260 gives to no place, and phone numbers begin
with ranges that no operator has been given.
"""

from __future__ import annotations

import random
import secrets
from dataclasses import dataclass
from datetime import date, timedelta

PASSWORD = "Xing-Shan-2017"  # of every invented account

_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
_GIVEN = "安晨川达恩芳耕浩佳楷岚明宁诺鹏琪荣书桐薇希妍泽智"
_NO_DIVISION = "449900"
_UNASSIGNED = ("140", "142", "143", "144", "154", "160", "161", "163", "164", "168", "169", "179")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"


@dataclass(frozen=True)
class Person:
    """Somebody who could register."""

    name: str
    cert_no: str
    phone: str
    birth_date: date

    @property
    def masked_cert_no(self) -> str:
        """The number as reviewers and banks' clerks should never see it in full."""
        return f"{self.cert_no[:3]}{'*' * 11}{self.cert_no[-4:]}"


class Invented:
    """The people of one run. ``number`` tells this run's names from those of other runs."""

    def __init__(self, today: date) -> None:
        self.number = f"{secrets.randbelow(100_000):05d}"
        self._today = today
        self._random = random.Random(secrets.randbits(64))
        self._range = self._random.choice(_UNASSIGNED)
        self._phones = 0
        self._certificates: set[str] = set()

    def person(self, *, age: int | None = None) -> Person:
        """Somebody new; a grown-up of any age unless one is asked for."""
        birth_date = self._birth_date(self._random.randint(19, 60) if age is None else age)
        name = self._random.choice(_SURNAMES) + "".join(self._random.sample(_GIVEN, 2))
        return Person(name, self._certificate(birth_date), self.phone(), birth_date)

    def phone(self) -> str:
        """A number that reaches nobody, new in this run."""
        self._phones += 1
        return f"{self._range}{self.number}{self._phones:03d}"

    def certificate_of_the_unborn(self) -> str:
        """A well-formed number whose birth date lies in the future."""
        return self._certificate(self._today + timedelta(days=400))

    def _birth_date(self, age: int) -> date:
        return date(self._today.year - age, 1, 1) - timedelta(days=self._random.randint(1, 300))

    def _certificate(self, birth_date: date) -> str:
        while True:
            number = resident_id(birth_date, self._random.randrange(1000))
            if number not in self._certificates:
                self._certificates.add(number)
                return number


def resident_id(birth_date: date, sequence: int) -> str:
    """A resident ID number with the right check character (GB 11643), of no real division."""
    first_17 = f"{_NO_DIVISION}{birth_date:%Y%m%d}{sequence:03d}"
    return first_17 + _check_character(first_17)


def with_wrong_check_digit(cert_no: str) -> str:
    """The same number with another last character."""
    return cert_no[:-1] + ("0" if cert_no[-1] != "0" else "1")


def _check_character(first_17: str) -> str:
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first_17, strict=True))
    return _CHECK_CHARACTERS[total % 11]
