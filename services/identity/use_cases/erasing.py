"""DELETE /me: forget the person, keep the row and the counts (PIPL 47).

Every other service blanks its copy on ``volunteer.erased``. The certificate, phone and email are free again at once.
What stays is the number of the volunteer, the home organization and the moments: nothing that names anybody.
"""

from __future__ import annotations

from services.chassis.errors import NotAuthenticated
from services.chassis.forgetting import forget_traces
from services.identity import commands
from services.identity.domain.people import VolunteerStatus
from services.identity.errors import StillAdministrator
from services.identity.events import VolunteerErased
from services.identity.models import Account, Volunteer
from services.identity.repository import IdentityUnitOfWork
from services.identity.use_cases.telling import move, tell_contact, tell_volunteer


def erase_me(_command: commands.EraseMe, uow: IdentityUnitOfWork) -> None:
    """Erase the caller; raises ``StillAdministrator`` for whoever holds a role at an organization."""
    account = uow.accounts.lock(uow.caller.require_account())
    if account is None:
        raise NotAuthenticated()
    if uow.roles.of(account.id):
        raise StillAdministrator()
    volunteer = uow.volunteers.lock_of_account(account.id)
    uow.sessions.end(account.id, "erased", uow.clock.now())
    uow.sessions.forget(account.id)
    uow.logins.forget_account(account.id)
    uow.codes.forget(account.phone_digest, account.email_digest)
    uow.second_factors.forget(account.id)
    uow.bindings.forget(account.id)
    uow.exports.forget(account.id)
    _blank_account(uow, account)
    if volunteer is None:
        principal = uow.accounts.principal_of(account.id)
        if principal is not None:
            uow.session.delete(principal)
        tell_contact(uow, account, None)
    else:
        _blank_volunteer(volunteer)
        uow.reviewing.forget(volunteer.id)
        uow.recoveries.forget(volunteer.id)
        uow.in_person.forget(volunteer.id)
        uow.imports.forget(volunteer.id)
        # the state first: whoever copies it must not find the person again after having forgotten them
        tell_volunteer(uow, volunteer, account)
        uow.publish(VolunteerErased(volunteer_id=volunteer.id, account_id=account.id), version=volunteer.version)
    forget_traces(uow.session, account.id, volunteer.id if volunteer is not None else None)
    uow.audit("account.erased", f"account:{account.id}", volunteer_id=volunteer and volunteer.id)


def find_erased_accounts(query: commands.FindErasedAccounts, uow: IdentityUnitOfWork) -> dict[str, list[str]]:
    """Which of these accounts were erased: whoever keeps something of theirs asks (docs/adr/0024)."""
    uow.caller.require_service("gateway")
    return {"account_ids": uow.accounts.erased_among(query.account_ids)}


def _blank_account(uow: IdentityUnitOfWork, account: Account) -> None:
    account.version += 1
    account.name = ""
    account.account_name = None
    account.password_hash = None
    account.erased_at = uow.clock.now()
    uow.vault.set_phone(account, None)
    uow.vault.set_email(account, None)


def _blank_volunteer(volunteer: Volunteer) -> None:
    volunteer.version += 1
    move(volunteer, VolunteerStatus.ERASED)
    volunteer.cert_no_sealed = volunteer.cert_no_digest = None
    volunteer.birth_date = None
    volunteer.rejection_reason = None
    volunteer.political_status = volunteer.clothing_size = None
    volunteer.skills, volunteer.service_types, volunteer.certificate_warnings = [], [], []
    volunteer.guardian_name_sealed = volunteer.guardian_phone_sealed = None
    volunteer.guardian_consented_at = None
    volunteer.emergency_name_sealed = volunteer.emergency_phone_sealed = None
    volunteer.realname = None
