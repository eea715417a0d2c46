"""show_masked_volunteer: what a stranger may read of a volunteer, for pages that are shown to the public.

Why this module exists: the name leaves identity masked already, so that whoever shows it can show no more.
"""

from __future__ import annotations

from services.chassis.errors import NotFound
from services.chassis.masking import masked_name
from services.identity import commands
from services.identity.domain.people import VolunteerStatus
from services.identity.repository import IdentityUnitOfWork


def show_masked_volunteer(query: commands.ShowMaskedVolunteer, uow: IdentityUnitOfWork) -> dict[str, str]:
    """``{volunteer_no, name_masked}`` of one who is active now; raises ``Forbidden`` or ``NotFound``."""
    uow.caller.require_service("card")
    volunteer = uow.volunteers.get(query.volunteer_id)
    account = uow.accounts.get(volunteer.account_id) if volunteer is not None else None
    if volunteer is None or account is None or volunteer.status != VolunteerStatus.ACTIVE:
        raise NotFound(what="volunteer")
    return {"volunteer_no": volunteer.volunteer_no, "name_masked": masked_name(account.name)}
