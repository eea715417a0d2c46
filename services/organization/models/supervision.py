"""What supervision counts: kept up with every change, and put away every night (docs/adr/0020)."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.organizations import LTree
from services.organization.models.base import UUID, Base


class _Counters:
    """What one organization, without those below it, adds to each figure.

    ``declared_…``: of the latest receipt, None unless the organization is active and has sent one. ``covered_level``:
    the level of the nearest organization above that has declared too (0: none); a unit declares for everything below
    it. ``last_activity_at``: when its latest activity that was not revoked was published. ``records_due``: of how many
    of its activities the hours had to be recorded by now. ``waiting_since``: since when its own registration waits for
    a review.
    """

    path: Mapped[str] = mapped_column(LTree)
    active: Mapped[bool]
    registered: Mapped[int]
    league_members: Mapped[int]
    card_holders: Mapped[int]
    last_activity_at: Mapped[datetime | None]
    declared_organizations: Mapped[int | None]
    declared_volunteers: Mapped[int | None]
    declared_league_members: Mapped[int | None]
    covered_level: Mapped[int]
    pending_memberships: Mapped[int]
    oldest_pending_at: Mapped[datetime | None]
    waiting_since: Mapped[datetime | None]
    records_due: Mapped[int] = mapped_column(server_default=sa.text("0"))
    records_in_time: Mapped[int] = mapped_column(server_default=sa.text("0"))


class OrganizationCounter(_Counters, Base):
    """An organization's counters now. ``changed``: since the last snapshot."""

    __tablename__ = "organization_counter"

    organization_id: Mapped[str] = mapped_column(UUID, sa.ForeignKey("organization.id"), primary_key=True)
    changed: Mapped[bool]

    __table_args__ = (
        sa.Index("ix_organization_counter_path", "path", postgresql_using="gist"),
        sa.Index(
            "ix_organization_counter_waiting",
            "path",
            "organization_id",
            "pending_memberships",
            postgresql_include=["oldest_pending_at"],
            postgresql_where=sa.text("pending_memberships > 0"),
        ),
        sa.Index(
            "ix_organization_counter_sums",
            "path",
            postgresql_include=[
                "active",
                "registered",
                "league_members",
                "card_holders",
                "last_activity_at",
                "records_due",
                "records_in_time",
            ],
        ),
        sa.Index(
            "ix_organization_counter_declaring",
            "path",
            postgresql_include=[
                "covered_level",
                "declared_organizations",
                "declared_volunteers",
                "declared_league_members",
            ],
            postgresql_where=sa.text("declared_volunteers IS NOT NULL"),
        ),
        sa.Index(
            "ix_organization_counter_submitted",
            "path",
            postgresql_include=["waiting_since"],
            postgresql_where=sa.text("waiting_since IS NOT NULL"),
        ),
        sa.Index(
            "ix_organization_counter_last_activity",
            "last_activity_at",
            postgresql_where=sa.text("active AND last_activity_at IS NOT NULL"),
        ),
        sa.Index("ix_organization_counter_due", "organization_id", postgresql_where=sa.text("records_due > 0")),
        sa.Index("ix_organization_counter_changed", "organization_id", postgresql_where=sa.text("changed")),
    )


class CounterTotal(Base):
    """A part of the sums of all organizations' counters; only the sum of the parts says anything (docs/adr/0033).

    Whoever changes counters adds to the part of their own connection, so that they need not wait for one another. A
    part alone may be below zero: what one connection added, another takes away.
    """

    __tablename__ = "counter_total"

    part: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    active: Mapped[int] = mapped_column(sa.BigInteger)
    registered: Mapped[int] = mapped_column(sa.BigInteger)
    league_members: Mapped[int] = mapped_column(sa.BigInteger)
    card_holders: Mapped[int] = mapped_column(sa.BigInteger)
    records_due: Mapped[int] = mapped_column(sa.BigInteger, server_default=sa.text("0"))
    records_in_time: Mapped[int] = mapped_column(sa.BigInteger, server_default=sa.text("0"))


class CountedVolunteer(Base):
    """Where a volunteer is counted at present, and as what; ``organization_id`` None: nowhere.

    What a change adds is the difference to this row, so a change that is told twice adds nothing.
    """

    __tablename__ = "counted_volunteer"

    volunteer_id: Mapped[str] = mapped_column(UUID, primary_key=True)
    organization_id: Mapped[str | None] = mapped_column(UUID)
    league_member: Mapped[bool]
    card_holder: Mapped[bool]


class CounterSnapshot(_Counters, Base):
    """An organization's counters at the end of each day from ``from_day`` to the day before ``until_day``."""

    __tablename__ = "counter_snapshot"

    organization_id: Mapped[str] = mapped_column(UUID, sa.ForeignKey("organization.id"), primary_key=True)
    from_day: Mapped[date] = mapped_column(primary_key=True)
    until_day: Mapped[date]

    __table_args__ = (
        sa.Index("ix_counter_snapshot_path", "path", postgresql_using="gist"),
        sa.Index("ix_counter_snapshot_days", "until_day", "from_day"),
    )


class SupervisionDay(Base):
    """A day of which there are figures. ``counted_at`` is soon after its end, or later if the night was missed."""

    __tablename__ = "supervision_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    counted_at: Mapped[datetime]
