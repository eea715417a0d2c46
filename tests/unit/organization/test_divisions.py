"""The divisions that the platform ships (GB/T 2260)."""

from __future__ import annotations

import csv
from collections import Counter

from services.chassis.regions import CITIES, PROVINCE, city_of
from services.organization import divisions

# How many districts, counties and county-level cities each city has; Dongguan and Zhongshan have none.
DISTRICTS = {
    "440100": 11, "440200": 10, "440300": 9, "440400": 3, "440500": 7, "440600": 5, "440700": 7, "440800": 9,
    "440900": 5, "441200": 8, "441300": 5, "441400": 8, "441500": 4, "441600": 6, "441700": 4, "441800": 8,
    "445100": 3, "445200": 5, "445300": 5,
}  # fmt: skip


def codes() -> list[str]:
    with divisions.FILE.open(encoding="utf-8", newline="") as file:
        return [row["code"] for row in csv.DictReader(file)]


def test_codes_are_unique_in_order_and_within_a_known_city() -> None:
    assert codes() == sorted(set(codes()))
    assert all(city_of(code) for code in codes() if code != PROVINCE)


def test_the_cities_are_those_every_service_knows_and_each_has_its_districts() -> None:
    named = divisions.names()
    assert {code: named[code] for code in CITIES} == {code: f"{name}市" for code, name in CITIES.items()}
    districts = Counter(city_of(code) for code in codes() if not code.endswith("00"))
    assert districts == DISTRICTS
    assert districts.total() == 122


def test_a_region_has_its_full_name() -> None:
    assert divisions.name_of("440106") == "广州市天河区"
    assert divisions.name_of("441900") == "东莞市"
    assert divisions.name_of("440199") is None
