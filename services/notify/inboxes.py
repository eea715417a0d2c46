"""The queries of the in-app inbox: what is in it, what has not been read, what is new.

Why this module exists: thousands of pages wait for news. So a gateway asks one question for all of them, *whose* inbox
has changed, along an index that holds nothing else; only those then look into theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from services.notify.domain import Channel, Snapshot
from services.notify.models import Message

if TYPE_CHECKING:
    from services.chassis.unit_of_work import UnitOfWork

_NOW: sa.ColumnElement[str] = sa.literal_column("pg_current_snapshot()::text")
_THIS_TRANSACTION: sa.ColumnElement[int] = sa.literal_column("pg_current_xact_id()::text::bigint")
# so that a question to which nothing is new has a row, and says how far that is
_ONE_ROW = sa.select(sa.literal(1).label("one")).subquery("one_row")
_IN_THE_INBOX = Message.channel == Channel.INBOX


class InboxRepository:
    """In-app messages; a reader is an account, and the volunteer it belongs to, if any."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def of(self, account_id: str, volunteer_id: str | None, *, unread: bool = False) -> sa.Select[Any]:
        """The messages of one person, or those of them that have not been read."""
        statement = sa.select(Message).where(_IN_THE_INBOX, _belongs_to(account_id, volunteer_id))
        return statement.where(Message.read_at.is_(None)) if unread else statement

    def get(self, message_id: str, account_id: str, volunteer_id: str | None) -> Message | None:
        """One of theirs, locked."""
        mine = self.of(account_id, volunteer_id).where(Message.id == message_id)
        found: Message | None = self._uow.session.scalar(mine.with_for_update())
        return found

    def unread_count(self, account_id: str, volunteer_id: str | None) -> int:
        """How many of them have not been read."""
        unread = self.of(account_id, volunteer_id, unread=True).subquery()
        return self._uow.session.scalar(sa.select(sa.func.count()).select_from(unread)) or 0

    def mark_read(self, message: Message, now: datetime) -> None:
        """The first time counts, and shows on the reader's other devices."""
        if message.read_at is None:
            message.read_at = now
            message.changed_in = _THIS_TRANSACTION
            self._uow.session.flush()

    def mark_all_read(self, account_id: str, volunteer_id: str | None, until: datetime, now: datetime) -> int:
        """Those that came until then; answers how many had not been read."""
        read = self._uow.session.execute(
            sa.update(Message)
            .where(
                _IN_THE_INBOX,
                _belongs_to(account_id, volunteer_id),
                Message.read_at.is_(None),
                Message.created_at <= until,
            )
            .values(read_at=now, changed_in=_THIS_TRANSACTION)
            .returning(Message.id)
            .execution_options(synchronize_session=False)
        )
        return len(read.all())

    def news(
        self, account_id: str, volunteer_id: str | None, since: Snapshot, most: int
    ) -> tuple[Sequence[Message], str]:
        """What came to somebody, or was read, since ``since``: the newest ``most``, newest first; and how far that is.

        One statement, one snapshot: what it does not show was not over yet, and is what the next question shows.
        """
        changed = self.of(account_id, volunteer_id).where(_changed_after(since))
        newest = changed.order_by(Message.created_at.desc(), Message.id.desc()).limit(most).subquery()
        message = aliased(Message, newest)
        rows = self._uow.session.execute(
            sa.select(_NOW, message)
            .select_from(_ONE_ROW.outerjoin(newest, sa.true()))
            .order_by(message.created_at.desc(), message.id.desc())
        ).all()
        return [found for _, found in rows if found is not None], rows[0][0]

    def readers_of_news(self, since: Snapshot, most: int) -> tuple[set[str] | None, str]:
        """Whose inbox has changed since then (None: too many to name), and how far that is."""
        reader = sa.func.coalesce(Message.account_id, Message.volunteer_id)
        changed = sa.select(reader.label("reader")).where(_IN_THE_INBOX, _changed_after(since))
        readers = changed.distinct().limit(most + 1).subquery()
        rows = self._uow.session.execute(
            sa.select(_NOW, readers.c.reader).select_from(_ONE_ROW.outerjoin(readers, sa.true()))
        ).all()
        found = {str(reader) for _, reader in rows if reader is not None}
        return (None if len(found) > most else found), rows[0][0]

    def now(self) -> str:
        """How far somebody has seen who sees everything that there is."""
        return str(self._uow.session.scalar(sa.select(_NOW)))


def _belongs_to(account_id: str, volunteer_id: str | None) -> sa.ColumnElement[bool]:
    mine = Message.account_id == account_id
    return mine if volunteer_id is None else sa.or_(mine, Message.volunteer_id == volunteer_id)


def _changed_after(seen: Snapshot) -> sa.ColumnElement[bool]:
    """Written by what was not over then; the first condition is the one that has an index."""
    return sa.and_(
        Message.changed_in >= seen.oldest,
        sa.or_(Message.changed_in >= seen.following, Message.changed_in.in_(seen.under_way)),
    )
