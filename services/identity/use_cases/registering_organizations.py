"""POST /organizations: a saga over two services. Identity keeps the account and the principal's certificate,
organization the organization.

1. Reserve: check, spend the code, save the account (no role yet) with the organization's id, and commit. The account
   stands first, so that a role that organization grants always finds it.
2. Ask organization to register it; it does so once for an id, however often it is asked.
3. Confirm: take over the owner's role, tell how the account can be reached.

A refusal in step 2 deletes the reserved account and gives the code back. If no answer comes, it is unknown whether
organization has done it: the reserved account stays, and the same request (account name, password, phone) finds it and
goes on with the same id. If organization had done it, ``administrator.changed`` brings the role anyway. A reserved
account without a role is forgotten after a day (``housekeeping.py``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.exc import IntegrityError

from services.chassis.errors import AppError, FieldError, Invalid
from services.chassis.ids import new_id
from services.identity import commands
from services.identity.domain.access import AccountKind, Purpose, account_name_fault, password_fault
from services.identity.domain.certificates import Certificate
from services.identity.domain.people import AgePolicy
from services.identity.metrics import REFUSALS, REGISTRATIONS
from services.identity.models import Account, Principal
from services.identity.passwords import passwords_with
from services.identity.repository import IdentityUnitOfWork
from services.identity.use_cases import papers, realname
from services.identity.use_cases.codes import fitting_code, give_back_code, use_code, wrong_code
from services.identity.use_cases.registering_volunteers import AskOrganization
from services.identity.use_cases.telling import tell_contact
from services.identity.verifier import Verifier

OWNER = "owner"
_OF_THE_PRINCIPAL = frozenset({"cert_no", "birth_date", "name"})


@dataclass(frozen=True, slots=True)
class Reservation:
    """An account that stands before its organization does."""

    account_id: str
    organization_id: str
    code_id: str = ""
    password_hash: str | None = None


def register_organization(
    units: Any, command: commands.RegisterOrganization, ask_organization: AskOrganization, verifier: Verifier
) -> dict[str, str]:
    """``{organization_id, status}``; raises ``Invalid`` with every field, identity's own before organization's."""
    with units() as uow:
        certificate, cut_off, faults = _examine(uow, command)
        passwords, patience = passwords_with(uow.settings.argon2), uow.settings.realname_timeout
    if cut_off is not None and not passwords.fits(command.password, cut_off.password_hash):
        faults.append(papers.ACCOUNT_IN_USE)
    if not faults and certificate is not None:
        # without an answer it goes on: an administrator above decides about every organization (docs/adr/0015)
        outcome = realname.ask(verifier, command.principal.name, certificate, patience)
        faults += [_of_principal(fault) for fault in realname.faults_of(outcome)]
    if faults or certificate is None:
        raise _refused(Invalid(*faults))
    password_hash = passwords.hash(command.password) if cut_off is None else None
    reserved = _reserve(units, command, cut_off, certificate, password_hash)
    answer = _ask(units, command, reserved, ask_organization)
    with units() as uow:
        confirm(uow, reserved, answer["administrator_id"])
    REGISTRATIONS.labels(AccountKind.ADMINISTRATOR.value).inc()
    return {"organization_id": reserved.organization_id, "status": answer["status"]}


def _examine(
    uow: IdentityUnitOfWork, command: commands.RegisterOrganization
) -> tuple[Certificate | None, Reservation | None, list[FieldError]]:
    """The principal's certificate, the registration that was cut off before if this is it again, and all faults."""
    principal = command.principal
    said = papers.Papers(principal.cert_type, principal.cert_no, principal.birth_date)
    certificate, faults = _examine_principal(uow, said)
    account_name = command.account.lower()
    for fault in (
        account_name_fault(account_name),
        password_fault(command.password, account_name, principal.phone, certificate.number if certificate else None),
    ):
        if fault is not None:
            faults.append(fault)
    phone = uow.vault.phone_digest(principal.phone)
    if fitting_code(uow, Purpose.REGISTER, phone, command.code) is None:
        return certificate, None, [*faults, wrong_code()]
    holder = uow.accounts.with_name(account_name)
    if holder is None:
        return certificate, None, faults
    cut_off = uow.accounts.principal_of(holder.id)
    if cut_off is not None and cut_off.confirmed_at is None and holder.phone_digest == phone:
        reserved = Reservation(holder.id, cut_off.organization_id, password_hash=holder.password_hash)
        return certificate, reserved, faults
    return certificate, None, [*faults, papers.ACCOUNT_IN_USE]


def _examine_principal(uow: IdentityUnitOfWork, said: papers.Papers) -> tuple[Certificate | None, list[FieldError]]:
    """As for volunteers, but nobody consents for a principal, and documents without a birth date need none."""
    grown_up = AgePolicy(minimum=uow.settings.consent_below, consent_below=0, maximum=uow.settings.max_age)
    certificate, faults = papers.examine(uow, said, grown_up)
    return certificate, [_of_principal(fault) for fault in faults if (fault.field, fault.code) != _NO_BIRTH_DATE]


_NO_BIRTH_DATE = ("birth_date", "required")


def _of_principal(fault: FieldError) -> FieldError:
    return replace(fault, field=f"principal.{fault.field}") if fault.field in _OF_THE_PRINCIPAL else fault


def _reserve(
    units: Any,
    command: commands.RegisterOrganization,
    cut_off: Reservation | None,
    certificate: Certificate,
    password_hash: str | None,
) -> Reservation:
    try:
        with units() as uow:
            phone = uow.vault.phone_digest(command.principal.phone)
            code_id = use_code(uow, Purpose.REGISTER, phone, command.code)
            reserved = cut_off or reserve_account(uow, command, certificate, password_hash)
            return replace(reserved, code_id=code_id)
    except IntegrityError as error:
        raise _refused(papers.taken_meanwhile(error)) from error


def reserve_account(
    uow: IdentityUnitOfWork,
    command: commands.RegisterOrganization,
    certificate: Certificate,
    password_hash: str | None,
) -> Reservation:
    """An account for the principal, without a role, and the id that the organization will have."""
    account = Account(
        id=new_id(),
        kind=AccountKind.ADMINISTRATOR.value,
        account_name=command.account.lower(),
        name=command.principal.name,
        password_hash=password_hash,
        locale=uow.caller.locale,
        created_at=uow.clock.now(),
        version=1,
    )
    uow.vault.set_phone(account, command.principal.phone)
    uow.session.add(account)
    uow.session.flush()
    principal = Principal(
        account_id=account.id,
        organization_id=new_id(),
        cert_type=certificate.type.value,
        cert_no_sealed=uow.vault.seal("principal.cert_no", account.id, certificate.number),
        cert_no_digest=uow.vault.certificate_digest(certificate.type, certificate.number),
        birth_date=certificate.birth_date,
    )
    uow.session.add(principal)
    return Reservation(account.id, principal.organization_id)


def _ask(
    units: Any, command: commands.RegisterOrganization, reserved: Reservation, ask: AskOrganization
) -> dict[str, Any]:
    request = {
        "organization_id": reserved.organization_id,
        "name": command.name,
        "kind": command.kind,
        "parent_id": command.parent_id,
        "region": command.region,
        "uscc": command.uscc,
        "account_id": reserved.account_id,
        "principal_name": command.principal.name,
    }
    try:
        answer: dict[str, Any] = ask("register_organization", request)
        return answer
    except AppError as refusal:
        with units() as uow:
            give_back_code(uow, reserved.code_id)
            if refusal.status < 500:  # else perhaps it was done: the reservation waits for the same request again
                uow.session.delete(uow.session.get_one(Account, reserved.account_id))
        if isinstance(refusal, Invalid):
            _refused(refusal)
        raise


def confirm(uow: IdentityUnitOfWork, reserved: Reservation, administrator_id: str) -> None:
    """The organization stands: its owner's role, and how the owner can be reached."""
    account = uow.session.get_one(Account, reserved.account_id, with_for_update=True)
    uow.session.get_one(Principal, account.id).confirmed_at = uow.clock.now()
    # Version 1 is what organization has just written: the event that says so again, or anything newer, fits on top.
    uow.roles.save(
        administrator_id=administrator_id,
        account_id=account.id,
        organization_id=reserved.organization_id,
        role=OWNER,
        active=True,
        version=1,
    )
    tell_contact(uow, account, None)
    uow.audit("account.registered", f"account:{account.id}", organization_id=reserved.organization_id)


def _refused(refusal: Invalid) -> Invalid:
    for fault in refusal.errors:
        REFUSALS.labels(AccountKind.ADMINISTRATOR.value, fault.code).inc()
    return refusal
