"""Where records, supplements, objections and disclosures stand (DESIGN.md, 6), and where minutes come from."""

from __future__ import annotations

from enum import StrEnum

from services.chassis.errors import IllegalTransition


class Direction(StrEnum):
    """Which way a code leads: into the shift or out of it."""

    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"


class Provenance(StrEnum):
    """Where minutes in the ledger come from. Every minute keeps it for good (FACTS.md, 志愿汇)."""

    SCAN = "scan"
    OFFLINE_SCAN = "offline_scan"
    STATIC_CODE = "static_code"
    ORGANIZER = "organizer"
    SUPPLEMENT = "supplement"
    CORRECTION = "correction"


BY_SCAN = (Provenance.SCAN, Provenance.OFFLINE_SCAN, Provenance.STATIC_CODE)
"""Ways in which a code is scanned, from what proves most to what proves least."""


def of_pair(signed_in_by: Provenance, signed_out_by: Provenance) -> Provenance:
    """Where the minutes between two scans come from: they are worth what the weaker of the two proves.

    A code on a screen that was scanned at once proves most. One that was handed in later proves its step. A printed one
    proves no moment at all.
    """
    return max(signed_in_by, signed_out_by, key=BY_SCAN.index)


class RecordStatus(StrEnum):
    """Where a service record stands (DESIGN.md, 6. States)."""

    OPEN = "open"
    RECORDED = "recorded"
    DISCLOSED = "disclosed"
    FROZEN = "frozen"
    CONFIRMED = "confirmed"


class SupplementStatus(StrEnum):
    """Where a supplement stands."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"


REVIEWERS = ("owner", "reviewer")
"""Who decides, at an organization above."""

REVIEWED_AS = {
    "pending": SupplementStatus.SUBMITTED,
    "approved": SupplementStatus.APPROVED,
    "rejected": SupplementStatus.REJECTED,
}
"""The words that all kinds of reviews share (API.md), and what they mean for a supplement."""


class CorrectionStatus(StrEnum):
    """Where a correction stands: asked for by the volunteer, or granted from the start by whoever corrects unasked."""

    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class MissingEntryStatus(StrEnum):
    """Where a volunteer's claim stands that their hours are missing; confirmed, it goes on as a supplement."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class ObjectionStatus(StrEnum):
    """Where an objection stands."""

    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


CORRECTIONS_REVIEWED_AS = {
    "pending": CorrectionStatus.REQUESTED,
    "approved": CorrectionStatus.GRANTED,
    "rejected": CorrectionStatus.REFUSED,
}
MISSING_ENTRIES_REVIEWED_AS = {
    "pending": MissingEntryStatus.ASKED,
    "approved": MissingEntryStatus.CONFIRMED,
    "rejected": MissingEntryStatus.REJECTED,
}
OBJECTIONS_REVIEWED_AS = {
    "pending": ObjectionStatus.OPEN,
    "approved": ObjectionStatus.UPHELD,
    "rejected": ObjectionStatus.DISMISSED,
}
"""The words that all kinds of reviews share (API.md), and what they mean for corrections, missing hours, and objections
with their appeals. What somebody withdrew is no review any more."""


class DisclosureStatus(StrEnum):
    """Whether objections to an activity's hours are still taken."""

    OPEN = "open"
    CLOSED = "closed"


_NEXT: dict[RecordStatus, frozenset[RecordStatus]] = {
    RecordStatus.OPEN: frozenset({RecordStatus.RECORDED}),
    RecordStatus.RECORDED: frozenset({RecordStatus.DISCLOSED}),
    RecordStatus.DISCLOSED: frozenset({RecordStatus.FROZEN, RecordStatus.CONFIRMED}),
    RecordStatus.FROZEN: frozenset({RecordStatus.DISCLOSED}),
    RecordStatus.CONFIRMED: frozenset({RecordStatus.DISCLOSED}),  # what is raised is shown again (ADR 0031)
}


OBJECTIONABLE = frozenset({RecordStatus.DISCLOSED, RecordStatus.FROZEN})
"""The states in which anybody may object to a record, and in which the public sees it."""


CORRECTABLE = frozenset({RecordStatus.RECORDED, RecordStatus.DISCLOSED, RecordStatus.CONFIRMED})
"""The states in which a record's time is corrected; an open one is signed out, a frozen one waits for its objection."""


def change_status(current: str, attempted: RecordStatus) -> RecordStatus:
    """``attempted``, if a record may go there from ``current``; raises ``IllegalTransition``."""
    if attempted not in _NEXT[RecordStatus(current)]:
        raise IllegalTransition(current=str(current), attempted=attempted.value)
    return attempted
