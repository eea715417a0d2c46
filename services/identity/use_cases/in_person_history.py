"""Who has seen a volunteer in person, when, and how it ended: for the person, and for the organizations that did it.

Why this module exists: hours stand and fall with a verification (notice, attachment 2, 三.9), so whoever answers for
one must be able to say who made it. The names of those at work are for their own organization; a look is audited.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from services.chassis.errors import Forbidden, NotFound
from services.chassis.masking import masked_name
from services.identity import commands
from services.identity.domain.people import VolunteerStatus
from services.identity.repository import IdentityUnitOfWork
from services.identity.repository.recovering import VerificationRow
from services.identity.use_cases.in_person import MAY_VERIFY


def list_of_volunteer(command: commands.ListInPersonVerifications, uow: IdentityUnitOfWork) -> dict[str, Any]:
    """The verifications that the caller's organizations, or those below them, have made.

    Raises ``NotFound`` where there is none of them, ``Forbidden`` for a lesser role.
    """
    uow.caller.require_account()
    volunteer = uow.volunteers.get(command.volunteer_id)
    if volunteer is None or volunteer.status == VolunteerStatus.ERASED:
        raise NotFound(what="volunteer")
    rows = uow.in_person.history(volunteer.id, *MAY_VERIFY)
    if not rows and uow.in_person.history(volunteer.id, *MAY_VERIFY, "viewer"):
        raise Forbidden()
    if not rows:
        raise NotFound(what="volunteer")
    uow.audit("volunteer.in_person_history_read", f"volunteer:{volunteer.id}", verifications=len(rows))
    return {
        "items": [
            {**_shown(uow, row), "verified_by_name": row.verifier or "", "ended_by_name": row.ender} for row in rows
        ]
    }


def list_own(_query: commands.ListMyInPersonVerifications, uow: IdentityUnitOfWork) -> dict[str, Any]:
    """One's own, whoever made them."""
    rows = uow.in_person.history_of(uow.caller.require_volunteer())
    return {"items": [{**_shown(uow, row), "verified_by_masked": masked_name(row.verifier or "")} for row in rows]}


def _shown(uow: IdentityUnitOfWork, row: VerificationRow) -> dict[str, Any]:
    verification = row.verification
    return {
        "verification_id": verification.id,
        "organization_id": verification.organization_id,
        "organization_name": row.organization or "",
        "verified_at": verification.verified_at,
        "expires_at": None if verification.ended_at else _expiry(uow, verification.verified_at),
        "ended_at": verification.ended_at,
        "cause": verification.cause,
        "reason": verification.reason,
    }


def _expiry(uow: IdentityUnitOfWork, verified_at: datetime) -> datetime | None:
    days = uow.settings.in_person_valid_days
    return verified_at + timedelta(days=days) if days else None
