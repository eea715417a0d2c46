"""A time that somebody states by hand, in a supplement or a correction: what it must look like to be believed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from services.attendance.domain import LONGEST_SERVICE, Interval
from services.attendance.errors import OverlapsRecord
from services.attendance.repository import AttendanceUnitOfWork
from services.chassis.errors import FieldError


def faults_of(uow: AttendanceUnitOfWork, time: Interval, prefix: str = "") -> list[FieldError]:
    """What is wrong with ``time`` by itself; ``prefix`` leads to its fields (``corrected.``)."""
    starts, ends = f"{prefix}starts_at", f"{prefix}ends_at"
    if time.ends_at <= time.starts_at:
        return [FieldError(ends, "ends_before_start", "结束时间应晚于开始时间", "must be after the start")]
    found = []
    if time.ends_at > uow.clock.now():
        found.append(FieldError(ends, "in_future", "不能晚于当前时间", "may not be in the future"))
    if time.ends_at - time.starts_at > LONGEST_SERVICE:
        found.append(FieldError(starts, "too_long", "时长不得超过 24 小时", "may not be longer than 24 hours"))
    elif time.minutes == 0:
        found.append(FieldError(ends, "too_short", "时长不足一分钟", "is less than a minute"))
    return found


def said_of(wish: str, faults: Iterable[FieldError]) -> list[FieldError]:
    """The same faults, of a time that somebody else has asked for: ``wish`` is the field that takes it as it is."""
    return [
        replace(fault, field=wish, zh=f"所申请的时间{fault.zh}", en=f"the time asked for {fault.en}")
        for fault in faults
    ]


def require_no_overlap(uow: AttendanceUnitOfWork, volunteer_id: str, time: Interval, *, but: str | None) -> None:
    """Raises ``OverlapsRecord`` if the volunteer has another record at that time; ``but``: the one it is for."""
    if uow.records.overlapping(volunteer_id, time, but=but):
        raise OverlapsRecord()
