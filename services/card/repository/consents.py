"""Consent texts by version, and the consents that were given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from services.card.domain import FINAL
from services.card.models import CardApplication, Consent, ConsentText
from services.chassis.unit_of_work import UnitOfWork


class ConsentRepository:
    """What applicants agree to, and that they did."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def texts_in_force(self, day: date) -> Sequence[ConsentText]:
        """The newest text for each recipient."""
        statement = (
            sa.select(ConsentText)
            .where(ConsentText.in_force_from <= day)
            .ext(distinct_on(ConsentText.recipient))
            .order_by(ConsentText.recipient, ConsentText.in_force_from.desc(), ConsentText.version.desc())
        )
        return self._uow.session.scalars(statement).all()

    def text_in_force(self, recipient: str, day: date) -> ConsentText:
        """The newest text for this recipient; each bank has one since the platform was set up."""
        return next(text for text in self.texts_in_force(day) if text.recipient == recipient)

    def text(self, recipient: str, version: str) -> ConsentText | None:
        """One text by its version."""
        return self._uow.session.get(ConsentText, (recipient, version))

    def forget(self, ended_before: datetime, limit: int) -> int:
        """Delete records whose application ended before then, at most ``limit``; answers how many."""
        old = (
            sa.select(Consent.application_id)
            .join(CardApplication, CardApplication.id == Consent.application_id)
            .where(
                CardApplication.submitted_at < ended_before,  # follows from the next, and there is an index on it
                CardApplication.moved_at < ended_before,
                CardApplication.status.in_(FINAL),
            )
            .limit(limit)
        )
        deleted = sa.delete(Consent).where(Consent.application_id.in_(old)).returning(Consent.application_id)
        return len(self._uow.session.scalars(deleted).all())
