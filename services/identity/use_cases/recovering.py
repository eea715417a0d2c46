"""An account whose phone is lost: asked for by who holds the certificate, given back by who knows the person.

Why this module exists: "already registered" must be no dead end, and no way in for strangers either. Whoever still has
the registered phone or mailbox resets the password by certificate number, and needs nothing from here. Whoever has
neither proves control of a new phone, and the home organization decides whether this is the volunteer
(docs/adr/0015). Every request is answered alike, and leaves a row, whether or not it fits anybody.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from services.chassis.clock import local_day
from services.chassis.errors import AlreadyDecided, FieldError, Forbidden, Invalid, NotFound
from services.chassis.ids import new_id
from services.chassis.masking import masked_mobile
from services.identity import commands
from services.identity.domain.access import Channel, Purpose
from services.identity.domain.certificates import BadNumber, CertType, masked_number, read_certificate
from services.identity.errors import PhoneTakenMeanwhile
from services.identity.events import RecoveryDecided, RecoveryRequested
from services.identity.metrics import RECOVERIES
from services.identity.models import Account, AccountRecovery, Volunteer
from services.identity.repository import IdentityUnitOfWork
from services.identity.use_cases.codes import fitting_code, use_code, wrong_code
from services.identity.use_cases.telling import tell_contact, tell_old_contact

MAY_DECIDE = ("owner", "reviewer")
MAY_SEE = (*MAY_DECIDE, "organizer", "recorder", "viewer")  # that there is such a request, not what it says


def request_recovery(units: Any, command: commands.RequestRecovery) -> dict[str, str]:
    """Take a request; raises ``Invalid`` on ``code`` or ``cert_no``, by its form and never by whose it is."""
    with units() as uow:
        digest = _certificate_digest(uow, command)
        phone = uow.vault.phone_digest(command.phone)
        fits = fitting_code(uow, Purpose.RECOVER_ACCOUNT, phone, command.code) is not None
    if not fits:  # raised after the commit: the wrong guess is counted
        raise Invalid(wrong_code())
    with units() as uow:
        use_code(uow, Purpose.RECOVER_ACCOUNT, phone, command.code)
        found = _meant(uow, command, digest)
        recovery = _file(uow, command, found[0] if found is not None else None)
        if found is not None:
            account = found[1]
            uow.publish(
                RecoveryRequested(account_id=account.id, happened_at=recovery.requested_at), version=account.version
            )
    RECOVERIES.labels("requested" if found is not None else "nobody").inc()
    return {"status": "taken"}


def list_recoveries(query: commands.ListRecoveries, uow: IdentityUnitOfWork) -> dict[str, Any]:
    """Requests at the caller's organizations and below, the oldest first."""
    page = uow.page(
        uow.recoveries.waiting(*MAY_DECIDE),
        [AccountRecovery.requested_at, AccountRecovery.id],
        limit=query.limit,
        cursor=query.cursor,
        scope="account-recoveries",
    )
    return {"items": [_shown(uow, *row) for row in page.items], "next_cursor": page.next_cursor}


def decide(command: commands.DecideRecovery, uow: IdentityUnitOfWork) -> dict[str, str]:
    """Give the account its new phone, or refuse.

    Raises ``NotFound``, ``Forbidden``, ``AlreadyDecided``, ``PhoneTakenMeanwhile``, or ``Invalid`` without a reason.
    """
    caller_id = uow.caller.require_account()
    found = uow.recoveries.lock(command.recovery_id)
    if found is None or not uow.organizations.reaches(found[1].organization_id, *MAY_SEE):
        raise NotFound(what="account recovery")
    recovery, volunteer = found
    if not uow.organizations.reaches(volunteer.organization_id, *MAY_DECIDE) or volunteer.account_id == caller_id:
        raise Forbidden()
    if recovery.status != "pending":
        raise AlreadyDecided(status=recovery.status)
    if not command.approve and not command.reason:
        raise Invalid(FieldError("reason", "required", "驳回须说明原因", "is required to refuse"))
    account = uow.accounts.lock(volunteer.account_id)
    if account is None:
        raise NotFound(what="account recovery")
    phone = uow.vault.open("account_recovery.phone", recovery.id, recovery.phone_sealed) or ""
    if command.approve:
        _hand_over(uow, volunteer, account, phone)
    recovery.status = "approved" if command.approve else "rejected"
    recovery.decided_at, recovery.decided_by, recovery.reason = uow.clock.now(), caller_id, command.reason
    recovery.phone_sealed = None
    decided = RecoveryDecided(
        account_id=account.id,
        recovery_id=recovery.id,
        approved=command.approve,
        reason=command.reason or "",
        phone_sealed=uow.vault.for_notify(f"recovery:{recovery.id}", phone) or "",
        decided_at=recovery.decided_at,
    )
    uow.publish(decided, version=account.version)
    uow.audit("account.recovery_decided", f"account:{account.id}", recovery_id=recovery.id, status=recovery.status)
    RECOVERIES.labels(recovery.status).inc()
    return {"recovery_id": recovery.id, "status": recovery.status}


def _certificate_digest(uow: IdentityUnitOfWork, command: commands.RequestRecovery) -> bytes:
    cert_type, today = CertType(command.cert_type), local_day(uow.clock.now())
    try:
        read = read_certificate(cert_type, command.cert_no, today=today, patterns=uow.settings.certificate_patterns)
    except BadNumber as bad:
        raise Invalid(bad.error) from bad
    return uow.vault.certificate_digest(read.type, read.number)


def _meant(
    uow: IdentityUnitOfWork, command: commands.RequestRecovery, digest: bytes
) -> tuple[Volunteer, Account] | None:
    """Whom a request is about: the certificate's volunteer, if the name fits as well."""
    volunteer = uow.volunteers.lock_with_certificate(digest)
    account = uow.accounts.get(volunteer.account_id) if volunteer is not None else None
    if volunteer is None or account is None or _plain(account.name) != _plain(command.name):
        return None
    return volunteer, account


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def _file(uow: IdentityUnitOfWork, command: commands.RequestRecovery, volunteer: Volunteer | None) -> AccountRecovery:
    recovery_id, now = new_id(), uow.clock.now()
    if volunteer is not None:
        uow.recoveries.supersede(volunteer.id, now)
    recovery = AccountRecovery(
        id=recovery_id,
        volunteer_id=volunteer.id if volunteer is not None else None,
        phone_sealed=uow.vault.seal("account_recovery.phone", recovery_id, command.phone),
        status="pending" if volunteer is not None else "nobody",
        requested_at=now,
    )
    uow.session.add(recovery)
    uow.audit("account.recovery_requested", f"recovery:{recovery_id}")
    return recovery


def _hand_over(uow: IdentityUnitOfWork, volunteer: Volunteer, account: Account, phone: str) -> None:
    """The account gets the phone; whatever could be known to whoever has the old one is good no longer."""
    if phone != uow.vault.phone_of(account) and uow.accounts.volunteer_has_phone(uow.vault.phone_digest(phone)):
        raise PhoneTakenMeanwhile()
    tell_old_contact(uow, account, Channel.SMS)
    uow.codes.forget(account.phone_digest)
    uow.vault.set_phone(account, phone)
    account.password_hash = None
    account.version += 1
    uow.sessions.end(account.id, "recovered", uow.clock.now())
    tell_contact(uow, account, volunteer.id)


def _shown(
    uow: IdentityUnitOfWork, recovery: AccountRecovery, volunteer: Volunteer, account: Account
) -> dict[str, Any]:
    present = uow.vault.phone_of(account)
    return {
        "recovery_id": recovery.id,
        "volunteer_id": volunteer.id,
        "volunteer_no": volunteer.volunteer_no,
        "name": account.name,
        "cert_no_masked": masked_number(uow.vault.cert_no_of(volunteer) or ""),
        "organization_id": volunteer.organization_id,
        "present_phone_masked": present and masked_mobile(present),
        "new_phone_masked": masked_mobile(
            uow.vault.open("account_recovery.phone", recovery.id, recovery.phone_sealed) or ""
        ),
        "requested_at": recovery.requested_at,
    }
