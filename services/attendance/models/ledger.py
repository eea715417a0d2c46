"""The ledger of hours, and what is summed up from it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.attendance.models.base import ID, Base


class LedgerEntry(Base):
    """Minutes given or taken back. Never changed; each carries the hash of the volunteer's entry before it."""

    __tablename__ = "ledger_entry"

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    volunteer_id: Mapped[str] = mapped_column(ID)
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

    __table_args__ = (
        sa.UniqueConstraint("volunteer_id", "sequence"),
        sa.Index("ix_ledger_entry_entered_at", "entered_at", "id"),
        sa.Index("ix_ledger_entry_volunteer_day", "volunteer_id", "starts_at"),
    )


class HoursTotal(Base):
    """The sum of a volunteer's ledger for one provenance, kept in the transaction that adds to the ledger."""

    __tablename__ = "hours_total"

    volunteer_id: Mapped[str] = mapped_column(ID, primary_key=True)
    provenance: Mapped[str] = mapped_column(primary_key=True)
    minutes: Mapped[int] = mapped_column(sa.BigInteger)


class StarAward(Base):
    """A star that a volunteer was awarded; the row is what makes it once."""

    __tablename__ = "star_award"

    volunteer_id: Mapped[str] = mapped_column(ID, primary_key=True)
    stars: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True)
    awarded_at: Mapped[datetime]
