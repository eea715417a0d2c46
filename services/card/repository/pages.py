"""Public pages, by whose they are and by the digest of their address."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.card.models import CardPage
from services.chassis.unit_of_work import UnitOfWork


class PageRepository:
    """Public pages, by whose they are and by the digest of their address."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def save(self, volunteer_id: str, *, token_hash: bytes, token_sealed: str, created_at: datetime) -> None:
        """The volunteer's only address from now on."""
        values = {"token_hash": token_hash, "token_sealed": token_sealed, "created_at": created_at}
        statement = insert(CardPage).values(volunteer_id=volunteer_id, **values)
        self._uow.session.execute(statement.on_conflict_do_update(index_elements=["volunteer_id"], set_=values))

    def of(self, volunteer_id: str) -> CardPage | None:
        """Somebody's page."""
        return self._uow.session.get(CardPage, volunteer_id)

    def volunteer_of(self, token_hash: bytes) -> str | None:
        """Whose page it is."""
        return self._uow.session.scalar(sa.select(CardPage.volunteer_id).where(CardPage.token_hash == token_hash))

    def remove(self, volunteer_id: str) -> bool:
        """False if there was none."""
        statement = sa.delete(CardPage).where(CardPage.volunteer_id == volunteer_id)
        return self._uow.session.scalar(statement.returning(CardPage.volunteer_id)) is not None
