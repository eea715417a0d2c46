"""In-person verification (面验): without it, hours are counted neither by scan nor by supplement.

Source: notice, attachment 2. The organizing organization does it, once. It ends when it is revoked, when it is older
than a place wants it to be, or with the certificate that was seen; then another one may follow. All of them are kept.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Any

from services.chassis.clock import local_day
from services.chassis.errors import Forbidden, NotFound
from services.chassis.ids import new_id
from services.identity import commands
from services.identity.domain.people import VolunteerStatus
from services.identity.errors import AlreadyVerifiedInPerson, NotVerifiedNow, VerifierNotActive
from services.identity.events import InPersonVerificationEnded, VolunteerVerifiedInPerson
from services.identity.metrics import IN_PERSON_ENDED, VERIFIED_IN_PERSON
from services.identity.models import InPersonVerification, Volunteer
from services.identity.repository import IdentityUnitOfWork
from services.identity.use_cases.telling import tell_volunteer

MAY_VERIFY = ("owner", "reviewer", "organizer", "recorder")
MAY_REVOKE = ("owner", "reviewer")
_EXPIRED_AT_ONCE = 500


class Cause(StrEnum):
    """Why a verification ends."""

    REVOKED = "revoked"
    EXPIRED = "expired"
    NEW_CERTIFICATE = "new_certificate"


def verify_in_person(command: commands.VerifyInPerson, uow: IdentityUnitOfWork) -> dict[str, Any]:
    """Note that the organization has seen the volunteer and the certificate.

    Raises ``NotFound``, ``Forbidden``, ``VerifierNotActive`` or ``AlreadyVerifiedInPerson``.
    """
    caller_id = uow.caller.require_account()
    organization = uow.organizations.require(command.organization_id, *MAY_VERIFY)
    if not organization.active:
        raise VerifierNotActive()
    volunteer = uow.volunteers.lock(command.volunteer_id)
    if volunteer is None or volunteer.status == VolunteerStatus.ERASED:
        raise NotFound(what="volunteer")
    if volunteer.account_id == caller_id:
        raise Forbidden()  # nobody is a witness for themselves
    if volunteer.verified_in_person_at is not None:
        raise AlreadyVerifiedInPerson(verified_at=local_day(volunteer.verified_in_person_at).isoformat())
    now = uow.clock.now()
    volunteer.verified_in_person_at = now
    volunteer.verified_in_person_by = caller_id
    volunteer.verified_in_person_organization_id = organization.id
    volunteer.version += 1
    uow.session.add(
        InPersonVerification(
            id=new_id(),
            volunteer_id=volunteer.id,
            organization_id=organization.id,
            verified_by=caller_id,
            verified_at=now,
        )
    )
    account = uow.accounts.get(volunteer.account_id)
    assert account is not None
    verified = VolunteerVerifiedInPerson(
        volunteer_id=volunteer.id, organization_id=organization.id, verified_by=caller_id, verified_at=now
    )
    uow.publish(verified, version=volunteer.version)
    tell_volunteer(uow, volunteer, account)
    uow.audit(
        "volunteer.verified_in_person",
        f"volunteer:{volunteer.id}",
        organization_id=organization.id,
        with_note=command.note is not None,
    )
    VERIFIED_IN_PERSON.inc()
    return {"volunteer_id": volunteer.id, "organization_id": organization.id, "verified_at": now}


def revoke(command: commands.RevokeInPersonVerification, uow: IdentityUnitOfWork) -> None:
    """Take a verification back, in the name of the organization that made it or of one above.

    Raises ``NotFound``, ``Forbidden`` or ``NotVerifiedNow``.
    """
    caller_id = uow.caller.require_account()
    organization = uow.organizations.require(command.organization_id, *MAY_REVOKE)
    volunteer = uow.volunteers.lock(command.volunteer_id)
    if volunteer is None or volunteer.status == VolunteerStatus.ERASED:
        raise NotFound(what="volunteer")
    verified_by = volunteer.verified_in_person_organization_id
    if volunteer.verified_in_person_at is None or verified_by is None:
        raise NotVerifiedNow()
    if not uow.organizations.reaches(verified_by, *MAY_REVOKE) or volunteer.account_id == caller_id:
        raise Forbidden()
    volunteer.version += 1
    end(uow, volunteer, Cause.REVOKED, command.reason)
    _tell(uow, volunteer)
    uow.audit("volunteer.in_person_verification_revoked", f"volunteer:{volunteer.id}", organization_id=organization.id)


def expire(uow: IdentityUnitOfWork) -> None:
    """End what is older than ``ZHIYUAN_IN_PERSON_VALID_DAYS``; the next run takes what is too much for one."""
    if not uow.settings.in_person_valid_days:
        return
    oldest = uow.clock.now() - timedelta(days=uow.settings.in_person_valid_days)
    for volunteer in uow.in_person.lock_verified_before(oldest, _EXPIRED_AT_ONCE):
        volunteer.version += 1
        end(uow, volunteer, Cause.EXPIRED)
        _tell(uow, volunteer)


def end(uow: IdentityUnitOfWork, volunteer: Volunteer, cause: Cause, reason: str = "") -> None:
    """Let a verification count no longer. Whoever calls has raised the version, and tells the new state."""
    now = uow.clock.now()
    verification = uow.in_person.current(volunteer.id)
    if verification is not None:
        verification.ended_at = now
        verification.ended_by = None if cause is Cause.EXPIRED else uow.caller.account_id
        verification.cause, verification.reason = cause.value, reason or None
    volunteer.verified_in_person_at = None
    volunteer.verified_in_person_by = None
    volunteer.verified_in_person_organization_id = None
    ended = InPersonVerificationEnded(volunteer_id=volunteer.id, cause=cause.value, reason=reason, ended_at=now)
    uow.publish(ended, version=volunteer.version)
    IN_PERSON_ENDED.labels(cause.value).inc()


def _tell(uow: IdentityUnitOfWork, volunteer: Volunteer) -> None:
    account = uow.accounts.get(volunteer.account_id)
    assert account is not None
    tell_volunteer(uow, volunteer, account)
