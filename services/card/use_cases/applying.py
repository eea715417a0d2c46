"""A volunteer applies for the card: checked and written down, then sealed by identity and routed to the bank.

Why this module exists: three transactions with an RPC between the first two. What happens when identity is away is
decided here: the application stays ``submitted``, and the sweep tries again, so the applicant is never turned away.
"""

from __future__ import annotations

import json
from typing import Any

from services.card import commands, metrics
from services.card.domain import (
    HOTLINES,
    OPEN,
    WITHOUT_CARD,
    Bank,
    CardType,
    GivenBy,
    Status,
    application_number,
    needs_guardian,
    require_consent,
)
from services.card.domain.clothing import size_called
from services.card.errors import ApplicationOpen, GuardianRequired, NoBranchInCity, VolunteerNotActive
from services.card.models import BranchContact, CardApplication, Consent, StatusEntry, VolunteerCopy
from services.card.repository import CardUnitOfWork
from services.card.use_cases.routing import Claimed, Sealer, address_context, claim, guardian_context, seal_and_route
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
    consent = _consent(command, uow)
    guardian = _guardian(command, volunteer, uow)
    former = uow.applications.latest_of(volunteer.id)
    if former is not None and former.status in OPEN:
        raise ApplicationOpen(application_no=former.application_no)
    now, cipher = uow.clock.now(), uow.settings.card_cipher
    application_id, status = new_id(), Status.SUBMITTED
    consent.volunteer_id, consent.given_at = volunteer.id, now
    consent.given_by = GivenBy.ONESELF if guardian is None else GivenBy.GUARDIAN
    application = CardApplication(
        id=application_id,
        application_no=application_number(local_day(now).year, uow.applications.next_serial()),
        volunteer_id=volunteer.id,
        bank=command.bank,
        card_type=command.card_type,
        region=command.region,
        branch_contact=branch,
        former_application_no=former.application_no if former and former.status in WITHOUT_CARD else None,
        address_sealed=cipher.encrypt(command.address, address_context(application_id)),
        guardian_sealed=guardian and cipher.encrypt(guardian, guardian_context(application_id)),
        clothing_size=command.clothing_size or size_called(volunteer.clothing_size),
        status=status,
        submitted_at=now,
        next_attempt_at=now,
        moved_at=now,
        look_at=now,
        consent=consent,
        history=[StatusEntry(status=status, at=now, recorded_at=now)],
    )
    uow.session.add(application)
    uow.audit(
        "card.applied",
        f"card_application:{application_id}",
        bank=command.bank.value,
        card_type=command.card_type.value,
        consent_version=consent.text_version,
        consent_given_by=consent.given_by,
    )
    return claim(uow, application)


def _applicant(uow: CardUnitOfWork) -> VolunteerCopy:
    """The caller's own row, locked, so that two applications of one person come one after the other."""
    volunteer = uow.volunteers.locked(uow.caller.require_volunteer())
    if volunteer is None or volunteer.status != "active":
        raise VolunteerNotActive()
    return volunteer


def _consent(command: commands.Apply, uow: CardUnitOfWork) -> Consent:
    """The consent to the text in force for this bank; raises ``ConsentRequired`` for any other."""
    given = command.consent
    text = uow.consents.text_in_force(command.bank, local_day(uow.clock.now()))
    version, recipient = (None, None) if given is None else (given.version, given.recipient)
    require_consent(command.bank, version, recipient, text.version)
    return Consent(recipient=text.recipient, text_version=text.version)


def _guardian(command: commands.Apply, volunteer: VolunteerCopy, uow: CardUnitOfWork) -> str | None:
    """Who has to come to the branch along, as the bank gets it; None, whoever was named, where nobody has to."""
    settings = uow.settings
    if not needs_guardian(
        command.card_type,
        volunteer.birth_date,
        local_day(uow.clock.now()),
        credit_from=settings.credit_min_age,
        guardian_below=settings.guardian_below,
    ):
        return None
    guardian = command.guardian
    if guardian is None or not guardian.consent:
        raise GuardianRequired(below=settings.guardian_below)
    return json.dumps({"name": guardian.name, "phone": guardian.phone}, ensure_ascii=False)


def require_branch(uow: CardUnitOfWork, region: str, bank: Bank, card_type: CardType) -> BranchContact:
    """Who issues this card in the city of ``region`` today; raises ``NoBranchInCity`` with what is possible."""
    city, today = city_of(region), local_day(uow.clock.now())
    branch = uow.branches.find_offered(city, bank, card_type, today)
    if branch is None:
        raise NoBranchInCity(
            city_name=CITIES.get(city or "", "所选地区"),
            possible=possible_places(uow.branches.all_offered(today)),
            hotlines={bank.value: number for bank, number in HOTLINES.items()},
        )
    return branch
