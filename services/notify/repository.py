"""Notify's queries."""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.unit_of_work import UnitOfWork
from services.notify.domain import Status
from services.notify.due_messages import Budgets, DueMessages
from services.notify.inboxes import InboxRepository
from services.notify.models import ContactPoint, Message, Preference, SimulatedMessage
from services.notify.outgoing import OutgoingMessages
from services.notify.received_receipts import ReceiptRepository


class NotifyUnitOfWork(UnitOfWork):
    """A unit of work with notify's repositories."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.messages = MessageRepository(self)
        self.due = DueMessages(self)
        self.budgets = Budgets(self)
        self.outgoing = OutgoingMessages(self)
        self.inboxes = InboxRepository(self)
        self.contacts = ContactRepository(self)
        self.receipts = ReceiptRepository(self)
        self.preferences = PreferenceRepository(self)


class MessageRepository:
    """Messages, by what is to be done with them."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def add_once(self, messages: Sequence[dict[str, Any]]) -> list[tuple[str, str]]:
        """Save; answers template and channel of those that their event had not made for their recipient before."""
        if not messages:
            return []
        table = cast(sa.Table, Message.__table__)
        statement = insert(table).on_conflict_do_nothing().returning(table.c.template, table.c.channel)
        return [(row.template, row.channel) for row in self._uow.session.execute(statement, messages)]

    def blank(self, account_id: str, volunteer_id: str) -> None:
        """Remove what was said to somebody, and let nothing more go out to them; the rows stay and count."""
        mine = sa.or_(Message.account_id == account_id, Message.volunteer_id == volunteer_id)
        self._uow.session.execute(
            sa.update(Message).where(mine, Message.status == Status.QUEUED).values(status=Status.SUPPRESSED)
        )
        blanked = sa.update(Message).where(mine)
        self._uow.session.execute(
            blanked.values(
                parameters={}, recipient_sealed=None, secrets_sealed=None, recipient_masked=None, provider_id=None
            )
        )

    def forget_simulated(self, account_id: str, volunteer_id: str, addresses: Sequence[str]) -> None:
        """Empty the simulator's inbox of what went to somebody, codes to their numbers among it."""
        mine = sa.select(Message.id).where(
            sa.or_(Message.account_id == account_id, Message.volunteer_id == volunteer_id)
        )
        self._uow.session.execute(
            sa.delete(SimulatedMessage).where(
                sa.or_(SimulatedMessage.id.in_(mine), SimulatedMessage.recipient.in_(addresses))
            )
        )

    def simulated(self, recipient: str | None, since: datetime | None, limit: int) -> Sequence[SimulatedMessage]:
        """The newest ``limit`` messages in the simulator's inbox, oldest of them first."""
        newest_first = (SimulatedMessage.at.desc(), SimulatedMessage.id.desc())
        statement = sa.select(SimulatedMessage).order_by(*newest_first).limit(limit)
        if recipient is not None:
            statement = statement.where(SimulatedMessage.recipient == recipient)
        if since is not None:
            statement = statement.where(SimulatedMessage.at >= since)
        return self._uow.session.scalars(statement).all()[::-1]


class ContactRepository:
    """How people can be reached."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def save(self, contact: dict[str, Any]) -> None:
        """Insert or update, unless a newer version is here already or the person was erased."""
        statement = insert(ContactPoint).values(**contact)
        statement = statement.on_conflict_do_update(
            index_elements=["account_id"],
            set_=contact,
            where=sa.and_(ContactPoint.version < contact["version"], ContactPoint.erased_at.is_(None)),
        )
        self._uow.session.execute(statement)

    def of(self, account_id: str | None, volunteer_id: str | None) -> ContactPoint | None:
        """Somebody's contact point, by account or volunteer; None while identity's event has not arrived."""
        if account_id is not None:
            return self._uow.session.get(ContactPoint, account_id)
        if volunteer_id is None:  # a bare number; many accounts have no volunteer
            return None
        return self._uow.session.scalar(sa.select(ContactPoint).where(ContactPoint.volunteer_id == volunteer_id))

    def of_all(self, account_ids: Set[str], volunteer_ids: Set[str]) -> Sequence[ContactPoint]:
        """The contact points of many, those that have arrived."""
        found = sa.select(ContactPoint).where(
            sa.or_(ContactPoint.account_id.in_(account_ids), ContactPoint.volunteer_id.in_(volunteer_ids))
        )
        return self._uow.session.scalars(found).all()

    def erase(self, account_id: str, volunteer_id: str, now: datetime) -> None:
        """Empty somebody's contact point for good, whether or not it has arrived yet."""
        sealed = {"phone_sealed": None, "email_sealed": None, "wechat_openid_sealed": None}
        emptied = {"volunteer_id": volunteer_id, **sealed, "erased_at": now}
        statement = insert(ContactPoint).values(account_id=account_id, locale="zh", version=0, **emptied)
        self._uow.session.execute(statement.on_conflict_do_update(index_elements=["account_id"], set_=emptied))


class PreferenceRepository:
    """What people do not want to get."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def switched_off(self, account_id: str) -> set[tuple[str, str]]:
        """(template, channel) pairs that an account has switched off."""
        rows = self._uow.session.execute(
            sa.select(Preference.template, Preference.channel).where(Preference.account_id == account_id)
        )
        return {(row.template, row.channel) for row in rows}

    def switched_off_by(self, account_ids: Set[str]) -> set[tuple[str, str, str]]:
        """(account, template, channel) of everything that any of them has switched off."""
        columns = (Preference.account_id, Preference.template, Preference.channel)
        rows = self._uow.session.execute(sa.select(*columns).where(Preference.account_id.in_(account_ids)))
        return {(row.account_id, row.template, row.channel) for row in rows}

    def replace(self, account_id: str, switched_off: set[tuple[str, str]]) -> None:
        """Keep exactly these pairs switched off."""
        self._uow.session.execute(sa.delete(Preference).where(Preference.account_id == account_id))
        for template, channel in sorted(switched_off):
            self._uow.session.add(Preference(account_id=account_id, template=template, channel=channel))


UNIT_OF_WORK = NotifyUnitOfWork
