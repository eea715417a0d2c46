"""The province's divisions by their codes (GB/T 2260): deploy/data/divisions.csv.

Why this module exists: a region is six digits to the platform and a name to people. The list is data and grows old, so
an unknown code within a known city is a warning and never a refusal.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

FILE = Path(__file__).resolve().parents[2] / "deploy" / "data" / "divisions.csv"


@cache
def names() -> dict[str, str]:
    """Every division's name by its code: the province, its 21 cities, their districts and counties."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file)}


def name_of(region: str) -> str | None:
    """The full name of a division, such as 广州市天河区; None for a code that is not listed."""
    name = names().get(region)
    if name is None or region.endswith("00"):
        return name
    return names().get(f"{region[:4]}00", "") + name
