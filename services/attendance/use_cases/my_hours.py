"""What a volunteer sees of their own hours (notice, attachment 2, 二.7), and the proof of the whole ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from services.attendance import commands
from services.attendance.domain import HeldStatus, minutes_to_next_star, star_of
from services.attendance.ledger import Recount
from services.attendance.models import HeldHours, ServiceRecord
from services.attendance.repository import AttendanceUnitOfWork


def list_service_records(query: commands.ListServiceRecords, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """One's own records, newest first."""
    volunteer_id = uow.caller.require_volunteer()
    page = uow.page(
        uow.records.of_volunteer(volunteer_id),
        [(ServiceRecord.served_on, "desc"), (ServiceRecord.id, "desc")],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"service-records:{volunteer_id}",
    )
    lacking = defaultdict(list)
    for held in uow.held.lacking([record.id for record, _ in page.items]):
        lacking[held.record_id].append(held)
    items = [_shown(record, title, lacking[record.id]) for record, title in page.items]
    return {"items": items, "next_cursor": page.next_cursor}


def _shown(record: ServiceRecord, title: str, lacking: Sequence[HeldHours]) -> dict[str, Any]:
    return {
        "record_id": record.id,
        "activity_id": record.activity_id,
        "shift_id": record.shift_id,
        "title": title,
        "status": record.status,
        "provenance": record.provenance,
        "date": record.served_on,
        "signed_in_at": record.signed_in_at,
        "signed_out_at": record.signed_out_at,
        "sign_out_reason": record.sign_out_reason,
        "starts_at": record.starts_at,
        "ends_at": record.ends_at,
        "minutes": record.minutes,
        "held_minutes": sum(held.minutes for held in lacking if held.status == HeldStatus.WAITING),
        "held": [_shown_part(held) for held in lacking],
        "disclosed_until": record.disclosed_until,
    }


def _shown_part(held: HeldHours) -> dict[str, Any]:
    return {
        "band": held.band,
        "status": held.status,
        "starts_at": held.starts_at,
        "ends_at": held.ends_at,
        "minutes": held.minutes,
        "reason": held.decision_reason,
    }


def get_service_summary(_query: commands.GetServiceSummary, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """One's own minutes as soon as they are recorded, and the star that the confirmed ones are worth."""
    volunteer_id = uow.caller.require_volunteer()
    by_provenance = uow.ledger.totals(volunteer_id)
    confirmed = uow.records.confirmed_minutes(volunteer_id)
    return {
        "total_minutes": sum(by_provenance.values()),
        "confirmed_minutes": confirmed,
        "held_minutes": uow.held.waiting_minutes(volunteer_id),
        "minutes_by_provenance": {provenance.value: minutes for provenance, minutes in by_provenance.items()},
        "star": star_of(confirmed),
        "next_star_minutes": minutes_to_next_star(confirmed),
    }


def recount_ledger(_query: commands.RecountLedger, uow: AttendanceUnitOfWork) -> Recount:
    """Whether every minute can be proved; for platform administrators."""
    uow.caller.require_platform()
    return uow.ledger.recount()
