"""PATCH /me. A saga: wrong codes are counted, and the real-name check is asked, outside of the change itself.

A new name or certificate is reviewed again by the home organization (API.md). A new certificate was seen by nobody yet,
so a verification in person ends with the old one. A rejected volunteer corrects first and then asks for a new review.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError

from services.chassis.errors import FieldError, Invalid, NotAuthenticated
from services.identity import commands
from services.identity.domain.access import Channel, Purpose
from services.identity.domain.certificates import Certificate, CertType
from services.identity.domain.people import VolunteerStatus, change_status
from services.identity.models import Account, Volunteer
from services.identity.repository import IdentityUnitOfWork
from services.identity.use_cases import in_person, papers, realname
from services.identity.use_cases.codes import fitting_code, note_own_mailbox, recipient_digest, use_code, wrong_code
from services.identity.use_cases.consenting import record_political_status
from services.identity.use_cases.in_person import Cause
from services.identity.use_cases.profile import get_me, own_account
from services.identity.use_cases.telling import tell_contact, tell_old_contact, tell_volunteer
from services.identity.verifier import Outcome, Verifier

_PLAIN = ("region", "political_status", "clothing_size", "skills", "service_types")
_OF_VOLUNTEERS = ("cert_no", "emergency_contact", *_PLAIN)


@dataclass(frozen=True, slots=True)
class _NewContact:
    field: str
    channel: Channel
    recipient: str
    code: str

    @property
    def code_field(self) -> str:
        return f"{self.field}_code"


def update_me(units: Any, command: commands.UpdateMe, verifier: Verifier) -> dict[str, Any]:
    """Oneself after the change; raises ``Invalid`` with every field that breaks a rule."""
    with units() as uow:
        account = own_account(uow)
        volunteer = uow.volunteers.of_account(account.id)
        certificate, faults = _examine(uow, command, volunteer)
        patience = uow.settings.realname_timeout
    outcome = None
    if not faults and certificate is not None and (command.name is not None or command.cert_no is not None):
        outcome = realname.ask(verifier, command.name or account.name, certificate, patience)
        faults = realname.faults_of(outcome)
    if faults:
        raise Invalid(*faults)
    try:
        with units() as uow:
            return _change(uow, command, certificate, outcome)
    except IntegrityError as error:
        raise papers.taken_meanwhile(error) from error


def _examine(
    uow: IdentityUnitOfWork, command: commands.UpdateMe, volunteer: Volunteer | None
) -> tuple[Certificate | None, list[FieldError]]:
    """The certificate as it will be, and everything that is wrong."""
    faults: list[FieldError] = []
    for contact in _new_contacts(command):
        digest = recipient_digest(uow, contact.channel, contact.recipient)
        if fitting_code(uow, Purpose.CHANGE_CONTACT, digest, contact.code) is None:
            faults.append(wrong_code(contact.code_field))
    if volunteer is None:
        given = [name for name in _OF_VOLUNTEERS if getattr(command, name) is not None]
        faults += [FieldError(name, "volunteers_only", "仅志愿者可填写", "is for volunteers only") for name in given]
        return None, faults
    if command.name is not None or command.cert_no is not None:
        change_status(VolunteerStatus(volunteer.status), VolunteerStatus.PENDING_REVIEW)  # not while suspended
    if command.cert_type is None or command.cert_no is None:
        return _present_certificate(uow, volunteer), faults
    said = papers.Papers(
        command.cert_type, command.cert_no, command.birth_date, volunteer.guardian_consented_at is not None
    )
    certificate, of_papers = papers.examine(uow, said, uow.settings.ages)
    faults += of_papers
    if certificate is not None:
        digest = uow.vault.certificate_digest(certificate.type, certificate.number)
        if digest != volunteer.cert_no_digest and uow.volunteers.has_certificate(digest):
            faults.append(papers.ALREADY_REGISTERED)
    return certificate, faults


def _new_contacts(command: commands.UpdateMe) -> list[_NewContact]:
    given = (
        ("phone", Channel.SMS, command.phone, command.phone_code),
        ("email", Channel.EMAIL, command.email, command.email_code),
    )
    return [_NewContact(name, channel, to, code or "") for name, channel, to, code in given if to is not None]


def _present_certificate(uow: IdentityUnitOfWork, volunteer: Volunteer) -> Certificate:
    return Certificate(CertType(volunteer.cert_type), uow.vault.cert_no_of(volunteer) or "", volunteer.birth_date)


def _change(
    uow: IdentityUnitOfWork, command: commands.UpdateMe, certificate: Certificate | None, outcome: Outcome | None
) -> dict[str, Any]:
    account = uow.accounts.lock(uow.caller.require_account())
    if account is None:
        raise NotAuthenticated()
    volunteer = uow.volunteers.lock_of_account(account.id)
    contacts = _new_contacts(command)
    for contact in contacts:
        _change_contact(uow, contact, account)
    if command.name is not None:
        account.name = command.name
    if volunteer is not None:
        volunteer.version += 1
        _change_volunteer(uow, command, certificate, outcome, volunteer, account)
    uow.session.flush()
    if contacts:
        account.version += 1
        tell_contact(uow, account, volunteer.id if volunteer is not None else None)
    if volunteer is not None:
        tell_volunteer(uow, volunteer, account)
    changed = sorted(
        field for field in command.__dataclass_fields__
        if getattr(command, field) is not None and not field.endswith("_code")
    )  # fmt: skip
    uow.audit("account.changed", f"account:{account.id}", fields=changed)
    return get_me(commands.GetMe(), uow)


def _change_contact(uow: IdentityUnitOfWork, contact: _NewContact, account: Account) -> None:
    digest = recipient_digest(uow, contact.channel, contact.recipient)
    use_code(uow, Purpose.CHANGE_CONTACT, digest, contact.code, field=contact.code_field)
    tell_old_contact(uow, account, contact.channel)
    if contact.channel is Channel.SMS:
        uow.vault.set_phone(account, contact.recipient)
    else:
        uow.vault.set_email(account, contact.recipient)
        note_own_mailbox(uow, account, Purpose.CHANGE_CONTACT)


def _change_volunteer(
    uow: IdentityUnitOfWork,
    command: commands.UpdateMe,
    certificate: Certificate | None,
    outcome: Outcome | None,
    volunteer: Volunteer,
    account: Account,
) -> None:
    for name in _PLAIN:
        if getattr(command, name) is not None:
            setattr(volunteer, name, getattr(command, name))
    record_political_status(uow, volunteer)
    if command.emergency_contact is not None:
        to, seal = command.emergency_contact, uow.vault.seal
        volunteer.emergency_name_sealed = seal("volunteer.emergency_name", volunteer.id, to.name)
        volunteer.emergency_phone_sealed = seal("volunteer.emergency_phone", volunteer.id, to.phone)
    if command.cert_no is not None and certificate is not None:
        _change_certificate(uow, volunteer, certificate)
    if command.name is None and command.cert_no is None:
        return
    if volunteer.status == VolunteerStatus.REJECTED:
        volunteer.realname = realname.WAITING  # corrected; POST /me/resubmission asks for check and review
        return
    realname.submit(uow, volunteer, account, outcome)


def _change_certificate(uow: IdentityUnitOfWork, volunteer: Volunteer, certificate: Certificate) -> None:
    digest = uow.vault.certificate_digest(certificate.type, certificate.number)
    if digest != volunteer.cert_no_digest and volunteer.verified_in_person_at is not None:
        in_person.end(uow, volunteer, Cause.NEW_CERTIFICATE)
    volunteer.cert_type = certificate.type.value
    volunteer.cert_no_sealed = uow.vault.seal("volunteer.cert_no", volunteer.id, certificate.number)
    volunteer.cert_no_digest = digest
    volunteer.certificate_warnings = list(certificate.warnings)
    volunteer.birth_date = certificate.birth_date
