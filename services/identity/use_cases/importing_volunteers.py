"""Volunteers whom their organization registers: checked together, then imported a batch a transaction.

The certificate was seen by the organization, which vouches for it, as its reviewer would by approving a registration;
so a volunteer comes with ``approved_by``, and organization approves the membership as it does any other. There is no
password: the first login sets one, with a code that only the phone's holder gets (``password_resets.py``).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from services.chassis.errors import FieldError
from services.chassis.events import Event
from services.chassis.ids import new_id
from services.chassis.masking import masked_mobile
from services.identity.domain.access import AccountKind
from services.identity.domain.imports import ImportKind, path_names
from services.identity.domain.people import VolunteerStatus
from services.identity.domain.volunteer_numbers import HIGHEST, LOWEST, volunteer_no
from services.identity.events import ContactChanged, VolunteerChanged, VolunteerRegistered
from services.identity.metrics import REGISTRATIONS
from services.identity.models import Account, ImportJob, ImportRow, Volunteer
from services.identity.repository import IdentityUnitOfWork
from services.identity.use_cases.papers import ALREADY_REGISTERED, EMAIL_IN_USE, PHONE_IN_USE
from services.identity.use_cases.reading_rows import ReadRow, read_rows

UNKNOWN_ORGANIZATION = FieldError(
    "organization",
    "unknown_organization",
    "本组织以下没有这个启用的组织",
    "leads to no active organization below the importing one",
)
_LOCALE = "zh"
_Paths = dict[tuple[str, ...], str]


def check_volunteers(uow: IdentityUnitOfWork, job: ImportJob, rows: Sequence[ImportRow]) -> list[ReadRow]:
    """The rows with all that is wrong: cell by cell, within the file, and against who is registered already."""
    found = read_rows(uow, ImportKind.VOLUNTEERS, rows)
    mark_repeated(uow, job, found, "cert_no", ImportRow.cert_no_digest, lambda row: row.cert_no_digest)
    mark_repeated(uow, job, found, "phone", ImportRow.phone_digest, lambda row: row.phone_digest)
    _find_homes(uow, job, found)
    _mark_registered(uow, found)
    return found


def import_volunteers(uow: IdentityUnitOfWork, job: ImportJob, rows: Sequence[ImportRow]) -> list[ReadRow]:
    """The rows as accounts and volunteers; those get faults that were overtaken since they were checked."""
    found = read_rows(uow, ImportKind.VOLUNTEERS, rows)
    homes = _find_homes(uow, job, found)
    _mark_registered(uow, found)
    people = [row for row in found if not row.faults]
    numbers = _free_numbers(uow, len(people))
    accounts, volunteers, events = [], [], []
    for row, number in zip(people, numbers, strict=True):
        account = _account(uow, row)
        volunteer = _volunteer(uow, row, account, number, homes[path_names(row.cells.organization)])
        accounts.append(account)
        volunteers.append(volunteer)
        events += _events(uow, job, row, account, volunteer)
        row.subject_id = volunteer["id"]
        uow.audit("volunteer.imported", f"volunteer:{volunteer['id']}", import_id=job.id, by=job.executed_by)
    if people:
        uow.session.execute(sa.insert(Account), accounts)
        uow.session.execute(sa.insert(Volunteer), volunteers)
        uow.publish_many(events)
        REGISTRATIONS.labels(AccountKind.VOLUNTEER.value).inc(len(people))
    return found


def mark_repeated(
    uow: IdentityUnitOfWork,
    job: ImportJob,
    rows: Sequence[ReadRow],
    column: str,
    kept: Any,
    digest_of: Callable[[ReadRow], bytes | None],
) -> None:
    """Give a fault to rows that say in ``column`` what an earlier row of the file says."""
    digests = {digest for row in rows if (digest := digest_of(row)) is not None}
    first = uow.imports.first_with(job, kept, digests, rows[0].row.row_no)
    for row in rows:
        digest = digest_of(row)
        if digest is None:
            continue
        other = first.setdefault(digest, row.row.row_no)
        if other != row.row.row_no:
            zh, en = f"与第 {other} 行重复", f"is the same as in row {other}"
            row.faults.append(FieldError(column, "repeated_in_file", zh, en))


def _find_homes(uow: IdentityUnitOfWork, job: ImportJob, rows: Sequence[ReadRow]) -> _Paths:
    paths = {path_names(row.cells.organization) for row in rows if row.cells is not None}
    homes = uow.imports.organizations_called(job.organization_id, paths)
    for row in rows:
        if row.cells is not None and path_names(row.cells.organization) not in homes:
            row.faults.append(UNKNOWN_ORGANIZATION)
    return homes


def _mark_registered(uow: IdentityUnitOfWork, rows: Sequence[ReadRow]) -> None:
    certificates = uow.imports.certificates_in_use(_all(row.cert_no_digest for row in rows))
    phones = uow.imports.phones_in_use(_all(row.phone_digest for row in rows))
    emails = uow.imports.emails_in_use(_all(row.email_digest for row in rows))
    seen: set[bytes] = set()
    for row in rows:
        if row.cert_no_digest in certificates:
            row.faults.append(ALREADY_REGISTERED)
        if row.phone_digest in phones:
            row.faults.append(PHONE_IN_USE)
        if row.email_digest is not None:
            if row.email_digest in emails or row.email_digest in seen:
                row.faults.append(EMAIL_IN_USE)
            seen.add(row.email_digest)


def _all(digests: Iterator[bytes | None]) -> list[bytes]:
    return [digest for digest in digests if digest is not None]


def _free_numbers(uow: IdentityUnitOfWork, count: int) -> list[str]:
    """Numbers that nobody has; two transactions that draw the same one meet the unique index, and one is repeated."""
    numbers: set[str] = set()
    while len(numbers) < count:
        drawn = {volunteer_no(LOWEST + secrets.randbelow(HIGHEST - LOWEST + 1)) for _ in range(count - len(numbers))}
        numbers |= drawn - uow.imports.numbers_in_use(drawn)
    return list(numbers)


def _account(uow: IdentityUnitOfWork, row: ReadRow) -> dict[str, Any]:
    account_id, cells = new_id(), row.cells
    return {
        "id": account_id,
        "kind": AccountKind.VOLUNTEER.value,
        "name": cells.name,
        "phone_sealed": uow.vault.seal("account.phone", account_id, cells.phone),
        "phone_digest": row.phone_digest,
        "email_sealed": uow.vault.seal("account.email", account_id, cells.email),
        "email_digest": row.email_digest,
        "locale": _LOCALE,
        "created_at": uow.clock.now(),
        "version": 1,
    }


def _volunteer(
    uow: IdentityUnitOfWork, row: ReadRow, account: dict[str, Any], number: str, organization_id: str
) -> dict[str, Any]:
    volunteer_id, cells, certificate, now = new_id(), row.cells, row.certificate, uow.clock.now()
    assert certificate is not None
    return {
        "id": volunteer_id,
        "account_id": account["id"],
        "volunteer_no": number,
        "status": VolunteerStatus.PENDING_REVIEW.value,
        "organization_id": organization_id,
        "cert_type": certificate.type.value,
        "cert_no_sealed": uow.vault.seal("volunteer.cert_no", volunteer_id, certificate.number),
        "cert_no_digest": row.cert_no_digest,
        "certificate_warnings": list(certificate.warnings),
        "birth_date": certificate.birth_date,
        "region": cells.region,
        "political_status": cells.political_status,
        "clothing_size": cells.clothing_size,
        "skills": cells.skills,
        "service_types": cells.service_types,
        "registered_at": now,
        "submitted_at": now,
        "version": 1,
    }


def _events(
    uow: IdentityUnitOfWork, job: ImportJob, row: ReadRow, account: dict[str, Any], volunteer: dict[str, Any]
) -> list[tuple[Event, int]]:
    certificate, cells, context = row.certificate, row.cells, f"contact:{account['id']}"
    assert certificate is not None
    said = {name: volunteer[name] for name in ("account_id", "volunteer_no", "organization_id", "region")}
    said |= {"volunteer_id": volunteer["id"], "name": account["name"]}
    contact = ContactChanged(
        account_id=account["id"],
        volunteer_id=volunteer["id"],
        phone_sealed=uow.vault.for_notify(context, cells.phone),
        email_sealed=uow.vault.for_notify(context, cells.email),
        locale=_LOCALE,
    )
    registered = VolunteerRegistered(
        **said,
        cert_type=volunteer["cert_type"],
        cert_no_masked=certificate.masked,
        phone_masked=masked_mobile(cells.phone),
        registered_at=volunteer["submitted_at"],
        approved_by=job.executed_by,
    )
    changed = VolunteerChanged(
        **said,
        status=volunteer["status"],
        birth_date=volunteer["birth_date"],
        verified_in_person=False,
        political_status=cells.political_status,
        clothing_size=cells.clothing_size,
        skills=cells.skills,
        service_types=cells.service_types,
        accompanied_until=uow.settings.ages.accompanied_until(volunteer["birth_date"]),
    )
    return [(contact, 1), (registered, 1), (changed, 1)]
