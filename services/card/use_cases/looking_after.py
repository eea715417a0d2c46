"""Applications that lie: told when the bank does not move them, ended when nothing has come of them (docs/adr/0035)."""

from __future__ import annotations

from datetime import timedelta

from services.card import metrics
from services.card.domain import Status, expire
from services.card.events import CardApplicationEscalated
from services.card.models import CardApplication
from services.card.repository import CardUnitOfWork
from services.card.use_cases.steps import end_without_card

AT_ONCE = 200
"""How many applications one run of the timer looks at; the rest is due again at the next."""

RECORDS_AT_ONCE = 5_000


def look_after_applications(uow: CardUnitOfWork) -> int:
    """Tell of what the bank leaves untouched, and end what nothing has come of; answers how many were looked at."""
    due = uow.applications.take_to_look_at(uow.clock.now(), AT_ONCE)
    for application in due:
        _look_at(uow, application)
    return len(due)


def forget_old_records(uow: CardUnitOfWork) -> int:
    """Delete the records of what was provided that have been kept long enough; answers how many (PIPL 19, 55)."""
    kept_from = uow.clock.now() - timedelta(days=uow.settings.records_kept_days)
    forgotten = uow.consents.forget(kept_from, RECORDS_AT_ONCE)
    if forgotten:
        metrics.RECORDS_FORGOTTEN.inc(forgotten)
        uow.audit("card.records_forgotten", "consents:all", records=forgotten, ended_before=kept_from.isoformat())
    return forgotten


def _look_at(uow: CardUnitOfWork, application: CardApplication) -> None:
    now, patience, status = uow.clock.now(), uow.settings.patience, Status(application.status)
    if patience.has_expired(status, application.moved_at, now):
        end_without_card(uow, application, expire(status))
        uow.audit("card.expired", f"card_application:{application.id}", was=status.value)
        return
    application.look_at = patience.look_at(status, application.moved_at, now)
    level = patience.level(status, application.moved_at, now)
    if level <= application.escalation_level:
        return
    application.escalation_level = level
    application.version += 1
    metrics.ESCALATIONS.labels(application.bank).inc()
    uow.publish(
        CardApplicationEscalated(
            application_id=application.id,
            application_no=application.application_no,
            bank=application.bank,
            branch=application.branch_contact.branch,
            status=status.value,
            level=level,
            waiting_since=application.moved_at,
        ),
        version=application.version,
    )
