"""A volunteer's shifts as a calendar that phones subscribe to (RFC 5545; what users ask for, FACTS.md)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from icalendar import Calendar, Event

from services.activity.domain.states import ActivityStatus, EnrollmentStatus

PAST = timedelta(days=90)
"""How long a shift stays in the calendar after it ended."""

CANCELLED_FOR = timedelta(days=14)
"""How long what will not be is shown as cancelled, so that every phone hears of it, and then left out."""


class Standing(StrEnum):
    """``STATUS`` of RFC 5545, 3.8.1.11."""

    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


_UNDECIDED = "（待确认）"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One shift of a calendar. ``sequence`` only grows; ``changed_at`` is when it last did."""

    enrollment_id: str
    standing: Standing
    title: str
    role: str | None
    starts_at: datetime
    ends_at: datetime
    description: str
    contact: str
    address: str
    latitude: float | None
    longitude: float | None
    created_at: datetime
    changed_at: datetime
    sequence: int


def standing_of(enrollment: str, activity: str, *, was_offered: bool) -> Standing | None:
    """How an enrollment stands in a calendar; None for what was never in it: waiting in line promises nothing."""
    match enrollment:
        case EnrollmentStatus.WAITLISTED:
            return None
        case EnrollmentStatus.LAPSED:
            return Standing.CANCELLED if was_offered else None
        case EnrollmentStatus.WITHDRAWN | EnrollmentStatus.REJECTED:
            return Standing.CANCELLED
    if activity == ActivityStatus.REVOKED:
        return Standing.CANCELLED
    undecided = enrollment in {EnrollmentStatus.APPLIED, EnrollmentStatus.OFFERED}
    return Standing.TENTATIVE if undecided else Standing.CONFIRMED


def write_calendar(entries: Iterable[Entry]) -> str:
    """The calendar as text. Moments are in UTC, which every phone shows in its own time; the same entries always make
    the same text.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Zhiyuan//Volunteer service//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "i志愿：我的活动")
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for entry in entries:
        calendar.add_component(_event(entry))
    return calendar.to_ical().decode()


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", f"{entry.enrollment_id}@zhiyuan")
    event.add("dtstamp", entry.changed_at)
    event.add("created", entry.created_at)
    event.add("last-modified", entry.changed_at)
    event.add("sequence", entry.sequence)
    event.add("status", entry.standing.value)
    event.add("dtstart", entry.starts_at)
    event.add("dtend", entry.ends_at)
    event.add("summary", entry.title + (_UNDECIDED if entry.standing is Standing.TENTATIVE else ""))
    event.add("location", entry.address)
    event.add("description", "\n".join(_lines(entry)))
    if entry.latitude is not None and entry.longitude is not None:
        event.add("geo", (entry.latitude, entry.longitude))
    return event


def _lines(entry: Entry) -> Iterable[str]:
    if entry.role is not None:
        yield f"岗位：{entry.role}"
    if entry.contact:
        yield f"联系人：{entry.contact}"
    yield entry.description
