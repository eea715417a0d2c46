"""What banks were handed, and how their account of it compares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.card.models import (
    CardApplication,
    GroupApplication,
    HandOver,
    PartnerReplay,
    Reconciliation,
    ReconciliationDifference,
    StatusEntry,
)
from services.card.partner_exchange import Type
from services.card.statements import Difference, Row
from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork


class HandOverRepository:
    """Records of what was handed over, and what is to be handed over again."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def application_of(self, record: HandOver) -> CardApplication:
        """The application that a record is about."""
        return self._uow.session.get_one(CardApplication, record.application_id)

    def visit_of(self, record: HandOver) -> GroupApplication:
        """The group whose visit a record is about."""
        return self._uow.session.get_one(GroupApplication, record.group_id)

    def mark_for_replay(self, replay: PartnerReplay, now: datetime) -> int:
        """Everything of that bank and day is due again; answers how many messages."""
        statement = (
            sa.update(HandOver)
            .where(HandOver.bank == replay.bank, HandOver.day == replay.day)
            .values(replay_id=replay.id, next_attempt_at=now)
        )
        return int(self._uow.session.execute(statement).rowcount)  # type: ignore[attr-defined]  # of a CursorResult

    def due(self, now: datetime, limit: int) -> Sequence[str]:
        """Ids of what is to be handed over again, in the order of the first time."""
        statement = (
            sa.select(HandOver.id).where(HandOver.next_attempt_at <= now).order_by(HandOver.handed_at).limit(limit)
        )
        return self._uow.session.scalars(statement).all()

    def claimable(self, handover_id: str, now: datetime) -> HandOver | None:
        """One that is due, locked; None if somebody is at it."""
        statement = (
            sa.select(HandOver)
            .where(HandOver.id == handover_id, HandOver.next_attempt_at <= now)
            .with_for_update(skip_locked=True)
        )
        return self._uow.session.scalar(statement)

    def locked(self, handover_id: str) -> HandOver:
        """One that is known to exist, locked."""
        return self._uow.session.get_one(HandOver, handover_id, with_for_update=True)

    def waiting(self, replay_id: str) -> int:
        """How many messages of a replay are still to be handed over."""
        statement = sa.select(sa.func.count()).where(
            HandOver.replay_id == replay_id, HandOver.next_attempt_at.is_not(None)
        )
        return int(self._uow.session.execute(statement).scalar_one())

    def replays(self) -> sa.Select[Any]:
        """What was asked for."""
        return sa.select(PartnerReplay)

    def replay_of(self, bank: str, webhook_id: str) -> PartnerReplay | None:
        """The replay that a bank's signed request has begun."""
        statement = sa.select(PartnerReplay).where(PartnerReplay.bank == bank, PartnerReplay.webhook_id == webhook_id)
        return self._uow.session.scalar(statement)

    def delete_before(self, moment: datetime) -> int:
        """Forget the records whose last time lies before ``moment``."""
        statement = sa.delete(HandOver).where(HandOver.last_at < moment, HandOver.next_attempt_at.is_(None))
        return int(self._uow.session.execute(statement).rowcount)  # type: ignore[attr-defined]  # of a CursorResult


class ReconciliationRepository:
    """Our account of a day, and how a bank's differs."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def rows_of(self, bank: str, day: date) -> Iterator[Row]:
        """Every application that was handed to the bank on that day, and where it stands now, by number."""
        since = sa.select(sa.func.max(StatusEntry.at)).where(StatusEntry.application_id == CardApplication.id)
        statement = (
            sa.select(CardApplication.application_no, CardApplication.status, since.scalar_subquery())
            .join(HandOver, HandOver.application_id == CardApplication.id)
            .where(HandOver.bank == bank, HandOver.day == day, HandOver.type == Type.APPLICATION)
            .order_by(CardApplication.application_no)
        )
        return (Row(*row) for row in self._uow.session.execute(statement))

    def replace(self, **statement: Any) -> str:
        """Take a bank's statement of a day instead of an earlier one; answers its id, without differences yet."""
        row = insert(Reconciliation).values(id=new_id(), differences=0, **statement)
        row = row.on_conflict_do_update(
            index_elements=["bank", "day"],
            set_={name: row.excluded[name] for name in ("rows", "sha256", "made_at", "received_at", "differences")},
        )
        reconciliation_id = str(self._uow.session.execute(row.returning(Reconciliation.id)).scalar_one())
        former = ReconciliationDifference.reconciliation_id == reconciliation_id
        self._uow.session.execute(sa.delete(ReconciliationDifference).where(former))
        return reconciliation_id

    def add_differences(self, reconciliation_id: str, bank: str, day: date, found: Iterable[Difference]) -> int:
        """Write down how it differs; answers in how many applications."""
        rows = [
            {
                "id": new_id(),
                "reconciliation_id": reconciliation_id,
                "bank": bank,
                "day": day,
                "application_no": one.application_no,
                "why": one.why.value,
                "ours": one.ours,
                "theirs": one.theirs,
            }
            for one in found
        ]
        if rows:
            self._uow.session.execute(sa.insert(ReconciliationDifference), rows)
            changed = sa.update(Reconciliation).where(Reconciliation.id == reconciliation_id)
            self._uow.session.execute(changed.values(differences=len(rows)))
        return len(rows)

    def all(self) -> sa.Select[Any]:
        """What banks have handed in."""
        return sa.select(Reconciliation)

    def differences(self) -> sa.Select[Any]:
        """How it differs."""
        return sa.select(ReconciliationDifference)
