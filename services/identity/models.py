"""Identity's tables. ``*_sealed`` is encrypted for its own row, ``*_digest`` is the blind index that finds it."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.chassis.organizations import organization_copy_table
from services.chassis.tables import new_metadata

_UUID = sa.Uuid(as_uuid=False)


class Base(DeclarativeBase):
    """Identity's metadata, the chassis' tables included."""

    metadata = new_metadata()
    type_annotation_map = {
        str: sa.Text(),
        datetime: sa.DateTime(timezone=True),
        bytes: sa.LargeBinary(),
        list[str]: ARRAY(sa.Text()),
    }


organization_copy_table(Base.metadata)


class Account(Base):
    """Somebody who can sign in. Volunteers do so by phone, email or certificate, all others by account name.

    Phone and email are unique among volunteers only: who answers for three organizations has one phone.
    """

    __tablename__ = "account"

    id: Mapped[str] = mapped_column(_UUID, primary_key=True)
    kind: Mapped[str]
    account_name: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str | None]
    phone_sealed: Mapped[str | None]
    phone_digest: Mapped[bytes | None]
    email_sealed: Mapped[str | None]
    email_digest: Mapped[bytes | None]
    locale: Mapped[str]
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]
    version: Mapped[int]

    __table_args__ = (
        sa.Index("uq_account_phone", "phone_digest", unique=True, postgresql_where=sa.text("kind = 'volunteer'")),
        sa.Index("uq_account_email", "email_digest", unique=True, postgresql_where=sa.text("kind = 'volunteer'")),
    )


class Volunteer(Base):
    """A volunteer. An erased one keeps the row, the number and the counts, and nothing that identifies the person."""

    __tablename__ = "volunteer"

    id: Mapped[str] = mapped_column(_UUID, primary_key=True)
    account_id: Mapped[str] = mapped_column(_UUID, sa.ForeignKey("account.id"), unique=True)
    volunteer_no: Mapped[str] = mapped_column(unique=True)
    status: Mapped[str]
    rejection_reason: Mapped[str | None]
    organization_id: Mapped[str] = mapped_column(_UUID)
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
    registered_at: Mapped[datetime]
    submitted_at: Mapped[datetime]  # when a review was asked for last: decisions from before it are about older facts
    decided_at: Mapped[datetime | None]  # when the last decision that was taken over was made
    verified_in_person_at: Mapped[datetime | None]
    verified_in_person_by: Mapped[str | None] = mapped_column(_UUID)
    verified_in_person_organization_id: Mapped[str | None] = mapped_column(_UUID)
    version: Mapped[int]

    __table_args__ = (sa.Index("uq_volunteer_certificate", "cert_no_digest", unique=True),)


class Principal(Base):
    """Who answers for an organization: the person behind an administrator's account.

    ``organization_id`` is the one that the account was made for; a registration that was cut off finds it again.
    """

    __tablename__ = "principal"

    account_id: Mapped[str] = mapped_column(_UUID, sa.ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    organization_id: Mapped[str] = mapped_column(_UUID)
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

    administrator_id: Mapped[str] = mapped_column(_UUID, primary_key=True)
    account_id: Mapped[str] = mapped_column(_UUID, index=True)
    organization_id: Mapped[str] = mapped_column(_UUID)
    role: Mapped[str]
    active: Mapped[bool]
    version: Mapped[int] = mapped_column(sa.BigInteger)


class Captcha(Base):
    """A picture that was shown. The row goes with the first answer, right or wrong."""

    __tablename__ = "captcha"

    id: Mapped[str] = mapped_column(_UUID, primary_key=True)
    answer_digest: Mapped[bytes]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class VerificationCode(Base):
    """A code on its way to a phone or mailbox. Neither stands here in clear; ``address_digest`` is who asked."""

    __tablename__ = "verification_code"

    id: Mapped[str] = mapped_column(_UUID, primary_key=True)
    purpose: Mapped[str]
    channel: Mapped[str]
    recipient_digest: Mapped[bytes]
    code_digest: Mapped[bytes]
    address_digest: Mapped[bytes]
    attempts: Mapped[int] = mapped_column(sa.SmallInteger)
    requested_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    __table_args__ = (
        sa.Index("ix_verification_code_recipient", "recipient_digest", "requested_at"),
        sa.Index("ix_verification_code_address", "address_digest", "requested_at"),
        sa.Index("ix_verification_code_requested_at", "requested_at"),
    )


class LoginFailure(Base):
    """Wrong passwords for a name, whether or not there is such an account."""

    __tablename__ = "login_failure"

    login_digest: Mapped[bytes] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(index=True)
    locked_until: Mapped[datetime | None]


class LoginSession(Base):
    """A device that is signed in; its refresh tokens are one family and end together."""

    __tablename__ = "login_session"

    id: Mapped[str] = mapped_column(_UUID, primary_key=True)
    account_id: Mapped[str] = mapped_column(_UUID, sa.ForeignKey("account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]


class RefreshToken(Base):
    """One refresh token, by its digest. Spent ones stay with their session, so that a stolen one is recognised."""

    __tablename__ = "refresh_token"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(_UUID, sa.ForeignKey("login_session.id", ondelete="CASCADE"), index=True)
    issued_at: Mapped[datetime]
    spent_at: Mapped[datetime | None]
