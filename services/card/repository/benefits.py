"""What volunteers' cards have brought them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.card.domain.benefits import BenefitKind
from services.card.models import Benefit, CardApplication
from services.chassis.unit_of_work import UnitOfWork


class BenefitRepository:
    """What volunteers' cards have brought them."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def earn(self, application: CardApplication, kind: BenefitKind, at: datetime) -> Benefit | None:
        """Write a benefit down; None if the volunteer has had it."""
        statement = (
            insert(Benefit)
            .values(volunteer_id=application.volunteer_id, kind=kind, application_id=application.id, earned_at=at)
            .on_conflict_do_nothing()
            .returning(Benefit)
        )
        return self._uow.session.scalar(statement)

    def of(self, volunteer_id: str) -> Mapping[BenefitKind, Benefit]:
        """What somebody has, by kind."""
        statement = sa.select(Benefit).where(Benefit.volunteer_id == volunteer_id)
        return {BenefitKind(benefit.kind): benefit for benefit in self._uow.session.scalars(statement)}

    def blank(self, volunteer_id: str) -> None:
        """Somebody was erased: their size is theirs."""
        self._uow.session.execute(
            sa.update(Benefit).where(Benefit.volunteer_id == volunteer_id).values(clothing_size=None)
        )
