"""Disclosures and objections."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.attendance.models.base import ID, Base


class Disclosure(Base):
    """The hours of an activity, shown to everybody for some days (notice, attachment 2, 二.8).

    Each record has its own ``disclosed_until``; ``closes_at`` is the last of them, and moves when one joins late.
    """

    __tablename__ = "disclosure"

    activity_id: Mapped[str] = mapped_column(ID, primary_key=True)
    organization_id: Mapped[str] = mapped_column(ID, index=True)
    status: Mapped[str]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]

    __table_args__ = (
        sa.Index("ix_disclosure_opens_at", "opens_at", "activity_id"),
        sa.Index("ix_disclosure_closing", "closes_at", postgresql_where=sa.text("status = 'open'")),
    )


class Objection(Base):
    """Somebody objects to a record, or to an activity's hours as a whole. ``account_id``: if they were signed in.

    ``resolved_in``: the organization in whose name it was resolved, which says what is a level up.
    """

    __tablename__ = "objection"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    activity_id: Mapped[str] = mapped_column(ID)
    record_id: Mapped[str | None] = mapped_column(sa.ForeignKey("service_record.id"), index=True)
    account_id: Mapped[str | None] = mapped_column(ID, index=True)
    text: Mapped[str]
    contact_sealed: Mapped[str | None]
    status: Mapped[str]
    submitted_at: Mapped[datetime]
    resolved_by: Mapped[str | None] = mapped_column(ID)
    on_behalf_of: Mapped[str | None] = mapped_column(ID)
    resolved_in: Mapped[str | None] = mapped_column(ID)
    resolved_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    minutes_before: Mapped[int | None]  # what the record counted when it was resolved, and since
    minutes: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        sa.Index("ix_objection_activity", "activity_id", "submitted_at", "id"),
        sa.Index("ix_objection_status", "status", "submitted_at", "id"),
        sa.Index("ix_objection_waiting", "activity_id", postgresql_where=sa.text("status = 'open'")),
    )


class Appeal(Base):
    """Somebody does not accept what came of an objection: one a case, decided a level up, finally (DESIGN.md, 6).

    ``by_volunteer``: by whose record was cut; else by who had objected.
    """

    __tablename__ = "appeal"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    objection_id: Mapped[str] = mapped_column(sa.ForeignKey("objection.id"), unique=True)
    activity_id: Mapped[str] = mapped_column(ID)
    record_id: Mapped[str | None] = mapped_column(sa.ForeignKey("service_record.id"), index=True)
    account_id: Mapped[str] = mapped_column(ID, index=True)
    by_volunteer: Mapped[bool]
    text: Mapped[str]
    status: Mapped[str]
    submitted_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(ID)
    on_behalf_of: Mapped[str | None] = mapped_column(ID)
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    minutes_before: Mapped[int | None]
    minutes: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        sa.Index("ix_appeal_status", "status", "submitted_at", "id"),
        sa.Index("ix_appeal_waiting", "activity_id", postgresql_where=sa.text("status = 'open'")),
    )
