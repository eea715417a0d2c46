"""Oneself: look, ask for a review again, take one's data along. Changing and erasing have modules of their own."""

from __future__ import annotations

from typing import Any

from services.chassis.clock import local_day
from services.chassis.errors import IllegalTransition, Invalid, NotAuthenticated
from services.chassis.masking import masked_email, masked_mobile
from services.identity import commands
from services.identity.domain.certificates import masked_number
from services.identity.domain.people import VolunteerStatus
from services.identity.models import Account, Binding, Volunteer
from services.identity.repository import IdentityUnitOfWork
from services.identity.use_cases import realname
from services.identity.use_cases.sessions import sessions_of
from services.identity.use_cases.telling import tell_volunteer
from services.identity.verifier import Verifier


def own_account(uow: IdentityUnitOfWork) -> Account:
    """The caller's account; raises ``NotAuthenticated`` if it was erased since the token was made."""
    account = uow.accounts.get(uow.caller.require_account())
    if account is None:
        raise NotAuthenticated()
    return account


def get_me(_query: commands.GetMe, uow: IdentityUnitOfWork) -> dict[str, Any]:
    """Oneself, masked."""
    account = own_account(uow)
    phone, email = uow.vault.phone_of(account), uow.vault.email_of(account)
    volunteer = uow.volunteers.of_account(account.id)
    return {
        "account_id": account.id,
        "kind": account.kind,
        "name": account.name,
        "phone_masked": phone and masked_mobile(phone),
        "email_masked": email and masked_email(email),
        "email_verified_at": account.email_verified_at,
        "email_verified_by": account.email_verified_by,
        "confirmed_at": account.confirmed_at or account.created_at,
        "roles": uow.roles.of(account.id),
        "totp_enrolled": uow.second_factors.is_enrolled(account.id),
        "bindings": uow.bindings.of(account.id),
        "volunteer": volunteer and _shown(uow, volunteer),
    }


def resubmit(units: Any, _command: commands.Resubmit, verifier: Verifier) -> dict[str, Any]:
    """Put a rejected registration before the home organization again, after the real-name check.

    Raises ``IllegalTransition`` for who is not rejected, ``Invalid`` if name and certificate do not belong together.
    """
    with units() as uow:
        question = realname.question_of(uow, *_rejected(uow))
        patience = uow.settings.realname_timeout
    outcome = question.put_to(verifier, patience)
    faults = realname.faults_of(outcome)
    if faults:
        raise Invalid(*faults)
    with units() as uow:
        volunteer, account = _rejected(uow)
        volunteer.version += 1
        realname.submit(uow, volunteer, account, outcome if question.is_about(volunteer, account) else None)
        tell_volunteer(uow, volunteer, account)
        uow.audit("volunteer.resubmitted", f"volunteer:{volunteer.id}")
        return get_me(commands.GetMe(), uow)


def _rejected(uow: IdentityUnitOfWork) -> tuple[Volunteer, Account]:
    uow.caller.require_volunteer()
    account = own_account(uow)
    volunteer = uow.volunteers.lock_of_account(account.id)
    assert volunteer is not None
    if volunteer.status != VolunteerStatus.REJECTED:  # the state machine would let a correction through, not this
        raise IllegalTransition(current=volunteer.status, attempted=VolunteerStatus.PENDING_REVIEW.value)
    return volunteer, account


def list_review_history(_query: commands.ListReviewHistory, uow: IdentityUnitOfWork) -> dict[str, Any]:
    """Every step of one's own registration, the oldest first."""
    volunteer_id = uow.caller.require_volunteer()
    return {"items": uow.reviewing.steps_of(volunteer_id)}


def export_me(_command: commands.ExportMe, uow: IdentityUnitOfWork) -> dict[str, Any]:
    """Everything identity holds of oneself, in clear (PIPL 45). The look itself is audited."""
    account = own_account(uow)
    volunteer, principal = uow.volunteers.of_account(account.id), uow.accounts.principal_of(account.id)
    uow.audit("account.exported", f"account:{account.id}")
    return {
        "exported_at": uow.clock.now(),
        "account_id": account.id,
        "account_name": account.account_name,
        "kind": account.kind,
        "name": account.name,
        "phone": uow.vault.phone_of(account),
        "email": uow.vault.email_of(account),
        "email_verified_at": account.email_verified_at,
        "email_verified_by": account.email_verified_by,
        "created_at": account.created_at,
        "roles": uow.roles.of(account.id),
        "sessions": sessions_of(uow, account.id),
        "bindings": [_binding(uow, binding) for binding in uow.bindings.of(account.id)],
        "second_factor": _second_factor(uow, account.id),
        "volunteer": volunteer
        and {
            **{column.key: getattr(volunteer, column.key) for column in Volunteer.__table__.columns},
            "volunteer_id": volunteer.id,
            "cert_no": uow.vault.cert_no_of(volunteer),
            "guardian": _guardian(uow, volunteer),
            "emergency_contact": _emergency_contact(uow, volunteer),
        },
        "principal": principal
        and {
            "cert_type": principal.cert_type,
            "cert_no": uow.vault.cert_no_of(principal),
            "birth_date": principal.birth_date,
        },
    }


def _binding(uow: IdentityUnitOfWork, binding: Binding) -> dict[str, Any]:
    openid = uow.bindings.openid_in(binding) or ""
    return {"provider": binding.provider, "bound_at": binding.bound_at, "openid_masked": masked_number(openid)}


def _second_factor(uow: IdentityUnitOfWork, account_id: str) -> dict[str, Any] | None:
    totp = uow.second_factors.get(account_id)
    if totp is None:
        return None
    return {
        "created_at": totp.created_at,
        "confirmed_at": totp.confirmed_at,
        "recovery_codes_left": uow.second_factors.recovery_codes_left(account_id),
    }


def _guardian(uow: IdentityUnitOfWork, volunteer: Volunteer) -> dict[str, Any] | None:
    name = uow.vault.open("volunteer.guardian_name", volunteer.id, volunteer.guardian_name_sealed)
    phone = uow.vault.open("volunteer.guardian_phone", volunteer.id, volunteer.guardian_phone_sealed)
    if name is None:
        return None
    return {"name": name, "phone": phone, "consented_at": volunteer.guardian_consented_at}


def _emergency_contact(uow: IdentityUnitOfWork, volunteer: Volunteer) -> dict[str, Any] | None:
    name = uow.vault.open("volunteer.emergency_name", volunteer.id, volunteer.emergency_name_sealed)
    phone = uow.vault.open("volunteer.emergency_phone", volunteer.id, volunteer.emergency_phone_sealed)
    if name is None or phone is None:
        return None
    return {"name": name, "phone": phone, "phone_masked": masked_mobile(phone)}


def _shown(uow: IdentityUnitOfWork, volunteer: Volunteer) -> dict[str, Any]:
    return {
        "volunteer_id": volunteer.id,
        "volunteer_no": volunteer.volunteer_no,
        "status": volunteer.status,
        "rejection_reason": volunteer.rejection_reason,
        "organization_id": volunteer.home_id,
        "cert_type": volunteer.cert_type,
        "cert_no_masked": masked_number(uow.vault.cert_no_of(volunteer) or ""),
        "region": volunteer.region,
        "verified_in_person": volunteer.verified_in_person_at is not None,
        "must_be_accompanied": uow.settings.ages.must_be_accompanied(volunteer.birth_date, local_day(uow.clock.now())),
        "skills": volunteer.skills,
        "service_types": volunteer.service_types,
        "political_status": volunteer.political_status,
        "clothing_size": volunteer.clothing_size,
        "emergency_contact": _emergency_contact(uow, volunteer),
    }
