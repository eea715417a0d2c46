"""A volunteer applies for the card: checked and written down, then sealed by identity and routed to the bank.

Why this module exists: three transactions with an RPC between the first two. What happens when identity is away is
decided here: the application stays ``submitted``, and the sweep tries again, so the applicant is never turned away.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
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
    volunteer = require_active(uow.volunteers.locked(uow.caller.require_volunteer()))
    branch = require_branch(uow, command.region, command.bank, command.card_type)
    version = consented_version(uow, command.bank, command.consent)
    guardian = required_guardian(uow, command.card_type, volunteer, command.guardian)
    application = write_down(
        uow,
        volunteer,
        Wanted(
            branch=branch,
            region=command.region,
            address=command.address,
            clothing_size=command.clothing_size,
            guardian=guardian,
            text_version=version,
            consented_at=uow.clock.now(),
        ),
    )
    note_application(uow, application)
    return claim(uow, application)


def note_application(uow: CardUnitOfWork, application: CardApplication) -> None:
    """In the audit log: the caller has applied."""
    uow.audit(
        "card.applied",
        f"card_application:{application.id}",
        bank=application.bank,
        card_type=application.card_type,
        consent_version=application.consent and application.consent.text_version,
        consent_given_by=application.consent and application.consent.given_by,
    )


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What an applicant has asked for and agreed to, once it was checked."""

    branch: BranchContact
    region: str
    address: str
    clothing_size: str | None
    guardian: dict[str, str] | None
    text_version: str
    consented_at: datetime
    group_id: str | None = None


def write_down(uow: CardUnitOfWork, volunteer: VolunteerCopy, wanted: Wanted) -> CardApplication:
    """An application of a ``volunteer`` who is locked, due to be sealed; raises ``ApplicationOpen``."""
    former = require_none_open(uow, volunteer.id)
    now, cipher, branch = uow.clock.now(), uow.settings.card_cipher, wanted.branch
    application_id, status = new_id(), Status.SUBMITTED
    guardian = wanted.guardian and json.dumps(wanted.guardian, ensure_ascii=False)
    consent = Consent(
        volunteer_id=volunteer.id,
        recipient=branch.bank,
        text_version=wanted.text_version,
        given_by=GivenBy.ONESELF if guardian is None else GivenBy.GUARDIAN,
        given_at=wanted.consented_at,
    )
    application = CardApplication(
        id=application_id,
        application_no=application_number(local_day(now).year, uow.applications.next_serial()),
        volunteer_id=volunteer.id,
        bank=branch.bank,
        card_type=branch.card_type,
        region=wanted.region,
        branch_contact=branch,
        former_application_no=former.application_no if former and former.status in WITHOUT_CARD else None,
        group_id=wanted.group_id,
        address_sealed=cipher.encrypt(wanted.address, address_context(application_id)),
        guardian_sealed=guardian and cipher.encrypt(guardian, guardian_context(application_id)),
        clothing_size=wanted.clothing_size or size_called(volunteer.clothing_size),
        status=status,
        submitted_at=now,
        next_attempt_at=now,
        moved_at=now,
        look_at=now,
        consent=consent,
        history=[StatusEntry(status=status, at=now, recorded_at=now)],
    )
    uow.session.add(application)
    return application


def require_active(volunteer: VolunteerCopy | None) -> VolunteerCopy:
    """An applicant's row, which must be locked, so that two applications of one person come one after the other."""
    if volunteer is None or volunteer.status != "active":
        raise VolunteerNotActive()
    return volunteer


def require_none_open(uow: CardUnitOfWork, volunteer_id: str) -> CardApplication | None:
    """The last application, which has ended, or None; raises ``ApplicationOpen``."""
    former = uow.applications.latest_of(volunteer_id)
    if former is not None and former.status in OPEN:
        raise ApplicationOpen(application_no=former.application_no)
    return former


def consented_version(uow: CardUnitOfWork, bank: Bank, given: commands.GivenConsent | None) -> str:
    """The text in force for this bank, which was consented to; raises ``ConsentRequired`` for any other."""
    text = uow.consents.text_in_force(bank, local_day(uow.clock.now()))
    version, recipient = (None, None) if given is None else (given.version, given.recipient)
    require_consent(bank, version, recipient, text.version)
    return text.version


def required_guardian(
    uow: CardUnitOfWork, card_type: CardType, volunteer: VolunteerCopy, guardian: commands.Guardian | None
) -> dict[str, str] | None:
    """Who has to come to the branch along, as the bank gets it; None, whoever was named, where nobody has to."""
    if not comes_with_guardian(uow, card_type, volunteer):
        return None
    if guardian is None or not guardian.consent:
        raise GuardianRequired(below=uow.settings.guardian_below)
    return {"name": guardian.name, "phone": guardian.phone}


def comes_with_guardian(uow: CardUnitOfWork, card_type: CardType, volunteer: VolunteerCopy) -> bool:
    """Whether this volunteer is so young; raises ``AdultRequired``, ``BirthDateRequired``."""
    return needs_guardian(
        card_type,
        volunteer.birth_date,
        local_day(uow.clock.now()),
        credit_from=uow.settings.credit_min_age,
        guardian_below=uow.settings.guardian_below,
    )


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
