"""A volunteer applies for the card: checked and written down, then sealed by identity and routed to the bank.

Why this module exists: three transactions with an RPC between the first two. What happens when identity is away is
decided here: the application stays ``submitted``, and the sweep tries again, so the applicant is never turned away.
"""

from __future__ import annotations

from typing import Any

from services.card import commands, metrics
from services.card.consents import CURRENT_VERSION
from services.card.domain import (
    HOTLINES,
    Bank,
    CardType,
    Status,
    application_number,
    require_age,
    require_consent,
)
from services.card.errors import ApplicationOpen, NoBranchInCity, VolunteerNotActive
from services.card.models import BranchContact, CardApplication, Consent, StatusEntry, VolunteerCopy
from services.card.repository import CardUnitOfWork
from services.card.use_cases.routing import Claimed, Sealer, address_context, claim, seal_and_route
from services.card.use_cases.showing import possible_places, show_application
from services.chassis.clock import local_day
from services.chassis.errors import AppError
from services.chassis.ids import new_id
from services.chassis.regions import CITIES, city_of


def apply(command: commands.Apply, units: Any, identity: Sealer) -> dict[str, Any]:
    """One's own application, ``routed``, or ``submitted`` while identity is away."""
    try:
        with units() as uow:
            claimed = submit(command, uow)
    except AppError as refusal:
        metrics.REFUSALS.labels(refusal.code).inc()
        raise
    routed = seal_and_route(claimed, units, identity) is None
    metrics.APPLICATIONS.labels(command.bank, command.card_type, "routed" if routed else "waiting").inc()
    with units.reading() as uow:
        return show_application(uow.applications.get(claimed.application_id))


def submit(command: commands.Apply, uow: CardUnitOfWork) -> Claimed:
    """Check every rule and write the application down, claimed for sealing."""
    volunteer = _applicant(uow)
    branch = require_branch(uow, command.region, command.bank, command.card_type)
    given = command.consent
    require_consent(
        command.bank,
        None if given is None else given.version,
        None if given is None else given.recipient,
        CURRENT_VERSION,
    )
    now = uow.clock.now()
    require_age(
        command.card_type,
        volunteer.birth_date,
        local_day(now),
        credit_from=uow.settings.credit_min_age,
        guardian_below=uow.settings.guardian_below,
    )
    under_way = uow.applications.open_of(volunteer.id)
    if under_way is not None:
        raise ApplicationOpen(application_no=under_way.application_no)
    application_id = new_id()
    application = CardApplication(
        id=application_id,
        application_no=application_number(local_day(now).year, uow.applications.next_serial()),
        volunteer_id=volunteer.id,
        bank=command.bank,
        card_type=command.card_type,
        region=command.region,
        branch_contact=branch,
        address_sealed=uow.settings.card_cipher.encrypt(command.address, address_context(application_id)),
        clothing_size=command.clothing_size or volunteer.clothing_size,
        status=Status.SUBMITTED,
        submitted_at=now,
        next_attempt_at=now,
        consent=Consent(volunteer_id=volunteer.id, recipient=command.bank, text_version=CURRENT_VERSION, given_at=now),
        history=[StatusEntry(status=Status.SUBMITTED, at=now, recorded_at=now)],
    )
    uow.session.add(application)
    uow.audit(
        "card.applied",
        f"card_application:{application_id}",
        bank=command.bank.value,
        card_type=command.card_type.value,
        consent_version=CURRENT_VERSION,
    )
    return claim(uow, application)


def _applicant(uow: CardUnitOfWork) -> VolunteerCopy:
    """The caller's own row, locked, so that two applications of one person come one after the other."""
    volunteer = uow.volunteers.locked(uow.caller.require_volunteer())
    if volunteer is None or volunteer.status != "active":
        raise VolunteerNotActive()
    return volunteer


def require_branch(uow: CardUnitOfWork, region: str, bank: Bank, card_type: CardType) -> BranchContact:
    """The branch that issues this card in the city of ``region``; raises ``NoBranchInCity`` with what is possible."""
    city = city_of(region)
    branch = uow.branches.find(city, bank, card_type)
    if branch is None:
        raise NoBranchInCity(
            city_name=CITIES.get(city or "", "所选地区"),
            possible=possible_places(uow.branches.all_in_force()),
            hotlines={bank.value: number for bank, number in HOTLINES.items()},
        )
    return branch
