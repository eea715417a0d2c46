"""An application ends before the card: withdrawn by the applicant, or because the applicant asked to be forgotten."""

from __future__ import annotations

from typing import Any

from services.card import commands
from services.card.domain import FINAL, Status, cancel
from services.card.repository import CardUnitOfWork
from services.card.use_cases.showing import show_application
from services.card.use_cases.steps import end_without_card
from services.chassis.errors import NotFound


def cancel_application(command: commands.CancelApplication, uow: CardUnitOfWork) -> dict[str, Any]:
    """Withdraw one's own; raises ``IllegalTransition`` once the card is made."""
    volunteer_id = uow.caller.require_volunteer()
    application = uow.applications.locked(command.application_id)
    if application is None or application.volunteer_id != volunteer_id:
        raise NotFound(what="card application")
    end_without_card(uow, application, cancel(Status(application.status)))
    uow.audit("card.cancelled", f"card_application:{application.id}")
    return show_application(application)


def forget_applicant(volunteer_id: str, uow: CardUnitOfWork) -> None:
    """Blank what identifies an erased volunteer (PIPL 47). Consents and the records of provision stay for 3 years."""
    under_way = uow.applications.open_of(volunteer_id)
    application = None if under_way is None else uow.applications.locked(under_way.id)
    if application is not None and Status(application.status) not in FINAL:
        end_without_card(uow, application, Status.CANCELLED)
        uow.audit("card.cancelled_by_erasure", f"card_application:{application.id}")
    uow.applications.blank(volunteer_id)
    uow.groups.blank(volunteer_id)
    uow.benefits.blank(volunteer_id)
    uow.pages.remove(volunteer_id)
