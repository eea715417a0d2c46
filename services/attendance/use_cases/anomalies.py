"""Looking for what looks wrong, and what came of it.

The timer looks at what was written since it last looked, a moment behind the present, so that nothing is passed over
that was being written meanwhile. What it finds holds nothing back: hours count, and somebody looks into them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from services.attendance import commands, metrics
from services.attendance.domain.anomalies import (
    AnomalyKind,
    AnomalyStatus,
    Finding,
    impossible_travel,
    long_days,
    overlaps,
)
from services.attendance.errors import AboutOneself
from services.attendance.models import Anomaly, ServiceRecord, Supplement
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.repository.anomalies import About
from services.chassis.clock import SHANGHAI, local_day
from services.chassis.errors import AlreadyDecided, NotFound

LOOKERS = ("owner", "reviewer", "organizer", "recorder")
"""Who sees what looks wrong, at the organization that it concerns or above, and says what it was."""

AT_ONCE = 200
_BEHIND = timedelta(seconds=30)  # longer than any transaction: statements end after 5 s
_SHARED_TIME = timedelta(minutes=10)

Found = Iterator[tuple[Finding, About]]


def look_for_anomalies(uow: AttendanceUnitOfWork) -> int:
    """The timer: look at the next records and supplements; answers how many findings are new."""
    now = uow.clock.now()
    until = now - _BEHIND
    records = [*uow.looking.given_since_last(now, until, AT_ONCE), *uow.looking.held_since_last(now, until, AT_ONCE)]
    submitted = uow.looking.supplements_since_last(now, until, AT_ONCE)
    new = 0
    for finding, about in (*_in_days(uow, records), *_in_devices(uow, records), *_in_bulk(uow, records, submitted)):
        found = uow.anomalies.keep(finding, about, now)
        metrics.ANOMALIES.labels(finding.kind.value, "found").inc(found)
        new += found
    return new


def _in_days(uow: AttendanceUnitOfWork, records: Sequence[ServiceRecord]) -> Found:
    """What a volunteer's days look like, those before and after taken in."""
    settings = uow.settings
    for volunteer_id, day in sorted({(record.volunteer_id, record.served_on) for record in records}):
        presences = uow.looking.presences(volunteer_id, day)
        for finding in (
            *overlaps(presences, _SHARED_TIME),
            *impossible_travel(presences, fastest_kmh=settings.anomaly_kmh, least_km=settings.anomaly_least_km),
            *long_days(volunteer_id, presences, settings.anomaly_day_hours),
        ):
            yield finding, About(volunteer_id=volunteer_id)


def _in_devices(uow: AttendanceUnitOfWork, records: Sequence[ServiceRecord]) -> Found:
    for sharing in uow.looking.sharings([record.id for record in records], uow.settings.anomaly_device_people):
        fingerprint = f"{sharing.device.hex()}:{sharing.activity_id}:{sharing.day}"
        organizations = frozenset((sharing.organization_id,))
        facts = {"people": sharing.people}
        finding = Finding(AnomalyKind.SHARED_DEVICE, fingerprint, organizations, sharing.day, facts)
        yield finding, About(activity_id=sharing.activity_id)


def _in_bulk(uow: AttendanceUnitOfWork, records: Sequence[ServiceRecord], submitted: Sequence[Supplement]) -> Found:
    """Who has asked for, or approved, very many supplements of one organization in a day."""
    approved = uow.looking.approved_for([record.id for record in records])
    deeds = {
        ("submitted", each.submitted_by, each.organization_id, local_day(each.submitted_at)) for each in submitted
    } | {
        ("approved", each.decided_by, each.organization_id, local_day(each.decided_at))
        for each in approved
        if each.decided_by is not None and each.decided_at is not None
    }
    count = {"submitted": uow.looking.submitted, "approved": uow.looking.approved}
    for deed, account_id, organization_id, day in sorted(deeds):
        supplements = count[deed](account_id, organization_id, _beginning_of(day))
        if supplements > uow.settings.anomaly_supplements_a_day:
            facts = {"deed": deed, "supplements": supplements}
            fingerprint = f"{deed}:{account_id}:{day}"
            organizations = frozenset((organization_id,))
            finding = Finding(AnomalyKind.BULK_SUPPLEMENTS, fingerprint, organizations, day, facts)
            yield finding, About(account_id=account_id)


def _beginning_of(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def list_anomalies(query: commands.ListAnomalies, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """What looks wrong in an organization and those below it, newest first."""
    uow.organizations.require(query.organization_id, *LOOKERS)
    conditions = [
        uow.organizations.subtree(Anomaly.organization_id, query.organization_id),
        Anomaly.status == query.status,
    ]
    if query.kind is not None:
        conditions.append(Anomaly.kind == query.kind)
    page = uow.page(
        uow.anomalies.listed(*conditions),
        [(Anomaly.found_at, "desc"), (Anomaly.id, "desc")],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"anomalies:{query.organization_id}:{query.status}:{query.kind}",
    )
    return {"items": page.items, "next_cursor": page.next_cursor}


def resolve_anomaly(command: commands.ResolveAnomaly, uow: AttendanceUnitOfWork) -> Anomaly:
    """Somebody else than it is about has looked into it, and says what it was."""
    anomaly = uow.anomalies.lock(command.anomaly_id)
    if not uow.organizations.reaches(anomaly.organization_id, *LOOKERS):
        raise NotFound(what="anomaly")
    account_id = uow.caller.require_account()
    own = anomaly.volunteer_id is not None and anomaly.volunteer_id == uow.caller.volunteer_id
    if own or anomaly.account_id == account_id:
        raise AboutOneself()
    if anomaly.status != AnomalyStatus.OPEN:
        raise AlreadyDecided(status=anomaly.status)
    anomaly.status = AnomalyStatus(command.outcome).value
    anomaly.note = command.note
    anomaly.resolved_by = account_id
    anomaly.resolved_at = uow.clock.now()
    anomaly.version += 1
    uow.audit(f"anomaly.{anomaly.status}", f"anomaly:{anomaly.id}", kind=anomaly.kind)
    metrics.ANOMALIES.labels(anomaly.kind, anomaly.status).inc()
    return anomaly
