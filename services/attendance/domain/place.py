"""Where a scan is taken."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A point on the earth, in degrees (WGS 84)."""

    latitude: float
    longitude: float

    def metres_to(self, other: Place) -> float:
        """The distance along the surface (haversine)."""
        mine, theirs = math.radians(self.latitude), math.radians(other.latitude)
        half_width = math.radians(other.longitude - self.longitude) / 2
        a = math.sin((theirs - mine) / 2) ** 2 + math.cos(mine) * math.cos(theirs) * math.sin(half_width) ** 2
        return 2 * _EARTH_RADIUS_METRES * math.asin(math.sqrt(min(1.0, a)))


_EARTH_RADIUS_METRES = 6_371_000


@dataclass(frozen=True, slots=True)
class Fence:
    """The circle from which scans are taken."""

    centre: Place
    metres: int

    def holds(self, place: Place | None) -> bool:
        """Whether ``place`` is inside; a scan that does not say where it comes from is not."""
        return place is not None and self.centre.metres_to(place) <= self.metres
