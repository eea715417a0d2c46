"""Card's queries."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.card.domain import OPEN, Bank, CardType, Status
from services.card.models import (
    APPLICATION_SERIAL,
    BankReportReceipt,
    BranchContact,
    CardApplication,
    GroupMember,
    RefusedMessage,
    StatusEntry,
    UnknownReport,
    VolunteerCopy,
)
from services.chassis.copies import save_if_newer
from services.chassis.organizations import Organizations
from services.chassis.unit_of_work import UnitOfWork


class CardUnitOfWork(UnitOfWork):
    """A unit of work with card's repositories."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organizations = Organizations(self.session, self.caller)
        self.volunteers = VolunteerRepository(self)
        self.branches = BranchRepository(self)
        self.applications = ApplicationRepository(self)
        self.reports = ReportRepository(self)


class VolunteerRepository:
    """The copy of identity's volunteers."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def save(self, volunteer: dict[str, Any]) -> None:
        """Take over what an event says, unless a newer one has been here."""
        save_if_newer(self._uow.session, VolunteerCopy, volunteer)

    def find(self, volunteer_id: str) -> VolunteerCopy | None:
        """One volunteer, or None while the event has not arrived."""
        return self._uow.session.get(VolunteerCopy, volunteer_id)

    def locked(self, volunteer_id: str) -> VolunteerCopy | None:
        """As :meth:`find`, locked."""
        return self._uow.session.get(VolunteerCopy, volunteer_id, with_for_update=True)

    def active_members(self, volunteer_ids: Collection[str], in_subtree: sa.ColumnElement[bool]) -> Sequence[str]:
        """Which of these are active volunteers of that subtree."""
        statement = sa.select(VolunteerCopy.id).where(
            VolunteerCopy.id.in_(volunteer_ids), VolunteerCopy.status == "active", in_subtree
        )
        return self._uow.session.scalars(statement).all()

    def add_members(self, group_id: str, volunteer_ids: Collection[str]) -> None:
        """Write down who is on a group's list."""
        rows = [{"group_id": group_id, "volunteer_id": volunteer_id} for volunteer_id in volunteer_ids]
        self._uow.session.execute(sa.insert(GroupMember), rows)


class BranchRepository:
    """Branch contacts."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def in_force(self) -> sa.Select[Any]:
        """The contacts that count now."""
        return sa.select(BranchContact).where(BranchContact.valid_until.is_(None))

    def find(self, city: str | None, bank: Bank, card_type: CardType) -> BranchContact | None:
        """Who issues this card in this city."""
        return self._uow.session.scalar(
            self.in_force().where(
                BranchContact.city == city, BranchContact.bank == bank, BranchContact.card_type == card_type
            )
        )

    def all_in_force(self) -> Sequence[BranchContact]:
        """All of them; there are some sixty."""
        statement = self.in_force().order_by(BranchContact.city, BranchContact.bank, BranchContact.card_type)
        return self._uow.session.scalars(statement).all()

    def lock(self) -> None:
        """Imports go one after the other."""
        key = sa.func.hashtextextended("card:branch-contacts", 0)
        self._uow.session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


class ApplicationRepository:
    """Applications, by who asks and by what is to be done."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def next_serial(self) -> int:
        """The serial for the next application number; gaps are harmless."""
        return int(self._uow.session.execute(sa.select(APPLICATION_SERIAL.next_value())).scalar_one())

    def locked(self, application_id: str) -> CardApplication | None:
        """One application, locked."""
        statement = (
            sa.select(CardApplication).where(CardApplication.id == application_id).with_for_update(of=CardApplication)
        )
        return self._uow.session.scalar(statement)

    def get(self, application_id: str) -> CardApplication:
        """One that is known to exist."""
        return self._uow.session.get_one(CardApplication, application_id)

    def locked_by_number(self, application_no: str) -> CardApplication | None:
        """The application with this number, locked."""
        statement = (
            sa.select(CardApplication)
            .where(CardApplication.application_no == application_no)
            .with_for_update(of=CardApplication)
        )
        return self._uow.session.scalar(statement)

    def open_of(self, volunteer_id: str) -> CardApplication | None:
        """The one application of a volunteer that has not ended."""
        statement = sa.select(CardApplication).where(
            CardApplication.volunteer_id == volunteer_id, CardApplication.status.in_(OPEN)
        )
        return self._uow.session.scalar(statement)

    def of_volunteer(self, volunteer_id: str) -> sa.Select[Any]:
        """All applications of a volunteer."""
        return sa.select(CardApplication).where(CardApplication.volunteer_id == volunteer_id)

    def claimable(self, application_id: str, now: datetime) -> CardApplication | None:
        """An application that is due to be sealed, locked; None if it has ended, or somebody is at it."""
        statement = (
            sa.select(CardApplication)
            .where(
                CardApplication.id == application_id,
                CardApplication.status == Status.SUBMITTED,
                CardApplication.next_attempt_at <= now,
            )
            .with_for_update(of=CardApplication, skip_locked=True)
        )
        return self._uow.session.scalar(statement)

    def due(self, now: datetime, limit: int) -> Sequence[str]:
        """Ids of applications that wait to be sealed, the oldest first."""
        statement = (
            sa.select(CardApplication.id)
            .where(CardApplication.status == Status.SUBMITTED, CardApplication.next_attempt_at <= now)
            .order_by(CardApplication.next_attempt_at)
            .limit(limit)
        )
        return self._uow.session.scalars(statement).all()

    def blank(self, volunteer_id: str) -> None:
        """Forget what an erased volunteer's applications say of the person."""
        self._uow.session.execute(
            sa.update(CardApplication)
            .where(CardApplication.volunteer_id == volunteer_id)
            .values(address_sealed=None, clothing_size=None, reason=None)
        )
        own = sa.select(CardApplication.id).where(CardApplication.volunteer_id == volunteer_id)
        self._uow.session.execute(sa.update(StatusEntry).where(StatusEntry.application_id.in_(own)).values(reason=None))

    def states(self) -> Iterator[tuple[CardApplication, str | None]]:
        """Every application with its applicant's home organization."""
        statement = (
            sa.select(CardApplication, VolunteerCopy.organization_id)
            .outerjoin(VolunteerCopy, VolunteerCopy.id == CardApplication.volunteer_id)
            .order_by(CardApplication.id)
            .execution_options(yield_per=500)
        )
        return iter(self._uow.session.execute(statement))


class ReportRepository:
    """What banks have reported."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def receive(self, bank: str, webhook_id: str, content_hash: bytes, now: datetime) -> bytes | None:
        """Write down a report by its id; the hash of the first one if it has come before (a second waits for it)."""
        statement = (
            insert(BankReportReceipt)
            .values(bank=bank, webhook_id=webhook_id, content_hash=content_hash, received_at=now)
            .on_conflict_do_nothing()
            .returning(BankReportReceipt.bank)
        )
        if self._uow.session.scalar(statement) is not None:
            return None
        return self._uow.session.get_one(BankReportReceipt, (bank, webhook_id)).content_hash

    def refuse(self, **message: Any) -> bool:
        """Write a message down that could not be taken, once for each id; whether it is new."""
        statement = insert(RefusedMessage).values(**message).on_conflict_do_nothing().returning(RefusedMessage.id)
        return self._uow.session.scalar(statement) is not None

    def refused(self) -> sa.Select[Any]:
        """Messages that could not be taken."""
        return sa.select(RefusedMessage)

    def unknown(self) -> sa.Select[Any]:
        """Reports on numbers that the bank was never given."""
        return sa.select(UnknownReport)


UNIT_OF_WORK = CardUnitOfWork
