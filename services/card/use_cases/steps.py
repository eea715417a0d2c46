"""One step of an application, whoever makes it: state, history, event and figures belong together."""

from __future__ import annotations

from datetime import datetime

from services.card import metrics
from services.card.domain import FINAL, Status
from services.card.events import CardStatusChanged
from services.card.models import CardApplication, StatusEntry
from services.card.partner_exchange import Type
from services.card.repository import CardUnitOfWork
from services.card.use_cases.handing_over import hand_to_bank


def record_step(
    uow: CardUnitOfWork,
    application: CardApplication,
    status: Status,
    *,
    reason: str | None = None,
    at: datetime | None = None,
) -> None:
    """Move an application on and tell of it. ``at``: when it happened, if that was not now.

    At the end the address and the guardian are blanked: they have no use any more.
    """
    now = uow.clock.now()
    application.status = status
    application.reason = reason
    application.moved_at = now
    application.look_at = None if status in FINAL else now  # how long it may lie now is for the timer to say
    application.escalation_level = 0
    application.version += 1
    application.next_attempt_at = None
    application.history.append(StatusEntry(status=status, reason=reason, at=at or now, recorded_at=now))
    if status in FINAL:
        application.address_sealed = application.guardian_sealed = None
    metrics.STATUSES.labels(application.bank, status.value).inc()
    volunteer = uow.volunteers.find(application.volunteer_id)
    event = status_event(application, None if volunteer is None else volunteer.organization_id)
    uow.publish(event, version=application.version)


def end_without_card(uow: CardUnitOfWork, application: CardApplication, status: Status) -> None:
    """Nothing comes of it; a bank that knows of it is told."""
    known_to_bank = application.status != Status.SUBMITTED
    record_step(uow, application, status)
    if known_to_bank:
        hand_to_bank(
            uow,
            bank=application.bank,
            type=Type.CANCELLATION,
            application_id=application.id,
            application_no=application.application_no,
        )


def status_event(application: CardApplication, organization_id: str | None) -> CardStatusChanged:
    """The present state of an application, as others copy it."""
    return CardStatusChanged(
        application_id=application.id,
        application_no=application.application_no,
        volunteer_id=application.volunteer_id,
        organization_id=organization_id,
        bank=application.bank,
        status=application.status,
        reason=application.reason,
    )
