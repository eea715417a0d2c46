"""Reminders before a shift, once each: of what users of such systems ask for, the first (FACTS.md)."""

from __future__ import annotations

from datetime import timedelta

from services.activity import metrics
from services.activity.domain.reminding import Lead
from services.activity.events import EnrollmentReminderDue
from services.activity.repository import ActivityUnitOfWork
from services.activity.use_cases.telling import facts
from services.chassis.unit_of_work import UnitOfWorkFactory

# How many one transaction reminds: many shifts start at nine, and nobody's lock is held for long.
AT_ONCE = 500
_KEPT = timedelta(days=1)


def remind_all(units: UnitOfWorkFactory[ActivityUnitOfWork]) -> None:
    """Remind everybody who is due, some hundreds at a time, until nobody is."""
    with units() as uow:
        uow.reminders.forget(uow.clock.now() - _KEPT)
        leads = [Lead(hours) for hours in uow.settings.reminder_hours]
    for lead in leads:
        while remind(units, lead):
            pass


def remind(units: UnitOfWorkFactory[ActivityUnitOfWork], lead: Lead) -> bool:
    """Remind the next that are due; False if nobody was."""
    with units() as uow:
        due = uow.reminders.claim(lead, uow.clock.now(), AT_ONCE)
        uow.publish_many(
            [
                (
                    EnrollmentReminderDue(
                        **facts(enrollment, enrollment.activity, enrollment.shift),
                        ends_at=enrollment.shift.ends_at,
                        role=enrollment.shift.role,
                        hours=lead.hours,
                    ),
                    enrollment.version,
                )
                for enrollment in due
            ]
        )
        metrics.REMINDERS.labels(str(lead.hours)).inc(len(due))
        return bool(due)
