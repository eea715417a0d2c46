"""Where: regions by their division codes (GB/T 2260), and circles on the map."""

from __future__ import annotations

import math
from dataclasses import dataclass

EARTH_RADIUS_METRES = 6_371_000
_METRES_PER_DEGREE = math.pi * EARTH_RADIUS_METRES / 180

CELLS_A_DEGREE = 25
"""Cells of the map, some 4 km wide: a whole number, so that the database counts as Python does."""
CELL_ROW = 10_000
"""The number of a cell is its row times this and its column: more than there are cells around the earth."""


def region_prefix(region: str) -> str:
    """What every code inside ``region`` begins with: ``440000`` -> ``44``, ``440100`` -> ``4401``."""
    if region.endswith("0000"):
        return region[:2]
    return region[:4] if region.endswith("00") else region


@dataclass(frozen=True)
class Circle:
    """All within ``km`` of a point, in degrees of WGS 84; distances are whole metres."""

    latitude: float
    longitude: float
    km: float

    @property
    def metres(self) -> int:
        """The radius."""
        return round(self.km * 1000)

    @property
    def latitudes(self) -> tuple[float, float]:
        """The band of latitudes that holds the circle: what an index can find."""
        reach = (self.metres + 1) / _METRES_PER_DEGREE
        return self.latitude - reach, self.latitude + reach

    @property
    def longitudes(self) -> tuple[float, float] | None:
        """As far as it reaches to the west and to the east; None around a pole or across the 180th meridian."""
        angle = (self.metres + 1) / EARTH_RADIUS_METRES
        ratio = math.sin(angle) / max(math.cos(math.radians(self.latitude)), 1e-9)
        if ratio >= 1:
            return None
        reach = math.degrees(math.asin(ratio))
        west, east = self.longitude - reach, self.longitude + reach
        return (west, east) if west >= -180 and east <= 180 else None

    def cells(self, most: int) -> list[int] | None:
        """The numbers of the cells that it lies in, in order; None if they are more than ``most``, or if it lies around
        a pole or across the 180th meridian."""
        if self.longitudes is None:
            return None
        (south, north), (west, east) = (
            [math.floor(degrees * CELLS_A_DEGREE) for degrees in span] for span in (self.latitudes, self.longitudes)
        )
        if (north - south + 1) * (east - west + 1) > most:
            return None
        return [row * CELL_ROW + column for row in range(south, north + 1) for column in range(west, east + 1)]
