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
