"""Certificates of service: issued to whoever served, verified by whoever holds one, free of charge (民政部令67号).

A certificate is frozen when it is issued, and counts confirmed minutes only. What comes later does not change it: where
hours that it counts are taken back it is outdated, and whoever verifies it is told.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from services.attendance import commands, metrics
from services.attendance.domain.certificates import MOST_SERVICES, CertificateStatus, new_code, serial_of
from services.attendance.errors import NothingToCertify, TooManyServices
from services.attendance.models import CertifiedService, ServiceCertificate, ServiceRecord, VolunteerCopy
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.repository.certificates import Wanted
from services.chassis.clock import local_day
from services.chassis.errors import IllegalTransition, NotFound, TooMany
from services.chassis.ids import new_id
from services.chassis.masking import masked_name

_DAY = timedelta(days=1)


def issue_certificate(command: commands.IssueCertificate, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """A certificate of one's own confirmed hours."""
    volunteer = uow.copies.lock_volunteer(uow.caller.require_volunteer())
    if volunteer is None:
        raise NothingToCertify()
    _require_not_too_often(uow, volunteer.id)
    certificate = issue(uow, volunteer, Wanted(command.from_day, command.to_day))
    return shown(uow, [certificate])[0]


def _require_not_too_often(uow: AttendanceUnitOfWork, volunteer_id: str) -> None:
    now = uow.clock.now()
    issued = uow.certificates.issued_since(volunteer_id, now - _DAY)
    if len(issued) >= uow.settings.certificates_a_day:
        raise TooMany(retry_after=int((issued[0] + _DAY - now).total_seconds()) + 1)


def issue(
    uow: AttendanceUnitOfWork,
    volunteer: VolunteerCopy,
    wanted: Wanted,
    *,
    organization_id: str | None = None,
    batch_id: str | None = None,
) -> ServiceCertificate:
    """Freeze what is wanted in a new certificate. The volunteer is locked: nothing is taken back meanwhile.

    Raises ``NothingToCertify`` and ``TooManyServices``.
    """
    found = uow.certificates.services(volunteer.id, wanted, MOST_SERVICES + 1)
    if not found:
        raise NothingToCertify()
    if len(found) > MOST_SERVICES:
        raise TooManyServices(limit=MOST_SERVICES)
    now = uow.clock.now()
    certificate_id = new_id()
    certificate = ServiceCertificate(
        id=certificate_id,
        serial=serial_of(local_day(now).year, uow.certificates.next_number()),
        volunteer_id=volunteer.id,
        organization_id=organization_id,
        batch_id=batch_id,
        name=volunteer.name,
        volunteer_no=volunteer.volunteer_no,
        from_day=wanted.from_day,
        to_day=wanted.to_day,
        minutes=sum(record.minutes for record, *_ in found),
        services=len(found),
        code_sealed=uow.settings.message_cipher.encrypt(new_code(), f"certificate:{certificate_id}"),
        status=CertificateStatus.VALID.value,
        issued_at=now,
        version=1,
    )
    lines = [_line(certificate_id, position, row) for position, row in enumerate(found)]
    uow.certificates.add(certificate, lines)
    uow.audit(
        "certificate.issued",
        f"certificate:{certificate.serial}",
        volunteer_id=volunteer.id,
        organization_id=organization_id,
        minutes=certificate.minutes,
        services=certificate.services,
    )
    metrics.CERTIFICATES.labels("issued").inc()
    return certificate


def _line(certificate_id: str, position: int, row: Sequence[Any]) -> CertifiedService:
    record, title, address, unit = row
    return CertifiedService(
        certificate_id=certificate_id,
        position=position,
        record_id=record.id,
        title=title,
        address=address,
        organization_name=unit,
        served_on=record.served_on,
        starts_at=record.starts_at,
        ends_at=record.ends_at,
        minutes=record.minutes,
    )


def shown(uow: AttendanceUnitOfWork, certificates: list[ServiceCertificate]) -> list[dict[str, Any]]:
    """All of these certificates: what is printed."""
    lines = uow.certificates.lines([certificate.id for certificate in certificates])
    return [
        {**vars(certificate), "code": _code(uow, certificate), "items": lines[certificate.id]}
        for certificate in certificates
    ]


def _code(uow: AttendanceUnitOfWork, certificate: ServiceCertificate) -> str:
    code: str = uow.settings.message_cipher.decrypt(certificate.code_sealed, f"certificate:{certificate.id}")
    return code


def list_certificates(query: commands.ListCertificates, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """One's own certificates, newest first."""
    volunteer_id = uow.caller.require_volunteer()
    page = uow.page(
        uow.certificates.of_volunteer(volunteer_id),
        [(ServiceCertificate.issued_at, "desc"), (ServiceCertificate.id, "desc")],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"service-certificates:{volunteer_id}",
    )
    return {"items": page.items, "next_cursor": page.next_cursor}


def get_certificate(query: commands.GetCertificate, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """One of one's own, with all that it lists: to print it again."""
    certificate = uow.certificates.find(query.serial)
    if certificate is None or certificate.volunteer_id != uow.caller.require_volunteer():
        raise NotFound(what="certificate")
    return shown(uow, [certificate])[0]


def verify_certificate(query: commands.VerifyCertificate, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """What whoever holds a certificate may know. A wrong code learns nothing, not even that there is the serial."""
    certificate = uow.certificates.find(query.serial)
    if certificate is None or not hmac.compare_digest(_code(uow, certificate).encode(), query.code.encode()):
        metrics.CERTIFICATES.labels("not_verified").inc()
        raise NotFound(what="certificate")
    metrics.CERTIFICATES.labels("verified").inc()
    return {
        **vars(certificate),
        "name_masked": masked_name(certificate.name),
        "organizations": uow.certificates.organizations_of(certificate.id),
    }


def revoke_certificate(command: commands.RevokeCertificate, uow: AttendanceUnitOfWork) -> ServiceCertificate:
    """By whose it is, or by a platform administrator; this is final."""
    certificate = uow.certificates.lock(command.serial)
    if uow.caller.kind != "platform" and certificate.volunteer_id != uow.caller.volunteer_id:
        raise NotFound(what="certificate")
    if certificate.status == CertificateStatus.REVOKED:
        raise IllegalTransition(current=certificate.status, attempted=CertificateStatus.REVOKED.value)
    certificate.status = CertificateStatus.REVOKED.value
    certificate.changed_at = uow.clock.now()
    certificate.reason = command.reason
    certificate.version += 1
    uow.audit("certificate.revoked", f"certificate:{certificate.serial}", volunteer_id=certificate.volunteer_id)
    metrics.CERTIFICATES.labels("revoked").inc()
    return certificate


def outdate_certificates(uow: AttendanceUnitOfWork, record: ServiceRecord) -> None:
    """The hours of ``record`` are taken back: what was certified of them is not so any more."""
    for serial in uow.certificates.outdate(record.id, uow.clock.now()):
        uow.audit("certificate.outdated", f"certificate:{serial}", record_id=record.id)
        metrics.CERTIFICATES.labels("outdated").inc()
