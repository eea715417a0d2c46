"""Attendance's tables: copies of what others own, service records with their scans, the ledger, and what is about them.

What must hold whatever the code does is in the database: a nonce counts once, a person's counted times do not overlap,
a volunteer is signed in once to a shift, the ledger only grows (by a trigger that only the first migration knows).
"""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from services.chassis.organizations import organization_copy_table
from services.chassis.tables import new_metadata

_ID = sa.Uuid(as_uuid=False)


class Base(DeclarativeBase):
    """Attendance's metadata, the chassis' tables included."""

    metadata = new_metadata()
    type_annotation_map = {datetime: sa.DateTime(timezone=True)}


ORGANIZATION_COPY = organization_copy_table(Base.metadata)


class VolunteerCopy(Base):
    """What a scan has to know of a volunteer. ``version`` is identity's. An erased one keeps the row, not the name."""

    __tablename__ = "volunteer_copy"

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    account_id: Mapped[str] = mapped_column(_ID)
    volunteer_no: Mapped[str]
    name: Mapped[str]
    status: Mapped[str]
    organization_id: Mapped[str | None] = mapped_column(_ID)
    verified_in_person: Mapped[bool]
    version: Mapped[int] = mapped_column(sa.BigInteger)


class ActivityCopy(Base):
    """An activity that was published. ``version`` is activity's."""

    __tablename__ = "activity_copy"

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    organization_id: Mapped[str] = mapped_column(_ID)
    title: Mapped[str]
    status: Mapped[str]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    fence_metres: Mapped[int | None]
    version: Mapped[int] = mapped_column(sa.BigInteger)


class ShiftCopy(Base):
    """A shift of an activity; it came with the activity's version."""

    __tablename__ = "shift_copy"

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    activity_id: Mapped[str] = mapped_column(_ID, index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class EnrollmentCopy(Base):
    """Who was taken for which shift. ``version`` is the enrollment's."""

    __tablename__ = "enrollment_copy"

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    activity_id: Mapped[str] = mapped_column(_ID)
    shift_id: Mapped[str] = mapped_column(_ID)
    volunteer_id: Mapped[str] = mapped_column(_ID)
    status: Mapped[str]
    version: Mapped[int] = mapped_column(sa.BigInteger)

    __table_args__ = (sa.Index("ix_enrollment_copy_volunteer_shift", "volunteer_id", "shift_id"),)


class ServiceRecord(Base):
    """One service of one volunteer at one shift. ``starts_at`` to ``ends_at`` is the time that counts, once known.

    ``organization_id`` is the activity's when the record was made. ``served_on``: the day in Asia/Shanghai.
    """

    __tablename__ = "service_record"

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    volunteer_id: Mapped[str] = mapped_column(_ID)
    activity_id: Mapped[str] = mapped_column(_ID)
    shift_id: Mapped[str] = mapped_column(_ID)
    organization_id: Mapped[str] = mapped_column(_ID)
    status: Mapped[str]
    provenance: Mapped[str]
    served_on: Mapped[date]
    signed_in_at: Mapped[datetime | None]
    signed_out_at: Mapped[datetime | None]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    minutes: Mapped[int] = mapped_column(default=0)
    disclosed_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        sa.Index("ix_service_record_volunteer", "volunteer_id", "served_on", "id"),
        sa.Index("ix_service_record_activity", "activity_id", "served_on", "id"),
        sa.Index(
            "uq_service_record_open",
            "volunteer_id",
            "shift_id",
            unique=True,
            postgresql_where=sa.text("status = 'open'"),
        ),
        sa.Index("ix_service_record_recorded", "activity_id", postgresql_where=sa.text("status = 'recorded'")),
        sa.Index("ix_service_record_disclosed", "disclosed_until", postgresql_where=sa.text("status = 'disclosed'")),
        ExcludeConstraint(
            (sa.column("volunteer_id"), "="),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            name="ex_service_record_no_overlap",
            where=sa.text("starts_at IS NOT NULL AND ends_at IS NOT NULL"),
        ),
        sa.CheckConstraint("minutes >= 0", name="minutes"),
    )


class Scan(Base):
    """A scan that was taken. The same nonce again is the same scan (how pretix does it: FACTS.md)."""

    __tablename__ = "scan"

    volunteer_id: Mapped[str] = mapped_column(_ID, primary_key=True)
    nonce: Mapped[str] = mapped_column(primary_key=True)
    record_id: Mapped[str] = mapped_column(sa.ForeignKey("service_record.id"), index=True)
    shift_id: Mapped[str] = mapped_column(_ID)
    direction: Mapped[str]
    at: Mapped[datetime]  # by the platform's clock: the time that counts
    scanned_at: Mapped[datetime | None]  # by the phone's, as it says
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]


class LedgerEntry(Base):
    """Minutes given or taken back. Never changed; each carries the hash of the volunteer's entry before it."""

    __tablename__ = "ledger_entry"

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    volunteer_id: Mapped[str] = mapped_column(_ID)
    sequence: Mapped[int]
    record_id: Mapped[str] = mapped_column(sa.ForeignKey("service_record.id"), index=True)
    minutes: Mapped[int]
    provenance: Mapped[str]
    reverses: Mapped[int | None] = mapped_column(sa.ForeignKey("ledger_entry.id"), unique=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]
    previous_hash: Mapped[bytes]
    hash: Mapped[bytes]

    __table_args__ = (sa.UniqueConstraint("volunteer_id", "sequence"),)


class HoursTotal(Base):
    """The sum of a volunteer's ledger for one provenance, kept in the transaction that adds to the ledger."""

    __tablename__ = "hours_total"

    volunteer_id: Mapped[str] = mapped_column(_ID, primary_key=True)
    provenance: Mapped[str] = mapped_column(primary_key=True)
    minutes: Mapped[int] = mapped_column(sa.BigInteger)


class StarAward(Base):
    """A star that a volunteer was awarded; the row is what makes it once."""

    __tablename__ = "star_award"

    volunteer_id: Mapped[str] = mapped_column(_ID, primary_key=True)
    stars: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True)
    awarded_at: Mapped[datetime]


class Supplement(Base):
    """Hours that could not be scanned, asked for with evidence (notice, attachment 2, 三.9)."""

    __tablename__ = "supplement"

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    volunteer_id: Mapped[str] = mapped_column(_ID, index=True)
    activity_id: Mapped[str] = mapped_column(_ID)
    shift_id: Mapped[str] = mapped_column(_ID)
    organization_id: Mapped[str] = mapped_column(_ID, index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    minutes: Mapped[int]
    reason: Mapped[str]
    status: Mapped[str]
    submitted_by: Mapped[str] = mapped_column(_ID)
    submitted_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(_ID)
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None]
    record_id: Mapped[str | None] = mapped_column(sa.ForeignKey("service_record.id"))
    version: Mapped[int] = mapped_column(default=1)
    evidence: Mapped[list[Evidence]] = relationship(order_by="Evidence.position", lazy="selectin")

    __table_args__ = (sa.Index("ix_supplement_status", "status", "submitted_at", "id"),)


class Evidence(Base):
    """A file that proves a supplement: what the gateway knew of it then, so that a changed file is noticed."""

    __tablename__ = "evidence"

    supplement_id: Mapped[str] = mapped_column(sa.ForeignKey("supplement.id"), primary_key=True)
    position: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True)
    upload_id: Mapped[str] = mapped_column(_ID, index=True)
    sha256: Mapped[str] = mapped_column(index=True)
    content_type: Mapped[str]
    name: Mapped[str]


class Disclosure(Base):
    """The hours of an activity, shown to everybody for some days (notice, attachment 2, 二.8).

    Each record has its own ``disclosed_until``; ``closes_at`` is the last of them, and moves when one joins late.
    """

    __tablename__ = "disclosure"

    activity_id: Mapped[str] = mapped_column(_ID, primary_key=True)
    organization_id: Mapped[str] = mapped_column(_ID, index=True)
    status: Mapped[str]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]

    __table_args__ = (
        sa.Index("ix_disclosure_opens_at", "opens_at", "activity_id"),
        sa.Index("ix_disclosure_closing", "closes_at", postgresql_where=sa.text("status = 'open'")),
    )


class Objection(Base):
    """Somebody objects to a record, or to an activity's hours as a whole. ``account_id``: if they were signed in."""

    __tablename__ = "objection"

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    activity_id: Mapped[str] = mapped_column(_ID)
    record_id: Mapped[str | None] = mapped_column(sa.ForeignKey("service_record.id"), index=True)
    account_id: Mapped[str | None] = mapped_column(_ID, index=True)
    text: Mapped[str]
    contact_sealed: Mapped[str | None]
    status: Mapped[str]
    submitted_at: Mapped[datetime]
    resolved_by: Mapped[str | None] = mapped_column(_ID)
    resolved_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (sa.Index("ix_objection_activity", "activity_id", "submitted_at", "id"),)
