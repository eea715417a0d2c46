"""POST /volunteers: a saga, since the home organization is asked whether it takes members now.

First transaction: everything that can be wrong, in one list; a wrong code is counted. Then, with none open, the
organization and the real-name check are asked. Last transaction: code spent, account and volunteer saved, events. If
organization does not answer (503, 504) or the process dies, nothing was saved, and the code is still good.

Whether a certificate, phone or email is in use is told only to who has the right code, that is, controls a phone.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from sqlalchemy.exc import IntegrityError

from services.chassis.errors import AppError, FieldError, Invalid
from services.chassis.ids import new_id
from services.identity import commands
from services.identity.domain.access import AccountKind, Purpose, password_fault
from services.identity.domain.certificates import Certificate
from services.identity.domain.people import VolunteerStatus
from services.identity.domain.volunteer_numbers import HIGHEST, LOWEST, volunteer_no
from services.identity.metrics import REFUSALS, REGISTRATIONS
from services.identity.models import Account, Volunteer
from services.identity.passwords import passwords_with
from services.identity.repository import IdentityUnitOfWork
from services.identity.use_cases import papers, realname
from services.identity.use_cases.codes import fitting_code, use_code, wrong_code
from services.identity.use_cases.consenting import record_registration
from services.identity.use_cases.telling import tell_contact, tell_volunteer
from services.identity.verifier import Outcome, Verifier

AskOrganization = Callable[[str, dict[str, Any]], Any]  # (method, request) -> answer; raises its refusal


def register_volunteer(
    units: Any, command: commands.RegisterVolunteer, ask_organization: AskOrganization, verifier: Verifier
) -> Volunteer:
    """The new volunteer, who waits for review, or for the real-name check if that gives no answer now.

    Raises ``Invalid`` with every field that breaks a rule.
    """
    with units() as uow:
        certificate, faults = _examine(uow, command)
        settings = uow.settings
    faults += _organization_faults(ask_organization, command.organization_id, give_up=not faults)
    outcome = None
    if not faults and certificate is not None:
        outcome = realname.ask(verifier, command.name, certificate, settings.realname_timeout)
        faults += realname.faults_of(outcome)
    if faults or certificate is None:
        raise _refused(Invalid(*faults))
    password_hash = passwords_with(settings.argon2).hash(command.password)
    try:
        with units() as uow:
            volunteer = _save(uow, command, certificate, password_hash, outcome)
    except IntegrityError as error:
        raise _refused(papers.taken_meanwhile(error)) from error
    REGISTRATIONS.labels(AccountKind.VOLUNTEER.value).inc()
    return volunteer


def _examine(
    uow: IdentityUnitOfWork, command: commands.RegisterVolunteer
) -> tuple[Certificate | None, list[FieldError]]:
    consents = command.guardian is not None and command.guardian.consent
    said = papers.Papers(command.cert_type, command.cert_no, command.birth_date, consents)
    certificate, faults = papers.examine(uow, said, uow.settings.ages)
    weak = password_fault(command.password, command.phone, certificate.number if certificate else None)
    if weak is not None:
        faults.append(weak)
    phone = uow.vault.phone_digest(command.phone)
    if fitting_code(uow, Purpose.REGISTER, phone, command.code) is None:
        return certificate, [*faults, wrong_code()]
    if certificate is not None and uow.volunteers.has_certificate(
        uow.vault.certificate_digest(certificate.type, certificate.number)
    ):
        faults.append(papers.ALREADY_REGISTERED)
    if uow.accounts.volunteer_has_phone(phone):
        faults.append(papers.PHONE_IN_USE)
    if command.email is not None and uow.accounts.volunteer_has_email(uow.vault.email_digest(command.email)):
        faults.append(papers.EMAIL_IN_USE)
    return certificate, faults


def _organization_faults(ask: AskOrganization, organization_id: str, *, give_up: bool) -> list[FieldError]:
    """Why that organization takes nobody. If it cannot be asked: raised if all depends on it, else left out."""
    try:
        ask("takes_members", {"organization_id": organization_id})
    except AppError as refusal:
        if refusal.status >= 500:
            if give_up:
                raise
            return []
        code = "unknown_organization" if refusal.status == 404 else refusal.code
        return [FieldError("organization_id", code, refusal.detail("zh"), refusal.detail("en"))]
    return []


def _save(
    uow: IdentityUnitOfWork,
    command: commands.RegisterVolunteer,
    certificate: Certificate,
    password_hash: str,
    outcome: Outcome | None,
) -> Volunteer:
    use_code(uow, Purpose.REGISTER, uow.vault.phone_digest(command.phone), command.code)
    now, vault = uow.clock.now(), uow.vault
    account = Account(
        id=new_id(),
        kind=AccountKind.VOLUNTEER.value,
        name=command.name,
        password_hash=password_hash,
        locale=uow.caller.locale,
        created_at=now,
        version=1,
    )
    vault.set_phone(account, command.phone)
    vault.set_email(account, command.email)
    volunteer_id = new_id()
    guardian = command.guardian
    volunteer = Volunteer(
        id=volunteer_id,
        account_id=account.id,
        volunteer_no=_free_number(uow),
        status=VolunteerStatus.VERIFYING.value,
        organization_id=command.organization_id,
        cert_type=certificate.type.value,
        cert_no_sealed=vault.seal("volunteer.cert_no", volunteer_id, certificate.number),
        cert_no_digest=vault.certificate_digest(certificate.type, certificate.number),
        certificate_warnings=list(certificate.warnings),
        birth_date=certificate.birth_date,
        region=command.region,
        political_status=command.political_status,
        clothing_size=command.clothing_size,
        skills=command.skills,
        service_types=command.service_types,
        guardian_name_sealed=guardian and vault.seal("volunteer.guardian_name", volunteer_id, guardian.name),
        guardian_phone_sealed=guardian and vault.seal("volunteer.guardian_phone", volunteer_id, guardian.phone),
        guardian_consented_at=now if guardian is not None and guardian.consent else None,
        registered_at=now,
        submitted_at=now,
        version=1,
    )
    uow.session.add(account)
    uow.session.flush()
    uow.session.add(volunteer)
    uow.session.flush()
    record_registration(uow, volunteer)
    realname.submit(uow, volunteer, account, outcome)
    tell_volunteer(uow, volunteer, account)
    tell_contact(uow, account, volunteer.id)
    uow.audit("volunteer.registered", f"volunteer:{volunteer.id}", organization_id=volunteer.organization_id)
    return volunteer


def _free_number(uow: IdentityUnitOfWork) -> str:
    """A number nobody has. Two who draw the same one at the same moment meet the unique index, and the second asks
    again: one in nine thousand million."""
    while True:
        number = volunteer_no(LOWEST + secrets.randbelow(HIGHEST - LOWEST + 1))
        if not uow.volunteers.has_number(number):
            return number


def _refused(refusal: Invalid) -> Invalid:
    for fault in refusal.errors:
        REFUSALS.labels(AccountKind.VOLUNTEER.value, fault.code).inc()
    return refusal
