"""From a written application to the bank's queue: identity seals it, then it is routed.

Why this module exists: card never holds a certificate number (docs/adr/0007). Identity is asked between two short
transactions: one that claims the application (``next_attempt_at`` is moved forward; writing it down claims it, too),
and the step to ``routed`` with the message in the outbox. A process that dies in between leaves a claim that runs out;
sealing twice is harmless, routing twice is impossible.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from services.card import metrics
from services.card.domain import Status, delay_before_sealing_again, route
from services.card.events import CardApplicationRouted
from services.card.models import CardApplication, Consent
from services.card.partner_exchange import Type
from services.card.repository import CardUnitOfWork
from services.card.use_cases.handing_over import hand_to_bank
from services.card.use_cases.steps import record_step
from services.chassis.errors import AppError, DeadlineExceeded, Unavailable
from services.chassis.logs import get_logger
from services.chassis.regions import CITIES

log = get_logger(__name__)

BATCH = 50
CLAIM = timedelta(seconds=30)  # longer than identity's deadline
DEADLINE_SECONDS = 2.0


def address_context(application_id: str) -> str:
    """Where an encrypted address lives."""
    return f"card_application.address:{application_id}"


def guardian_context(application_id: str) -> str:
    """Where an encrypted guardian lives."""
    return f"card_application.guardian:{application_id}"


class Sealer(Protocol):
    """Identity, as far as card needs it."""

    def call(self, method: str, request: dict[str, Any], *, deadline: float) -> Any:
        """The answer of ``identity.method``."""
        ...


@dataclass(frozen=True)
class Claimed:
    """An application that this process is at, and what identity is asked for it."""

    application_id: str
    request: dict[str, Any]


def seal_waiting(units: Any, identity: Sealer) -> int:
    """Seal and route what has been waiting; answers how many applications were tried.

    It stops at the first sign that identity is away: the rest would wait for a deadline each.
    """
    with units.reading() as uow:
        due = uow.applications.due(uow.clock.now(), BATCH)
    tried = 0
    for application_id in due:
        with units() as uow:
            application = uow.applications.claimable(application_id, uow.clock.now())
            claimed = None if application is None else claim(uow, application)
        if claimed is None:
            continue  # cancelled, or another replica is at it
        tried += 1
        if isinstance(seal_and_route(claimed, units, identity), DeadlineExceeded | Unavailable):
            break
    return tried


def claim(uow: CardUnitOfWork, application: CardApplication) -> Claimed:
    """Nobody else is to seal this application for a while. It goes to whoever answers at the branch by now."""
    application.next_attempt_at = uow.clock.now() + CLAIM
    application.branch_contact = uow.branches.successor_of(application.branch_contact)
    return Claimed(application.id, sealing_request(uow, application))


def sealing_request(uow: CardUnitOfWork, application: CardApplication) -> dict[str, Any]:
    """What identity is asked for an application."""
    return {
        "partner": application.bank,
        "volunteer_id": application.volunteer_id,
        "document": _document(uow, application),
    }


def seal_and_route(claimed: Claimed, units: Any, identity: Sealer) -> AppError | None:
    """Have a claimed application sealed, and route it; answers why that has to be tried again, or None."""
    application_id = claimed.application_id
    try:
        jwe = identity.call("seal_for_partner", claimed.request, deadline=DEADLINE_SECONDS)["jwe"]
    except AppError as failure:
        metrics.SEALING_RETRIES.labels(failure.code).inc()
        log.warning("card_sealing_failed", application_id=application_id, error=failure.code)
        with units() as uow:
            _try_later(uow, application_id)
        return failure
    with units() as uow:
        _route(uow, application_id, jwe)
    return None


def _document(uow: CardUnitOfWork, application: CardApplication) -> dict[str, Any]:
    """What the bank gets beside ``applicant``, which identity adds (deploy/partner/README.md)."""
    branch, consent, cipher = application.branch_contact, _consent_of(application), uow.settings.card_cipher
    document = {
        "application_no": application.application_no,
        "card_type": application.card_type,
        "branch": branch.branch,
        "city": branch.city,
        "city_name": CITIES[branch.city],
        "address": cipher.decrypt(application.address_sealed, address_context(application.id)),
        "clothing_size": application.clothing_size,
        "consent": {
            "version": consent.text_version,
            "recipient": consent.recipient,
            "given_by": consent.given_by,
            "at": consent.given_at.isoformat(),
        },
    }
    if application.guardian_sealed is not None:
        guardian = cipher.decrypt(application.guardian_sealed, guardian_context(application.id))
        document["guardian"] = json.loads(guardian)
    if application.group_id is not None:
        document["group_id"] = application.group_id
    return document


def _consent_of(application: CardApplication) -> Consent:
    """What it rests on; kept for years after its end, so one that is under way has it."""
    if application.consent is None:
        raise LookupError(f"{application.application_no} has no consent")
    return application.consent


def _try_later(uow: CardUnitOfWork, application_id: str) -> None:
    application = uow.applications.locked(application_id)
    if application is not None and application.status == Status.SUBMITTED:
        application.attempts += 1
        application.next_attempt_at = uow.clock.now() + delay_before_sealing_again(application.attempts)


def _route(uow: CardUnitOfWork, application_id: str, jwe: str) -> None:
    application = uow.applications.locked(application_id)
    if application is None or application.status != Status.SUBMITTED:
        return  # cancelled meanwhile, or routed by who took it after our claim ran out
    record_step(uow, application, route(Status(application.status)))
    consent = _consent_of(application)
    consent.provided_at = uow.clock.now()
    hand_to_bank(
        uow,
        bank=application.bank,
        type=Type.APPLICATION,
        application_id=application.id,
        application_no=application.application_no,
        jwe=jwe,
    )
    uow.publish(
        CardApplicationRouted(
            application_id=application.id,
            application_no=application.application_no,
            volunteer_id=application.volunteer_id,
            bank=application.bank,
            card_type=application.card_type,
            region=application.region,
            branch=application.branch_contact.branch,
        ),
        version=application.version,
    )
    uow.audit(
        "card.data_provided",
        f"card_application:{application.id}",
        bank=application.bank,
        consent_version=consent.text_version,
    )
