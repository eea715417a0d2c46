"""Taking part."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Enroll:
    """One's own enrollment for one shift. ``accompanied_by``: the adult who comes along, by name."""

    activity_id: str
    shift_id: str
    accompanied_by: str | None


@dataclass(frozen=True, kw_only=True)
class WithdrawEnrollment:
    """Take one's own enrollment back."""

    enrollment_id: str


@dataclass(frozen=True, kw_only=True)
class AnswerOffer:
    """Take or decline a place that became free."""

    enrollment_id: str
    accept: bool


@dataclass(frozen=True, kw_only=True)
class DecideEnrollment:
    """Accept or reject one who applied; a rejection has a reason: a listed one, free text, or both."""

    enrollment_id: str
    accept: bool
    reason: str | None
    reason_code: str | None


@dataclass(frozen=True, kw_only=True)
class DecideEnrollments:
    """The same for many of one activity."""

    activity_id: str
    decisions: list[DecideEnrollment]


@dataclass(frozen=True, kw_only=True)
class ListRejectionReasons:
    """The reasons that an organizer may choose from."""

    kind: str


@dataclass(frozen=True, kw_only=True)
class ListEnrollments:
    """A page of an activity's enrollments, in the order in which they came. ``missing``: see ``ListEnrollments``."""

    activity_id: str
    shift_id: str | None
    status: str | None
    missing: bool
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class ListMyActivities:
    """A page of one's own enrollments with their activities (notice, attachment 2, 二.6)."""

    state: str | None
    limit: int
    cursor: str | None
