"""Where: regions by their division codes (GB/T 2260), and circles on the map."""

from __future__ import annotations

import math
from dataclasses import dataclass

EARTH_RADIUS_METRES = 6_371_000
_METRES_PER_DEGREE = math.pi * EARTH_RADIUS_METRES / 180


def region_prefix(region: str) -> str:
    """What every code inside ``region`` begins with: ``440000`` -> ``44``, ``440100`` -> ``4401``."""
    if region.endswith("0000"):
        return region[:2]
    return region[:4] if region.endswith("00") else region


@dataclass(frozen=True)
class Circle:
    """All within ``km`` of a point, in degrees of WGS 84."""

    latitude: float
    longitude: float
    km: float

    @property
    def latitudes(self) -> tuple[float, float]:
        """The band of latitudes that holds the circle: what an index can find."""
        reach = self.km * 1000 / _METRES_PER_DEGREE
        return self.latitude - reach, self.latitude + reach

    @property
    def longitudes(self) -> tuple[float, float] | None:
        """As far as it reaches to the west and to the east; None around a pole or across the 180th meridian."""
        angle = self.km * 1000 / EARTH_RADIUS_METRES
        ratio = math.sin(angle) / max(math.cos(math.radians(self.latitude)), 1e-9)
        if ratio >= 1:
            return None
        reach = math.degrees(math.asin(ratio))
        west, east = self.longitude - reach, self.longitude + reach
        return (west, east) if west >= -180 and east <= 180 else None
