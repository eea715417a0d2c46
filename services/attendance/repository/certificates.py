"""Queries on certificates of service and batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.attendance.domain import RecordStatus
from services.attendance.domain.certificates import CertificateStatus, MemberStatus
from services.attendance.models import (
    ORGANIZATION_COPY,
    ActivityCopy,
    BatchMember,
    CertificateBatch,
    CertifiedService,
    ServiceCertificate,
    ServiceRecord,
)
from services.attendance.models.certificates import CERTIFICATE_NUMBERS
from services.chassis.errors import NotFound


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which confirmed records are meant; ``organizations``: a condition on the records' organization, or None."""

    from_day: date | None
    to_day: date | None
    activity_id: str | None = None
    organizations: sa.ColumnElement[bool] | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """SQL on ``ServiceRecord``: confirmed, of some minutes, and what is wanted."""
        found = [ServiceRecord.status == RecordStatus.CONFIRMED, ServiceRecord.minutes > 0]
        if self.from_day is not None:
            found.append(ServiceRecord.served_on >= self.from_day)
        if self.to_day is not None:
            found.append(ServiceRecord.served_on <= self.to_day)
        if self.activity_id is not None:
            found.append(ServiceRecord.activity_id == self.activity_id)
        if self.organizations is not None:
            found.append(self.organizations)
        return found


class CertificateRepository:
    """Certificates and what they list."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def next_number(self) -> int:
        """A number that no other certificate has."""
        return int(self._session.execute(CERTIFICATE_NUMBERS.next_value()).scalar_one())

    def services(self, volunteer_id: str, wanted: Wanted, limit: int) -> Sequence[sa.Row[Any]]:
        """(record, title, address, organization's name) of what can be certified, in the order of time."""
        statement = (
            sa.select(ServiceRecord, ActivityCopy.title, ActivityCopy.address, ORGANIZATION_COPY.c.name)
            .join(ActivityCopy, ActivityCopy.id == ServiceRecord.activity_id)
            .join(ORGANIZATION_COPY, ORGANIZATION_COPY.c.id == ServiceRecord.organization_id)
            .where(ServiceRecord.volunteer_id == volunteer_id, *wanted.conditions())
            .order_by(ServiceRecord.served_on, ServiceRecord.starts_at)
            .limit(limit)
        )
        return self._session.execute(statement).all()

    def add(self, certificate: ServiceCertificate, lines: Sequence[CertifiedService]) -> None:
        """A new certificate with what it lists."""
        self._session.add(certificate)
        self._session.flush()
        self._session.add_all(lines)

    def issued_since(self, volunteer_id: str, moment: datetime) -> Sequence[datetime]:
        """When certificates were issued to the volunteer at their own wish since ``moment``, oldest first."""
        statement = sa.select(ServiceCertificate.issued_at).where(
            ServiceCertificate.volunteer_id == volunteer_id,
            ServiceCertificate.issued_at > moment,
            ServiceCertificate.batch_id.is_(None),
        )
        return self._session.scalars(statement.order_by(ServiceCertificate.issued_at)).all()

    def find(self, serial: str) -> ServiceCertificate | None:
        """One certificate."""
        return self._session.scalar(sa.select(ServiceCertificate).where(ServiceCertificate.serial == serial))

    def lock(self, serial: str) -> ServiceCertificate:
        """One certificate as it is now, locked; raises ``NotFound``."""
        statement = sa.select(ServiceCertificate).where(ServiceCertificate.serial == serial)
        found = self._session.scalar(statement.with_for_update().execution_options(populate_existing=True))
        if found is None:
            raise NotFound(what="certificate")
        return found

    def lines(self, certificate_ids: Sequence[str]) -> dict[str, list[CertifiedService]]:
        """What each of these certificates lists, in order."""
        statement = (
            sa.select(CertifiedService)
            .where(CertifiedService.certificate_id.in_(certificate_ids))
            .order_by(CertifiedService.certificate_id, CertifiedService.position)
        )
        found: dict[str, list[CertifiedService]] = {id_: [] for id_ in certificate_ids}
        for line in self._session.scalars(statement):
            found[line.certificate_id].append(line)
        return found

    def organizations_of(self, certificate_id: str) -> list[str]:
        """The names of the recording units of a certificate."""
        statement = sa.select(CertifiedService.organization_name).where(
            CertifiedService.certificate_id == certificate_id
        )
        return sorted(self._session.scalars(statement.distinct()))

    def of_volunteer(self, volunteer_id: str) -> Any:
        """A volunteer's certificates."""
        return sa.select(ServiceCertificate).where(ServiceCertificate.volunteer_id == volunteer_id)

    def of_batch(self, batch_id: str) -> Any:
        """The certificates of a batch that can be relied on."""
        return sa.select(ServiceCertificate).where(
            ServiceCertificate.batch_id == batch_id, ServiceCertificate.status == CertificateStatus.VALID
        )

    def outdate(self, record_id: str, now: datetime) -> Sequence[str]:
        """Certificates that count this record are not to be relied on any more; answers their serials."""
        counting = sa.select(CertifiedService.certificate_id).where(CertifiedService.record_id == record_id)
        return self._session.scalars(
            sa.update(ServiceCertificate)
            .where(ServiceCertificate.id.in_(counting), ServiceCertificate.status == CertificateStatus.VALID)
            .values(status=CertificateStatus.OUTDATED.value, changed_at=now, version=ServiceCertificate.version + 1)
            .returning(ServiceCertificate.serial)
        ).all()

    def erase(self, volunteer_id: str, now: datetime) -> None:
        """Revoke an erased person's certificates, and forget what they list; a verifier learns that, and no more."""
        theirs = sa.select(ServiceCertificate.id).where(ServiceCertificate.volunteer_id == volunteer_id)
        self._session.execute(sa.delete(CertifiedService).where(CertifiedService.certificate_id.in_(theirs)))
        self._session.execute(
            sa.update(ServiceCertificate)
            .where(ServiceCertificate.volunteer_id == volunteer_id)
            .values(
                name="",
                volunteer_no="",
                reason=None,
                status=CertificateStatus.REVOKED.value,
                changed_at=sa.func.coalesce(ServiceCertificate.changed_at, now),
                version=ServiceCertificate.version + 1,
            )
        )
        self._session.execute(sa.delete(BatchMember).where(BatchMember.volunteer_id == volunteer_id))


class BatchRepository:
    """Batches and their members."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, batch: CertificateBatch, volunteer_ids: Sequence[str]) -> None:
        """A new batch for these people."""
        self._session.add(batch)
        self._session.flush()
        rows = [
            {
                "batch_id": batch.id,
                "volunteer_id": volunteer_id,
                "status": MemberStatus.WAITING.value,
                "next_attempt_at": batch.requested_at,
            }
            for volunteer_id in volunteer_ids
        ]
        self._session.execute(sa.insert(BatchMember), rows)

    def find(self, batch_id: str) -> CertificateBatch | None:
        """One batch."""
        return self._session.get(CertificateBatch, batch_id)

    def of_organization(self, organization_id: str) -> Any:
        """The batches of an organization."""
        return sa.select(CertificateBatch).where(CertificateBatch.organization_id == organization_id)

    def volunteers_of(self, wanted: Wanted, volunteer_ids: Sequence[str] | None, limit: int) -> Sequence[str]:
        """Who has served what is wanted, ``limit`` at most; only these, if they are named."""
        statement = sa.select(ServiceRecord.volunteer_id).where(*wanted.conditions())
        if volunteer_ids is not None:
            statement = statement.where(ServiceRecord.volunteer_id.in_(volunteer_ids))
        return self._session.scalars(statement.distinct().order_by(ServiceRecord.volunteer_id).limit(limit)).all()

    def counts(self, batch_ids: Sequence[str]) -> dict[str, dict[str, int]]:
        """How many members of each batch are in which state."""
        rows = self._session.execute(
            sa.select(BatchMember.batch_id, BatchMember.status, sa.func.count())
            .where(BatchMember.batch_id.in_(batch_ids))
            .group_by(BatchMember.batch_id, BatchMember.status)
        )
        found: dict[str, dict[str, int]] = {id_: {} for id_ in batch_ids}
        for batch_id, status, count in rows:
            found[batch_id][status] = count
        return found

    def claim(self, now: datetime, limit: int, for_seconds: int) -> Sequence[tuple[str, str]]:
        """(batch, volunteer) ids of members whose turn it is; nobody else takes them for so many seconds."""
        due = (
            sa.select(BatchMember)
            .where(BatchMember.status == MemberStatus.WAITING, BatchMember.next_attempt_at <= now)
            .order_by(BatchMember.next_attempt_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        members = self._session.scalars(due).all()
        for member in members:
            member.next_attempt_at = now + timedelta(seconds=for_seconds)
        return [(member.batch_id, member.volunteer_id) for member in members]

    def lock_member(self, batch_id: str, volunteer_id: str) -> BatchMember | None:
        """A member who waits, locked; None if somebody else was quicker, or the person was erased."""
        member = self._session.get(BatchMember, (batch_id, volunteer_id), with_for_update=True)
        return member if member is not None and member.status == MemberStatus.WAITING else None
