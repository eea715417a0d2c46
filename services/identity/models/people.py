"""Who there is: accounts, volunteers, principals, and the roles they hold."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.models.base import UUID, Base


class Account(Base):
    """Somebody who can sign in. Volunteers do so by phone, email or certificate, all others by account name.

    Phone and email are unique among volunteers only: who answers for three organizations has one phone.
    Whom an organization registered has no password before they prove to have the phone, at ``confirmed_at``.
    ``email_verified_by``: the purpose of the code that came by e-mail and was used; None: nobody has shown that the
    mailbox is theirs.
    """

    __tablename__ = "account"

    id: Mapped[str] = mapped_column(UUID, primary_key=True)
    kind: Mapped[str]
    account_name: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str | None]
    phone_sealed: Mapped[str | None]
    phone_digest: Mapped[bytes | None]
    email_sealed: Mapped[str | None]
    email_digest: Mapped[bytes | None]
    email_verified_at: Mapped[datetime | None]
    email_verified_by: Mapped[str | None]
    locale: Mapped[str]
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    version: Mapped[int]

    __table_args__ = (
        sa.Index("uq_account_phone", "phone_digest", unique=True, postgresql_where=sa.text("kind = 'volunteer'")),
        sa.Index("uq_account_email", "email_digest", unique=True, postgresql_where=sa.text("kind = 'volunteer'")),
    )


class Volunteer(Base):
    """A volunteer. An erased one keeps the row, the number and the counts, and nothing that identifies the person."""

    __tablename__ = "volunteer"

    id: Mapped[str] = mapped_column(UUID, primary_key=True)
    account_id: Mapped[str] = mapped_column(UUID, sa.ForeignKey("account.id"), unique=True)
    volunteer_no: Mapped[str] = mapped_column(unique=True)
    status: Mapped[str]
    rejection_reason: Mapped[str | None]
    organization_id: Mapped[str] = mapped_column(UUID)
    left_home_at: Mapped[datetime | None]
    cert_type: Mapped[str]
    cert_no_sealed: Mapped[str | None]
    cert_no_digest: Mapped[bytes | None]
    certificate_warnings: Mapped[list[str]]
    birth_date: Mapped[date | None]
    region: Mapped[str]
    political_status: Mapped[str | None]
    clothing_size: Mapped[str | None]
    skills: Mapped[list[str]]
    service_types: Mapped[list[str]]
    guardian_name_sealed: Mapped[str | None]
    guardian_phone_sealed: Mapped[str | None]
    guardian_consented_at: Mapped[datetime | None]
    emergency_name_sealed: Mapped[str | None]
    emergency_phone_sealed: Mapped[str | None]
    realname: Mapped[str | None]  # what the verifier said of this name and certificate; None before it was ever asked
    registered_at: Mapped[datetime]
    submitted_at: Mapped[datetime]  # when a review was asked for last: decisions from before it are about older facts
    decided_at: Mapped[datetime | None]  # when the last decision that was taken over was made
    verified_in_person_at: Mapped[datetime | None]
    verified_in_person_by: Mapped[str | None] = mapped_column(UUID)
    verified_in_person_organization_id: Mapped[str | None] = mapped_column(UUID)
    version: Mapped[int]

    @property
    def home_id(self) -> str | None:
        """The home organization; None for somebody who left it. ``organization_id`` stays: it reviewed them last."""
        return self.organization_id if self.left_home_at is None else None

    __table_args__ = (sa.Index("uq_volunteer_certificate", "cert_no_digest", unique=True),)


class Principal(Base):
    """Who answers for an organization: the person behind an administrator's account.

    ``organization_id`` is the one that the account was made for; a registration that was cut off finds it again.
    """

    __tablename__ = "principal"

    account_id: Mapped[str] = mapped_column(UUID, sa.ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    organization_id: Mapped[str] = mapped_column(UUID)
    cert_type: Mapped[str]
    cert_no_sealed: Mapped[str | None]
    cert_no_digest: Mapped[bytes | None] = mapped_column(index=True)
    birth_date: Mapped[date | None]
    confirmed_at: Mapped[datetime | None]


class RoleGrant(Base):
    """A role at an organization: a copy of organization's administrators, carried in access tokens.

    No foreign key: organization may speak of an account whose row comes a moment later.
    """

    __tablename__ = "role_grant"

    administrator_id: Mapped[str] = mapped_column(UUID, primary_key=True)
    account_id: Mapped[str] = mapped_column(UUID, index=True)
    organization_id: Mapped[str] = mapped_column(UUID)
    role: Mapped[str]
    active: Mapped[bool]
    version: Mapped[int] = mapped_column(sa.BigInteger)
