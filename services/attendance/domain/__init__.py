"""The rules of attendance: states, when and where a scan counts, what time it is worth, stars. No I/O.

Sources: notice, attachment 2, 二.7 (scans), 二.8 (disclosure, objections), 三.9 (codes, supplements, in-person
verification); FACTS.md (real time served: 民政部令67号; pairs a day, fence, disclosure days: practice, so settings).
"""

from __future__ import annotations

from services.attendance.domain.place import Fence, Place
from services.attendance.domain.stars import STAR_HOURS, minutes_to_next_star, star_of
from services.attendance.domain.states import (
    OBJECTIONABLE,
    REVIEWED_AS,
    Direction,
    DisclosureStatus,
    ObjectionStatus,
    Provenance,
    RecordStatus,
    SupplementStatus,
    change_status,
    of_pair,
)
from services.attendance.domain.time import LONGEST_SERVICE, Interval, scan_window, served

__all__ = [
    "LONGEST_SERVICE",
    "OBJECTIONABLE",
    "REVIEWED_AS",
    "STAR_HOURS",
    "Direction",
    "DisclosureStatus",
    "Fence",
    "Interval",
    "ObjectionStatus",
    "Place",
    "Provenance",
    "RecordStatus",
    "SupplementStatus",
    "change_status",
    "minutes_to_next_star",
    "of_pair",
    "scan_window",
    "served",
    "star_of",
]
