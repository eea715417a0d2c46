"""Units that ask the bank to come, and whom they have asked before."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.card.models.base import Base, Uuid
from services.card.models.branches import BranchContact


class GroupApplication(Base):
    """A unit's list, and the bank's visit that comes of it. Whom to call there is sealed, like the address.

    ``member_count``: how many had consented when the bank was asked; before that, how many are on the list.
    ``consent_until`` is null where the bank was asked and members were not, as it was once done.
    ``scheduled_at``: when the day of the visit was said that is in force, so that an earlier one does not replace it.
    ``consents_kept_until``: until when one who has consented in vain may apply alone by one click.
    """

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
    consent_until: Mapped[datetime | None]
    consents_kept_until: Mapped[datetime | None]
    visit_on: Mapped[date | None]
    scheduled_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    version: Mapped[int] = mapped_column(sa.BigInteger, default=1)

    branch_contact: Mapped[BranchContact] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        sa.Index("ix_group_application_collecting", "consent_until", postgresql_where=sa.text("status = 'collecting'")),
        sa.Index(
            "ix_group_application_consents_kept",
            "consents_kept_until",
            postgresql_where=sa.text("consents_kept_until IS NOT NULL"),
        ),
    )


class GroupMember(Base):
    """A volunteer whom a unit has put on its list; nothing of them leaves the platform without their consent.

    ``code``: why a member who consented could not apply. ``details_sealed``: address and guardian, from the consent
    until it has become an application.
    """

    __tablename__ = "group_member"

    group_id: Mapped[str] = mapped_column(Uuid, sa.ForeignKey("group_application.id"), primary_key=True)
    volunteer_id: Mapped[str] = mapped_column(Uuid, primary_key=True, index=True)
    reply: Mapped[str] = mapped_column(server_default="pending")
    replied_at: Mapped[datetime | None]
    code: Mapped[str | None]
    text_version: Mapped[str | None]
    clothing_size: Mapped[str | None]
    details_sealed: Mapped[str | None]

    group: Mapped[GroupApplication] = relationship(lazy="joined", innerjoin=True)
