"""Units that ask the bank to come."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.card.models.base import Base, Uuid
from services.card.models.branches import BranchContact


class GroupApplication(Base):
    """A unit's request that the bank come. Whom to call there is sealed, like the address."""

    __tablename__ = "group_application"

    id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    organization_id: Mapped[str] = mapped_column(Uuid, index=True)
    bank: Mapped[str]
    card_type: Mapped[str]
    branch_contact_id: Mapped[str] = mapped_column(Uuid, sa.ForeignKey("branch_contact.id"))
    preferred_dates: Mapped[list[date]] = mapped_column(ARRAY(sa.Date))
    visit_sealed: Mapped[str]
    status: Mapped[str]
    member_count: Mapped[int]
    requested_by: Mapped[str] = mapped_column(Uuid)
    requested_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(sa.BigInteger, default=1)

    branch_contact: Mapped[BranchContact] = relationship(lazy="joined", innerjoin=True)


class GroupMember(Base):
    """A volunteer whom a unit has put on its list; nothing of them leaves the platform with it."""

    __tablename__ = "group_member"

    group_id: Mapped[str] = mapped_column(Uuid, sa.ForeignKey("group_application.id"), primary_key=True)
    volunteer_id: Mapped[str] = mapped_column(Uuid, primary_key=True)
