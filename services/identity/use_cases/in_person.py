"""In-person verification (面验): without it, hours are counted neither by scan nor by supplement.

Source: notice, attachment 2. The organizing organization does it, once.
"""

from __future__ import annotations

from typing import Any

from services.chassis.clock import local_day
from services.chassis.errors import Forbidden, NotFound
from services.identity import commands
from services.identity.domain.people import VolunteerStatus
from services.identity.errors import AlreadyVerifiedInPerson, VerifierNotActive
from services.identity.events import VolunteerVerifiedInPerson
from services.identity.metrics import VERIFIED_IN_PERSON
from services.identity.repository import IdentityUnitOfWork
from services.identity.use_cases.telling import tell_volunteer

MAY_VERIFY = ("owner", "reviewer", "organizer", "recorder")


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
