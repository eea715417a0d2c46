"""What an activity is found by, as numbers that one index can hold: the characters of its text, and its facets.

A text is its single characters and its pairs of neighbours: Chinese has no blanks to cut words at, and its words have
two characters more often than not. A facet is anything else that an activity either has or has not: a region that it
lies in, an organization that it belongs to, a month that it reaches into. Pure functions, no I/O.
"""

from __future__ import annotations

import hashlib
import struct
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache

from services.activity.domain.places import Circle, region_prefix
from services.chassis.clock import local_day

# Sides of the cells of the map, in degrees: some 2, 9, 36 and 140 km.
_CELLS = (0.02, 0.08, 0.32, 1.28)
_CELLS_A_SIDE = 4


def folded(text: str) -> str:
    """``text`` without the differences that a reader does not see: width, case, forms of the same character."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def words_in(text: str) -> set[int]:
    """Every character of a folded text, and every pair of neighbours; blanks separate."""
    found: set[int] = set()
    for run in text.split():
        found.update(_characters(run))
        found.update(_pairs(run))
    return found


def words_to_look_up(word: str) -> set[int]:
    """What the text must hold, for it to hold ``word`` (folded, no blanks): its pairs, or the one character it is.

    Necessary, not sufficient: 环境清洁 and 环境 … 境清 … 清洁 have the same pairs.
    """
    return set(_pairs(word)) or set(_characters(word))


def _characters(run: str) -> Iterator[int]:
    """Each UTF-16 unit, which is a character in all but the rarest cases."""
    units = _units(run)
    yield from struct.unpack(f">{len(units) // 2}H", units)


def _pairs(run: str) -> Iterator[int]:
    """Each unit with the next one, as an ``integer`` of PostgreSQL: none of them is also a single unit."""
    units = _units(run)
    for start in (0, 2):
        pairs = (len(units) - start) // 4
        yield from struct.unpack_from(f">{pairs}i", units, start)


def _units(run: str) -> bytes:
    return run.encode("utf-16-be", "surrogatepass")


@lru_cache(maxsize=100_000)
def facet(kind: str, value: str) -> int:
    """A facet as 64 bits of a digest: as good as an id, for no two will ever be the same."""
    return int.from_bytes(hashlib.sha256(f"{kind}:{value}".encode()).digest()[:8], "big", signed=True)


def region(code: str) -> int:
    """The facet of all that lies inside a region."""
    return facet("region", region_prefix(code))


def regions_around(code: str) -> set[int]:
    """The facets of every region that ``code`` lies in."""
    return {facet("region", code[:length]) for length in (2, 4, 6)}


def category(name: str) -> int:
    """The facet of a category."""
    return facet("category", name)


def organization(organization_id: str) -> int:
    """The facet of all that belongs to an organization or to one below it."""
    return facet("organization", organization_id.replace("-", ""))


def months(first: datetime, last: datetime) -> set[int]:
    """The facets of the months that two moments and the time between them fall into (Asia/Shanghai)."""
    begin, end = local_day(first), local_day(last)
    return {
        facet("month", f"{month // 12:04}-{month % 12 + 1:02}")
        for month in range(begin.year * 12 + begin.month - 1, end.year * 12 + end.month)
    }


def cells_around(latitude: float, longitude: float) -> set[int]:
    """The facets of the cells of the map that a point lies in, one of each size."""
    return {_cell(size, *_place(size, latitude, longitude)) for size in _CELLS}


def cells_that_cover(circle: Circle) -> set[int] | None:
    """The facets of cells that a circle lies in, of the smallest size of which few are enough; None: of none."""
    if circle.longitudes is None:
        return None
    corners = list(zip(circle.latitudes, circle.longitudes, strict=True))
    for size in _CELLS:
        (south, west), (north, east) = (_place(size, *corner) for corner in corners)
        if north - south < _CELLS_A_SIDE and east - west < _CELLS_A_SIDE:
            return {_cell(size, row, column) for row in range(south, north + 1) for column in range(west, east + 1)}
    return None


def _place(size: float, latitude: float, longitude: float) -> tuple[int, int]:
    return int(latitude // size), int(longitude // size)


def _cell(size: float, row: int, column: int) -> int:
    return facet("cell", f"{size}:{row}:{column}")


def facets_of(
    *,
    region_code: str,
    category_name: str,
    organization_path: Iterable[str],
    span: tuple[datetime, datetime],
    point: tuple[float, float] | None,
) -> set[int]:
    """Every facet of an activity. ``organization_path``: ids of its organization and of those above."""
    return {
        category(category_name),
        *regions_around(region_code),
        *map(organization, organization_path),
        *months(*span),
        *(() if point is None else cells_around(*point)),
    }


def words_of(text: str) -> list[str]:
    """The words that somebody typed, folded."""
    return folded(text).split()
