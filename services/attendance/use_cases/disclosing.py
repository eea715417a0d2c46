"""Disclosure: everybody sees the hours of an activity, with masked names, before they are confirmed (二.8).

It opens by itself when an activity's records are complete, or by the organizer's hand. A record that comes later (an
approved supplement) joins, and is shown as long as the others were. When its time is over, nobody objects and
nothing of it waits for a superior, a record is confirmed, and stars follow.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from services.attendance import commands, metrics
from services.attendance.domain import STAR_HOURS, DisclosureStatus, RecordStatus, change_status, star_of
from services.attendance.errors import NothingToDisclose, OpenRecords, ShiftsNotEnded
from services.attendance.events import StarAwarded
from services.attendance.models import Disclosure, ServiceRecord, StarAward
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.repository.disclosures import Shown
from services.attendance.use_cases.scanning import ROLES
from services.chassis.clock import SHANGHAI
from services.chassis.errors import NotFound
from services.chassis.masking import masked_name

BATCH = 200
"""How many activities or records one run of a timer takes; the rest is due again at the next."""

_NOTHING = Shown(0, 0)


def open_disclosure(command: commands.OpenDisclosure, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """Disclose what is recorded. If it has opened by itself meanwhile, that is the answer."""
    activity = uow.copies.activity(command.activity_id)
    uow.organizations.require(activity.organization_id, *ROLES)
    last_end = uow.copies.last_shift_end(activity.id)
    if last_end is not None and last_end > uow.clock.now():
        raise ShiftsNotEnded(ends_at=last_end.astimezone(SHANGHAI).isoformat(timespec="minutes"))
    still_open = uow.records.open_of_activity(activity.id)
    if still_open:
        records = [{"record_id": record.id, "volunteer_id": record.volunteer_id} for record in still_open]
        raise OpenRecords(count=len(records), records=records)
    disclosure = _disclose(uow, activity.id) or uow.disclosures.find(activity.id)
    if disclosure is None:
        raise NothingToDisclose()
    return _summary(disclosure, activity.title, uow.disclosures.shown([activity.id]).get(activity.id, _NOTHING))


def disclose_complete(uow: AttendanceUnitOfWork) -> int:
    """The timer: disclose what is complete, and what came late; answers how many activities."""
    metrics.OPEN_RECORDS.set(uow.records.open_count())
    due = uow.disclosures.due_activities(uow.clock.now(), BATCH)
    for activity_id in sorted(due):
        _disclose(uow, activity_id)
    return len(due)


def _disclose(uow: AttendanceUnitOfWork, activity_id: str) -> Disclosure | None:
    """Show every recorded record of the activity from now on; None if there is none."""
    activity = uow.copies.lock_activity(activity_id)
    records = uow.records.recorded_of_activity(activity_id)
    if not records:
        return None
    now = uow.clock.now()
    until = now + timedelta(days=uow.settings.disclosure_days)
    for record in records:
        record.status = change_status(record.status, RecordStatus.DISCLOSED)
        record.disclosed_until = until
        record.version += 1
    disclosure = uow.disclosures.find(activity_id)
    if disclosure is None:
        disclosure = Disclosure(activity_id=activity_id, organization_id=activity.organization_id, opens_at=now)
        uow.disclosures.add(disclosure)
    disclosure.status = DisclosureStatus.OPEN.value
    disclosure.closes_at = until
    uow.audit("disclosure.opened", f"activity:{activity_id}", records=len(records))
    return disclosure


def list_disclosures(query: commands.ListDisclosures, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """Disclosures, newest first; for everybody."""
    conditions: list[Any] = []
    if query.organization_id is not None:
        conditions.append(uow.organizations.subtree(Disclosure.organization_id, query.organization_id))
    if query.from_day is not None:
        conditions.append(Disclosure.opens_at >= datetime.combine(query.from_day, time(), SHANGHAI))
    if query.to_day is not None:
        conditions.append(Disclosure.opens_at < datetime.combine(query.to_day + timedelta(days=1), time(), SHANGHAI))
    page = uow.page(
        uow.disclosures.listed(*conditions),
        [(Disclosure.opens_at, "desc"), (Disclosure.activity_id, "desc")],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"disclosures:{query.organization_id}:{query.from_day}:{query.to_day}",
    )
    shown = uow.disclosures.shown([disclosure.activity_id for disclosure, _ in page.items])
    items = [_summary(d, title, shown.get(d.activity_id, _NOTHING)) for d, title in page.items]
    return {"items": items, "next_cursor": page.next_cursor}


def get_disclosure(query: commands.GetDisclosure, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """An activity's hours that can still be objected to; for everybody."""
    disclosure = uow.disclosures.find(query.activity_id)
    if disclosure is None:
        raise NotFound(what="disclosure")
    page = uow.page(
        uow.records.disclosed_of_activity(query.activity_id),
        [ServiceRecord.served_on, ServiceRecord.id],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"disclosure:{query.activity_id}",
    )
    return {
        **_summary(disclosure, uow.copies.activity(query.activity_id).title, _NOTHING),
        "items": [_shown_record(record, name) for record, name in page.items],
        "next_cursor": page.next_cursor,
    }


def _summary(disclosure: Disclosure, title: str, shown: Shown) -> dict[str, Any]:
    return {
        "activity_id": disclosure.activity_id,
        "organization_id": disclosure.organization_id,
        "title": title,
        "status": disclosure.status,
        "opens_at": disclosure.opens_at,
        "closes_at": disclosure.closes_at,
        "records": shown.records,
        "minutes": shown.minutes,
    }


def _shown_record(record: ServiceRecord, name: str) -> dict[str, Any]:
    return {
        "record_id": record.id,
        "name": masked_name(name),
        "minutes": record.minutes,
        "date": record.served_on,
        "status": record.status,
    }


def confirm_undisputed(uow: AttendanceUnitOfWork) -> int:
    """The timer: confirm what nobody objects to any more, and award stars; answers how many records."""
    now = uow.clock.now()
    due = uow.records.due_for_confirmation(now, BATCH)
    volunteer_ids = sorted({volunteer_id for _, volunteer_id in due})
    uow.copies.lock_volunteers(volunteer_ids)
    waiting = uow.held.waiting_among([record_id for record_id, _ in due])
    confirmed = 0
    for record_id, _ in due:
        record = uow.records.get(record_id)
        if record.status != RecordStatus.DISCLOSED or record_id in waiting:
            continue  # somebody objected, or corrected, while the lock was waited for
        record.status = change_status(record.status, RecordStatus.CONFIRMED)
        record.version += 1
        confirmed += 1
    for volunteer_id in volunteer_ids:
        _award_stars(uow, volunteer_id)
    if confirmed:
        uow.audit("records.confirmed", "records", count=confirmed)
    uow.disclosures.close_due(now)
    return confirmed


def _award_stars(uow: AttendanceUnitOfWork, volunteer_id: str) -> None:
    """Every star that the confirmed hours have reached, each once."""
    minutes = uow.records.confirmed_minutes(volunteer_id)
    for star in range(uow.records.stars(volunteer_id) + 1, star_of(minutes) + 1):
        uow.session.add(StarAward(volunteer_id=volunteer_id, stars=star, awarded_at=uow.clock.now()))
        metrics.STARS_AWARDED.labels(str(star)).inc()
        uow.publish(
            StarAwarded(volunteer_id=volunteer_id, stars=star, hours=STAR_HOURS[star - 1]),
            version=star,
        )
