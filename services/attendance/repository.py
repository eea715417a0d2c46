"""Attendance's queries.

One rule keeps concurrent changes apart: whoever changes a record, the ledger or a supplement of a volunteer first locks
that volunteer's row (:meth:`CopyRepository.lock_volunteers`, several in the order of their ids). Two phones that scan
at the same moment, a superior who approves meanwhile and a correction take turns; nobody else waits. Only disclosing
takes records as a whole: it locks the activity and its ``recorded`` rows, a state that nobody else leads out of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from services.attendance.domain import (
    OBJECTIONABLE,
    DisclosureStatus,
    Interval,
    ObjectionStatus,
    RecordStatus,
    SupplementStatus,
)
from services.attendance.ledger import Ledger
from services.attendance.models import (
    ActivityCopy,
    Disclosure,
    EnrollmentCopy,
    Evidence,
    Objection,
    Scan,
    ServiceRecord,
    ShiftCopy,
    StarAward,
    Supplement,
    VolunteerCopy,
)
from services.chassis.copies import save_if_newer
from services.chassis.errors import NotFound
from services.chassis.organizations import Organizations
from services.chassis.unit_of_work import UnitOfWork

ACCEPTED = "accepted"


class AttendanceUnitOfWork(UnitOfWork):
    """A unit of work with attendance's repositories."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organizations = Organizations(self.session, self.caller)
        self.copies = CopyRepository(self.session)
        self.records = RecordRepository(self.session)
        self.ledger = Ledger(self.session)
        self.supplements = SupplementRepository(self.session)
        self.disclosures = DisclosureRepository(self.session)
        self.objections = ObjectionRepository(self.session)


UNIT_OF_WORK = AttendanceUnitOfWork


class CopyRepository:
    """What others own: volunteers, activities with shifts, enrollments."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def save_volunteer(self, **values: Any) -> bool:
        """Take over identity's state, unless it is old."""
        return save_if_newer(self._session, VolunteerCopy, values)

    def save_activity(self, shifts: Sequence[ShiftCopy], **values: Any) -> None:
        """Take over activity's state with all its shifts, unless it is old."""
        if not save_if_newer(self._session, ActivityCopy, values):
            return
        self._session.execute(sa.delete(ShiftCopy).where(ShiftCopy.activity_id == values["id"]))
        self._session.add_all(shifts)

    def save_enrollment(self, **values: Any) -> None:
        """Take over an enrollment, unless it is old."""
        save_if_newer(self._session, EnrollmentCopy, values)

    def lock_volunteers(self, volunteer_ids: Sequence[str]) -> dict[str, VolunteerCopy]:
        """These volunteers by id, locked until the transaction ends; unknown ones are left out."""
        statement = (
            sa.select(VolunteerCopy)
            .where(VolunteerCopy.id.in_(volunteer_ids))
            .order_by(VolunteerCopy.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
        return {volunteer.id: volunteer for volunteer in self._session.scalars(statement)}

    def lock_volunteer(self, volunteer_id: str) -> VolunteerCopy | None:
        """One volunteer, locked; None while identity's event has not arrived."""
        return self.lock_volunteers([volunteer_id]).get(volunteer_id)

    def activity(self, activity_id: str) -> ActivityCopy:
        """One activity; raises ``NotFound``."""
        found = self._session.get(ActivityCopy, activity_id)
        if found is None:
            raise NotFound(what="activity")
        return found

    def lock_activity(self, activity_id: str) -> ActivityCopy:
        """One activity, locked: two that open its disclosure take turns. Raises ``NotFound``."""
        found = self._session.get(ActivityCopy, activity_id, with_for_update={"key_share": True})
        if found is None:
            raise NotFound(what="activity")
        return found

    def shift(self, shift_id: str) -> ShiftCopy | None:
        """One shift, or None."""
        return self._session.get(ShiftCopy, shift_id)

    def last_shift_end(self, activity_id: str) -> datetime | None:
        """When the last shift of an activity ends; None if it has none."""
        statement = sa.select(sa.func.max(ShiftCopy.ends_at)).where(ShiftCopy.activity_id == activity_id)
        return self._session.scalar(statement)

    def is_accepted(self, volunteer_id: str, shift_id: str) -> bool:
        """Whether the volunteer has an accepted enrollment for the shift."""
        statement = sa.select(
            sa.exists().where(
                EnrollmentCopy.volunteer_id == volunteer_id,
                EnrollmentCopy.shift_id == shift_id,
                EnrollmentCopy.status == ACCEPTED,
            )
        )
        return bool(self._session.scalar(statement))


class RecordRepository:
    """Service records and their scans."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, record: ServiceRecord) -> None:
        """A new record."""
        self._session.add(record)

    def get(self, record_id: str) -> ServiceRecord:
        """One record as it is now; raises ``NotFound``. Lock its volunteer before changing it."""
        found = self._session.get(ServiceRecord, record_id, populate_existing=True)
        if found is None:
            raise NotFound(what="record")
        return found

    def scan_with(self, volunteer_id: str, nonce: str) -> Scan | None:
        """The scan that came with this nonce before."""
        return self._session.get(Scan, (volunteer_id, nonce))

    def add_scan(self, scan: Scan) -> None:
        """A new scan; its record must be there."""
        self._session.flush()
        self._session.add(scan)

    def open_at(self, volunteer_id: str, shift_id: str) -> ServiceRecord | None:
        """The volunteer's open record of a shift."""
        return self._session.scalar(
            sa.select(ServiceRecord).where(
                ServiceRecord.volunteer_id == volunteer_id,
                ServiceRecord.shift_id == shift_id,
                ServiceRecord.status == RecordStatus.OPEN,
            )
        )

    def open_during(self, volunteer_id: str, time: Interval) -> ServiceRecord | None:
        """An open record of the volunteer at a shift that shares time with ``time``."""
        return self._session.scalar(
            sa.select(ServiceRecord)
            .join(ShiftCopy, ShiftCopy.id == ServiceRecord.shift_id)
            .where(
                ServiceRecord.volunteer_id == volunteer_id,
                ServiceRecord.status == RecordStatus.OPEN,
                ShiftCopy.starts_at < time.ends_at,
                ShiftCopy.ends_at > time.starts_at,
            )
            .limit(1)
        )

    def pairs_on(self, volunteer_id: str, activity_id: str, day: date) -> int:
        """How often the volunteer has signed in at the activity on that day."""
        statement = sa.select(sa.func.count()).where(
            ServiceRecord.volunteer_id == volunteer_id,
            ServiceRecord.activity_id == activity_id,
            ServiceRecord.served_on == day,
            ServiceRecord.signed_in_at.is_not(None),
        )
        return self._session.scalar(statement) or 0

    def overlapping(self, volunteer_id: str, time: Interval, *, but: str | None = None) -> bool:
        """Whether ``time`` meets a counted time of the volunteer, or an open record's from its sign-in on.

        ``but``: the record that ``time`` is for.
        """
        # An open record counts, at most, from its sign-in to the end of its shift.
        until = sa.func.coalesce(ServiceRecord.ends_at, ShiftCopy.ends_at)
        since = sa.func.coalesce(ServiceRecord.starts_at, ServiceRecord.signed_in_at)
        conditions = [ServiceRecord.volunteer_id == volunteer_id, since < time.ends_at, until > time.starts_at]
        # a record that was taken back has no counted time any more, and is no hindrance
        conditions.append(sa.or_(ServiceRecord.starts_at.is_not(None), ServiceRecord.status == RecordStatus.OPEN))
        if but is not None:
            conditions.append(ServiceRecord.id != but)
        statement = (
            sa.select(ServiceRecord.id)
            .join(ShiftCopy, ShiftCopy.id == ServiceRecord.shift_id, isouter=True)
            .where(*conditions)
            .limit(1)
        )
        return self._session.scalar(statement) is not None

    def open_of_activity(self, activity_id: str) -> Sequence[ServiceRecord]:
        """Who is still signed in at an activity."""
        return self._session.scalars(
            sa.select(ServiceRecord)
            .where(ServiceRecord.activity_id == activity_id, ServiceRecord.status == RecordStatus.OPEN)
            .order_by(ServiceRecord.id)
        ).all()

    def recorded_of_activity(self, activity_id: str) -> Sequence[ServiceRecord]:
        """The records of an activity that wait to be disclosed, locked."""
        return self._session.scalars(
            sa.select(ServiceRecord)
            .where(ServiceRecord.activity_id == activity_id, ServiceRecord.status == RecordStatus.RECORDED)
            .order_by(ServiceRecord.id)
            .with_for_update()
        ).all()

    def open_count(self) -> int:
        """How many records are open."""
        statement = sa.select(sa.func.count()).where(ServiceRecord.status == RecordStatus.OPEN)
        return self._session.scalar(statement) or 0

    def due_for_confirmation(self, now: datetime, limit: int) -> Sequence[tuple[str, str]]:
        """(record, volunteer) ids of disclosed records whose time for objections is over."""
        statement = (
            sa.select(ServiceRecord.id, ServiceRecord.volunteer_id)
            .where(ServiceRecord.status == RecordStatus.DISCLOSED, ServiceRecord.disclosed_until <= now)
            .order_by(ServiceRecord.disclosed_until)
            .limit(limit)
        )
        return [(record_id, volunteer_id) for record_id, volunteer_id in self._session.execute(statement)]

    def confirmed_minutes(self, volunteer_id: str) -> int:
        """The minutes of a volunteer's confirmed records."""
        statement = sa.select(sa.func.coalesce(sa.func.sum(ServiceRecord.minutes), 0)).where(
            ServiceRecord.volunteer_id == volunteer_id, ServiceRecord.status == RecordStatus.CONFIRMED
        )
        return int(self._session.scalar(statement) or 0)

    def stars(self, volunteer_id: str) -> int:
        """The highest star the volunteer was awarded, 0 without one."""
        statement = sa.select(sa.func.max(StarAward.stars)).where(StarAward.volunteer_id == volunteer_id)
        return self._session.scalar(statement) or 0

    def of_volunteer(self, volunteer_id: str) -> Any:
        """A volunteer's records with the activity's title."""
        return (
            sa.select(ServiceRecord, ActivityCopy.title)
            .join(ActivityCopy, ActivityCopy.id == ServiceRecord.activity_id)
            .where(ServiceRecord.volunteer_id == volunteer_id)
        )

    def disclosed_of_activity(self, activity_id: str) -> Any:
        """The records that the public sees, with their volunteers' names."""
        return (
            sa.select(ServiceRecord, VolunteerCopy.name)
            .join(VolunteerCopy, VolunteerCopy.id == ServiceRecord.volunteer_id)
            .where(ServiceRecord.activity_id == activity_id, ServiceRecord.status.in_(OBJECTIONABLE))
        )


class SupplementRepository:
    """Supplements and their evidence."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, supplement: Supplement) -> None:
        """A new supplement."""
        self._session.add(supplement)

    def find(self, supplement_id: str) -> Supplement | None:
        """One supplement as it is now. Lock its volunteer before changing it."""
        return self._session.get(Supplement, supplement_id, populate_existing=True)

    def volunteers_of(self, supplement_ids: Sequence[str]) -> Sequence[str]:
        """The volunteers whom these supplements are for."""
        return self._session.scalars(
            sa.select(Supplement.volunteer_id).where(Supplement.id.in_(supplement_ids)).distinct()
        ).all()

    def overlapping(self, volunteer_id: str, time: Interval) -> bool:
        """Whether a supplement that waits to be decided asks for some of that time already."""
        statement = sa.select(
            sa.exists().where(
                Supplement.volunteer_id == volunteer_id,
                Supplement.status == SupplementStatus.SUBMITTED,
                Supplement.starts_at < time.ends_at,
                Supplement.ends_at > time.starts_at,
            )
        )
        return bool(self._session.scalar(statement))

    def carrying(self, upload_id: str) -> Sequence[str]:
        """The organizations whose supplements carry this upload."""
        return self._session.scalars(
            sa.select(Supplement.organization_id)
            .join(Evidence, Evidence.supplement_id == Supplement.id)
            .where(Evidence.upload_id == upload_id)
            .distinct()
        ).all()

    def files_used_twice(self, supplements: Sequence[Supplement]) -> set[str]:
        """Those of their hashes that several supplements carry: one photograph proves one service."""
        hashes = {evidence.sha256 for supplement in supplements for evidence in supplement.evidence}
        statement = (
            sa.select(Evidence.sha256)
            .where(Evidence.sha256.in_(hashes))
            .group_by(Evidence.sha256)
            .having(sa.func.count(Evidence.supplement_id.distinct()) > 1)
        )
        return set(self._session.scalars(statement))

    def with_status(self, status: str, *conditions: Any) -> Any:
        """Supplements in a status with title and name."""
        return (
            sa.select(Supplement, ActivityCopy.title, VolunteerCopy.name)
            .join(ActivityCopy, ActivityCopy.id == Supplement.activity_id)
            .join(VolunteerCopy, VolunteerCopy.id == Supplement.volunteer_id)
            .where(Supplement.status == status, *conditions)
        )

    def count(self, status: str, *conditions: Any) -> int:
        """How many there are in a status."""
        statement = sa.select(sa.func.count()).select_from(Supplement).where(Supplement.status == status, *conditions)
        return self._session.scalar(statement) or 0


@dataclass(frozen=True, slots=True)
class Shown:
    """How much a disclosure shows."""

    records: int
    minutes: int


class DisclosureRepository:
    """Disclosures, and the activities that are due for one."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, disclosure: Disclosure) -> None:
        """A new disclosure."""
        self._session.add(disclosure)

    def find(self, activity_id: str) -> Disclosure | None:
        """The disclosure of an activity."""
        return self._session.get(Disclosure, activity_id)

    def due_activities(self, now: datetime, limit: int) -> Sequence[str]:
        """Activities with records to disclose: all shifts over and nobody signed in, or disclosed before already."""
        unfinished = sa.exists().where(ShiftCopy.activity_id == ServiceRecord.activity_id, ShiftCopy.ends_at > now)
        other = aliased(ServiceRecord)
        signed_in = sa.exists().where(other.activity_id == ServiceRecord.activity_id, other.status == RecordStatus.OPEN)
        disclosed = sa.exists().where(Disclosure.activity_id == ServiceRecord.activity_id)
        return self._session.scalars(
            sa.select(ServiceRecord.activity_id)
            .where(ServiceRecord.status == RecordStatus.RECORDED, sa.or_(disclosed, ~(unfinished | signed_in)))
            .distinct()
            .limit(limit)
        ).all()

    def close_due(self, now: datetime) -> int:
        """Close what nobody can object to any more; answers how many."""
        closed = self._session.scalars(
            sa.update(Disclosure)
            .where(Disclosure.status == DisclosureStatus.OPEN, Disclosure.closes_at <= now)
            .values(status=DisclosureStatus.CLOSED.value)
            .returning(Disclosure.activity_id)
        ).all()
        return len(closed)

    def listed(self, *conditions: Any) -> Any:
        """Disclosures with the activity's title."""
        return (
            sa.select(Disclosure, ActivityCopy.title)
            .join(ActivityCopy, ActivityCopy.id == Disclosure.activity_id)
            .where(*conditions)
        )

    def shown(self, activity_ids: Sequence[str]) -> dict[str, Shown]:
        """How many records and minutes each of these shows to the public."""
        rows = self._session.execute(
            sa.select(ServiceRecord.activity_id, sa.func.count(), sa.func.sum(ServiceRecord.minutes))
            .where(ServiceRecord.activity_id.in_(activity_ids), ServiceRecord.status.in_(OBJECTIONABLE))
            .group_by(ServiceRecord.activity_id)
        )
        return {activity_id: Shown(records, int(minutes)) for activity_id, records, minutes in rows}


class ObjectionRepository:
    """Objections."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, objection: Objection) -> None:
        """A new objection."""
        self._session.add(objection)

    def find(self, objection_id: str) -> Objection | None:
        """One objection."""
        return self._session.get(Objection, objection_id)

    def lock(self, objection_id: str) -> Objection:
        """One objection as it is now, locked."""
        return self._session.get_one(Objection, objection_id, with_for_update=True, populate_existing=True)

    def others_open(self, objection: Objection) -> bool:
        """Whether another objection to the same record is open."""
        statement = sa.select(
            sa.exists().where(
                Objection.record_id == objection.record_id,
                Objection.id != objection.id,
                Objection.status == ObjectionStatus.OPEN,
            )
        )
        return bool(self._session.scalar(statement))

    def of_activity(self, activity_id: str) -> Any:
        """The objections to an activity's hours."""
        return sa.select(Objection).where(Objection.activity_id == activity_id)

    def erase(self, account_id: str) -> None:
        """Forget what an erased person wrote and how to call them; that there was an objection stays."""
        self._session.execute(
            sa.update(Objection).where(Objection.account_id == account_id).values(text="", contact_sealed=None)
        )
