"""seal_for_partner: what a bank is told of an applicant, readable by that bank alone.

Why this module exists: the service card must hand over name and certificate, and must never hold a certificate number
(docs/adr/0007). It decides that there is consent; identity adds the applicant and encrypts for the bank's public key.
"""

from __future__ import annotations

from services.chassis.errors import NotFound
from services.chassis.recipients import RecipientKeys
from services.identity import commands
from services.identity.domain.people import VolunteerStatus
from services.identity.errors import UnknownPartner
from services.identity.repository import IdentityUnitOfWork


def seal_for_partner(command: commands.SealForPartner, uow: IdentityUnitOfWork) -> dict[str, str]:
    """``{jwe}`` of the document with ``applicant`` added; raises ``Forbidden``, ``UnknownPartner``, ``NotFound``
    or ``NoKeyInForce``."""
    uow.caller.require_service("card")
    keys: RecipientKeys = uow.settings.partner_public_keys
    if command.partner not in keys.by_name:
        raise UnknownPartner(partner=command.partner)
    volunteer = uow.volunteers.get(command.volunteer_id)
    account = uow.accounts.get(volunteer.account_id) if volunteer is not None else None
    if volunteer is None or account is None or volunteer.status == VolunteerStatus.ERASED:
        raise NotFound(what="volunteer")
    applicant = {
        "name": account.name,
        "cert_type": volunteer.cert_type,
        "cert_no": uow.vault.cert_no_of(volunteer),
        "phone": uow.vault.phone_of(account),
        "birth_date": volunteer.birth_date,
    }
    document = {**command.document, "applicant": applicant}
    sealed = keys.seal(command.partner, document, uow.clock.now())
    uow.audit("volunteer.sealed_for_partner", f"volunteer:{volunteer.id}", partner=command.partner)
    return {"jwe": sealed}
