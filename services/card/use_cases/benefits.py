"""What comes with the card: insurance from its activation, clothing from the first spend (notice, attachment 3).

Why this module exists: both follow from what a bank reports, once for each volunteer however often it is said. The
clothing is free and comes in the volunteer's size; where none is known the order waits for one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.card import commands, metrics
from services.card.domain import WITHOUT_CARD, Status
from services.card.domain.benefits import BenefitKind, require_activated, require_not_ordered
from services.card.domain.clothing import size_called
from services.card.events import CardClothingOrdered, CardClothingSizeNeeded, CardInsuranceStarted
from services.card.models import Benefit, CardApplication
from services.card.repository import CardUnitOfWork
from services.chassis.errors import NotFound


def start_insurance(uow: CardUnitOfWork, application: CardApplication, at: datetime) -> None:
    """The card was activated ``at`` this moment; a volunteer's second card brings no second insurance."""
    if _earn(uow, application, BenefitKind.INSURANCE, at) is None:
        return
    uow.publish(
        CardInsuranceStarted(
            application_id=application.id,
            application_no=application.application_no,
            volunteer_id=application.volunteer_id,
            started_at=at,
            up_to_yuan=uow.settings.insurance_yuan,
        ),
        version=application.version,
    )


def earn_clothing(uow: CardUnitOfWork, application: CardApplication, at: datetime) -> bool:
    """The card was first paid with; whether that is news. Raises ``IllegalTransition`` before its activation."""
    require_activated(Status(application.status))
    benefit = _earn(uow, application, BenefitKind.CLOTHING, at)
    if benefit is None:
        return False
    volunteer = uow.volunteers.find(application.volunteer_id)
    size = application.clothing_size or size_called(None if volunteer is None else volunteer.clothing_size)
    if size is not None:
        _order(uow, benefit, application, size)
        return True
    uow.publish(
        CardClothingSizeNeeded(
            application_id=application.id,
            application_no=application.application_no,
            volunteer_id=application.volunteer_id,
        ),
        version=application.version,
    )
    return True


def change_clothing_size(command: commands.ChangeClothingSize, uow: CardUnitOfWork) -> dict[str, Any]:
    """One's own size; an order that waits for it is placed. Raises ``ClothingAlreadyOrdered``."""
    volunteer_id = uow.caller.require_volunteer()
    latest = uow.applications.latest_of(volunteer_id)
    application = None if latest is None else uow.applications.locked(latest.id)  # as a bank's report locks it
    if application is None or application.status in WITHOUT_CARD:
        raise NotFound(what="card application")
    clothing = uow.benefits.of(volunteer_id).get(BenefitKind.CLOTHING)
    require_not_ordered(ordered=clothing is not None and clothing.ordered_at is not None)
    application.clothing_size = command.clothing_size
    if clothing is not None:
        _order(uow, clothing, application, command.clothing_size)
    uow.audit("card.clothing_size_changed", f"card_application:{application.id}")
    return _show(uow, volunteer_id, application)


def list_my_benefits(_query: commands.ListMyBenefits, uow: CardUnitOfWork) -> dict[str, Any]:
    """What one's card has brought so far, with dates."""
    volunteer_id = uow.caller.require_volunteer()
    return _show(uow, volunteer_id, uow.applications.latest_of(volunteer_id))


def _earn(uow: CardUnitOfWork, application: CardApplication, kind: BenefitKind, at: datetime) -> Benefit | None:
    benefit = uow.benefits.earn(application, kind, at)
    if benefit is not None:
        metrics.BENEFITS.labels(application.bank, kind).inc()
        uow.audit("card.benefit_earned", f"card_application:{application.id}", kind=kind.value)
    return benefit


def _order(uow: CardUnitOfWork, benefit: Benefit, application: CardApplication, size: str) -> None:
    benefit.clothing_size, benefit.ordered_at = size, uow.clock.now()
    uow.publish(
        CardClothingOrdered(
            application_id=application.id,
            application_no=application.application_no,
            volunteer_id=application.volunteer_id,
            clothing_size=size,
        ),
        version=application.version,
    )


def _show(uow: CardUnitOfWork, volunteer_id: str, latest: CardApplication | None) -> dict[str, Any]:
    benefits = uow.benefits.of(volunteer_id)
    insurance, clothing = benefits.get(BenefitKind.INSURANCE), benefits.get(BenefitKind.CLOTHING)
    going_on = latest is not None and latest.status not in WITHOUT_CARD
    return {
        "insurance": insurance
        and {
            "application_no": insurance.application.application_no,
            "started_at": insurance.earned_at,
            "up_to_yuan": uow.settings.insurance_yuan,
        },
        "clothing": clothing
        and {
            "application_no": clothing.application.application_no,
            "earned_at": clothing.earned_at,
            "clothing_size": clothing.clothing_size,
            "ordered_at": clothing.ordered_at,
        },
        "clothing_size": latest.clothing_size if latest is not None and going_on else None,
        "size_may_change": going_on and (clothing is None or clothing.ordered_at is None),
    }
