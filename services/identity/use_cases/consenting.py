"""What one has agreed to: written down when it is given, shown, and taken back where one can (PIPL 14-15)."""

from __future__ import annotations

from typing import Any

from services.chassis.errors import NotFound
from services.chassis.ids import new_id
from services.identity import commands
from services.identity.domain.consents import TEXTS, GivenBy, Purpose
from services.identity.errors import ConsentNeeded
from services.identity.models import ConsentRecord, Volunteer
from services.identity.repository import IdentityUnitOfWork
from services.identity.use_cases.profile import own_account
from services.identity.use_cases.telling import tell_volunteer


def record_registration(uow: IdentityUnitOfWork, volunteer: Volunteer) -> None:
    """Write down what somebody who registers agrees to, and the guardian for a minor."""
    _record(uow, volunteer.account_id, Purpose.REGISTRATION, GivenBy.ONESELF)
    if volunteer.guardian_consented_at is not None:
        _record(uow, volunteer.account_id, Purpose.GUARDIANSHIP, GivenBy.GUARDIAN)
    record_political_status(uow, volunteer)


def record_political_status(uow: IdentityUnitOfWork, volunteer: Volunteer) -> None:
    """Stating one's political status is agreeing to its use; once is enough, until it is taken back."""
    standing = {record.purpose for record in uow.consents.of(volunteer.account_id) if record.withdrawn_at is None}
    if volunteer.political_status is not None and Purpose.POLITICAL_STATUS not in standing:
        _record(uow, volunteer.account_id, Purpose.POLITICAL_STATUS, GivenBy.ONESELF)


def list_consents(_query: commands.ListConsents, uow: IdentityUnitOfWork) -> dict[str, Any]:
    """All that one has agreed to, the newest first, withdrawn ones among them."""
    return {"items": [_shown(record) for record in uow.consents.of(own_account(uow).id)]}


def withdraw_consent(command: commands.WithdrawConsent, uow: IdentityUnitOfWork) -> dict[str, Any]:
    """Take one back, and remove what rested on it; raises ``NotFound``, or ``ConsentNeeded`` for what is not optional.

    Taken back already, it stays as it was.
    """
    account = own_account(uow)
    volunteer = uow.volunteers.lock_of_account(account.id)
    record = uow.consents.lock(command.consent_id, account.id)
    if record is None:
        raise NotFound(what="consent")
    if TEXTS[Purpose(record.purpose)].needed:
        raise ConsentNeeded()
    if record.withdrawn_at is None:
        record.withdrawn_at = uow.clock.now()
        if volunteer is not None:  # the political status: the one optional purpose there is
            volunteer.political_status = None
            volunteer.version += 1
            tell_volunteer(uow, volunteer, account)
        uow.audit("consent.withdrawn", f"consent:{record.id}", purpose=record.purpose)
    return _shown(record)


def _record(uow: IdentityUnitOfWork, account_id: str, purpose: Purpose, given_by: GivenBy) -> None:
    text = TEXTS[purpose]
    uow.session.add(
        ConsentRecord(
            id=new_id(),
            account_id=account_id,
            purpose=purpose.value,
            text_version=text.version,
            text_hash=text.hash,
            given_by=given_by.value,
            given_at=uow.clock.now(),
        )
    )


def _shown(record: ConsentRecord) -> dict[str, Any]:
    text = TEXTS[Purpose(record.purpose)]
    return {
        "consent_id": record.id,
        "purpose": record.purpose,
        "version": record.text_version,
        "text_hash": record.text_hash,
        "text_zh": text.zh if text.hash == record.text_hash else None,
        "text_en": text.en if text.hash == record.text_hash else None,
        "given_by": record.given_by,
        "given_at": record.given_at,
        "withdrawn_at": record.withdrawn_at,
        "can_be_withdrawn": not text.needed and record.withdrawn_at is None,
    }
