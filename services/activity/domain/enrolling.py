"""Who may take part, and until when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.activity.domain.states import Span
from services.chassis.clock import age_on

ACTIVE = "active"
"""The status of a volunteer who may enroll (DESIGN.md, 6)."""


@dataclass(frozen=True, kw_only=True)
class Requirements:
    """What an activity asks of those who take part. ``members_only``: of the organization or one below it."""

    min_age: int | None = None
    max_age: int | None = None
    skills: Sequence[str] = ()
    members_only: bool = False


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """What is known of a volunteer who wants to take part."""

    birth_date: date | None
    skills: Sequence[str]
    is_member: bool


def unmet(requirements: Requirements, candidate: Candidate, day: date) -> Iterator[str]:
    """The names of the requirements that ``candidate`` does not meet on the day of the shift (志愿服务条例).

    An age that is not known does not meet a requirement of age.
    """
    age = None if candidate.birth_date is None else age_on(day, candidate.birth_date)
    if requirements.min_age is not None and (age is None or age < requirements.min_age):
        yield "min_age"
    if requirements.max_age is not None and (age is None or age > requirements.max_age):
        yield "max_age"
    if not set(requirements.skills) <= set(candidate.skills):
        yield "skills"
    if requirements.members_only and not candidate.is_member:
        yield "members_only"


def must_be_accompanied(until: date | None, day: date) -> bool:
    """Whether somebody who comes alone from ``until`` on must come with an adult on the day of the shift."""
    return until is not None and day < until


def closes_at(enroll_by: datetime | None, shift: Span) -> datetime:
    """From when on nobody can enroll for ``shift``: after ``enroll_by``, and never once it has begun."""
    return shift.starts_at if enroll_by is None else min(enroll_by, shift.starts_at)


def places_to_take(capacity: int, taken: int, closes: datetime, now: datetime) -> int:
    """How many places of a shift can be taken right now."""
    return max(capacity - taken, 0) if now < closes else 0
