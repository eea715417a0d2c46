"""The rules of attendance: states, when and where a scan counts, what time it is worth, stars. No I/O.

Sources: notice, attachment 2, 二.7 (scans), 二.8 (disclosure, objections), 三.9 (codes, supplements, in-person
verification); FACTS.md (real time served: 民政部令67号; pairs a day, fence, disclosure days, what a day counts at once:
practice, so settings).
"""

from __future__ import annotations

from services.attendance.domain.offline import (
    CURED_ELSEWHERE,
    FROM_COMPANY,
    VOUCHED_FOR,
    ConflictKind,
    Mark,
    Pair,
    Resolution,
    Story,
    put_together,
)
from services.attendance.domain.place import Fence, Place
from services.attendance.domain.stars import STAR_HOURS, minutes_to_next_star, star_of
from services.attendance.domain.states import (
    BY_SCAN,
    CORRECTABLE,
    CORRECTIONS_REVIEWED_AS,
    MISSING_ENTRIES_REVIEWED_AS,
    OBJECTIONABLE,
    OBJECTIONS_REVIEWED_AS,
    REVIEWED_AS,
    REVIEWERS,
    CorrectionStatus,
    Direction,
    DisclosureStatus,
    MissingEntryStatus,
    ObjectionStatus,
    Provenance,
    RecordStatus,
    SupplementStatus,
    change_status,
    of_pair,
)
from services.attendance.domain.thresholds import (
    HELD_REVIEWED_AS,
    Band,
    DayThresholds,
    HeldStatus,
    by_day,
    in_bands,
    midnight,
)
from services.attendance.domain.time import LONGEST_SERVICE, Interval, scan_window, served

__all__ = [
    "BY_SCAN",
    "CORRECTABLE",
    "CORRECTIONS_REVIEWED_AS",
    "CURED_ELSEWHERE",
    "FROM_COMPANY",
    "HELD_REVIEWED_AS",
    "LONGEST_SERVICE",
    "MISSING_ENTRIES_REVIEWED_AS",
    "OBJECTIONABLE",
    "OBJECTIONS_REVIEWED_AS",
    "REVIEWED_AS",
    "REVIEWERS",
    "STAR_HOURS",
    "VOUCHED_FOR",
    "Band",
    "ConflictKind",
    "CorrectionStatus",
    "DayThresholds",
    "Direction",
    "DisclosureStatus",
    "Fence",
    "HeldStatus",
    "Interval",
    "Mark",
    "MissingEntryStatus",
    "ObjectionStatus",
    "Pair",
    "Place",
    "Provenance",
    "RecordStatus",
    "Resolution",
    "Story",
    "SupplementStatus",
    "by_day",
    "change_status",
    "in_bands",
    "midnight",
    "minutes_to_next_star",
    "of_pair",
    "put_together",
    "scan_window",
    "served",
    "star_of",
]
