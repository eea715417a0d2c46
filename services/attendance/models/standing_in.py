"""Who reviews in whose place, as organization tells it: delegations, and the roles that they depend on."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.attendance.models.base import ID, Base


class DelegationCopy(Base):
    """A reviewer's work at an organization, lent to another account for some days. ``version`` is organization's."""

    __tablename__ = "delegation_copy"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organization_id: Mapped[str] = mapped_column(ID)
    delegator_id: Mapped[str] = mapped_column(ID)
    delegate_id: Mapped[str] = mapped_column(ID, index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    created_at: Mapped[datetime]
    revoked: Mapped[bool]
    version: Mapped[int] = mapped_column(sa.BigInteger)


class ReviewerCopy(Base):
    """An account holds, or held, a role that reviews. ``appointed_at`` None: told before organization said so."""

    __tablename__ = "reviewer_copy"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organization_id: Mapped[str] = mapped_column(ID)
    account_id: Mapped[str] = mapped_column(ID, index=True)
    role: Mapped[str]
    active: Mapped[bool]
    appointed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(sa.BigInteger)
