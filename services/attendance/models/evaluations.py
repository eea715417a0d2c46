"""Evaluations, each way once; trainings and awards."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.attendance.models.base import ID, Base


class ActivityEvaluation(Base):
    """What somebody who served at an activity says of it. Whoever runs it reads the words, and not whose they are."""

    __tablename__ = "activity_evaluation"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    activity_id: Mapped[str] = mapped_column(ID)
    volunteer_id: Mapped[str] = mapped_column(ID, index=True)
    stars: Mapped[int] = mapped_column(sa.SmallInteger)
    text: Mapped[str | None]
    evaluated_at: Mapped[datetime]

    __table_args__ = (
        sa.UniqueConstraint("activity_id", "volunteer_id"),
        sa.Index("ix_activity_evaluation_page", "activity_id", "evaluated_at", "id"),
    )


class ServiceEvaluation(Base):
    """What the recording organization says of one service."""

    __tablename__ = "service_evaluation"

    record_id: Mapped[str] = mapped_column(sa.ForeignKey("service_record.id"), primary_key=True)
    volunteer_id: Mapped[str] = mapped_column(ID)
    grade: Mapped[str]
    text: Mapped[str | None]
    evaluated_by: Mapped[str] = mapped_column(ID)
    evaluated_at: Mapped[datetime]

    __table_args__ = (sa.Index("ix_service_evaluation_volunteer", "volunteer_id", "evaluated_at", "record_id"),)


class Attainment(Base):
    """A training or an award. ``issuer``: who taught or honoured; ``organization_id``: who entered it here."""

    __tablename__ = "attainment"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    volunteer_id: Mapped[str] = mapped_column(ID)
    organization_id: Mapped[str] = mapped_column(ID)
    kind: Mapped[str]
    name: Mapped[str]
    issuer: Mapped[str]
    day: Mapped[date]
    minutes: Mapped[int | None]  # of a training
    status: Mapped[str]
    recorded_by: Mapped[str] = mapped_column(ID)
    recorded_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (sa.Index("ix_attainment_volunteer", "volunteer_id", "day", "id"),)
