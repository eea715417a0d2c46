"""Reviews that nobody decides, and which organizations above were told of them (docs/adr/0021)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from services.chassis.ids import new_id
from services.chassis.organizations import is_below
from services.organization.domain import REVIEWING, OrganizationStatus
from services.organization.models import Escalation, Membership, Organization

if TYPE_CHECKING:
    from services.organization.repository import OrganizationUnitOfWork

MEMBERSHIPS, ORGANIZATIONS = "memberships", "organizations"
Reviewed: TypeAlias = type[Membership] | type[Organization]
_TABLES: dict[str, tuple[Reviewed, Any]] = {  # and whose reviewers should decide
    MEMBERSHIPS: (Membership, Membership.organization_id),
    ORGANIZATIONS: (Organization, Organization.parent_id),
}
_REMINDING = sa.func.hashtextextended("escalation reminders", 0)
_ROWS_AT_ONCE = 2000  # a province that has let everything wait is told in one message, and in many short statements


@dataclass(frozen=True, slots=True)
class Waiting:
    """A review that is due for a look. ``organization_id``: whose reviewers should decide."""

    id: str
    submitted_at: datetime
    organization_id: str


class EscalationRepository:
    """Escalations."""

    def __init__(self, uow: OrganizationUnitOfWork) -> None:
        self._uow = uow

    def take_due(self, kind: str, limit: int) -> Sequence[Waiting]:
        """Reviews whose next escalation is due, locked; those that somebody is deciding are not."""
        model, decides = _TABLES[kind]
        rows = self._uow.session.execute(
            sa.select(model.id, model.submitted_at, decides)
            .where(
                model.status == "pending",
                decides.is_not(None),
                model.escalates_at <= self._uow.clock.now(),
            )
            .order_by(model.escalates_at)
            .limit(limit)
            .with_for_update(skip_locked=True, of=model, key_share=True)
        )
        return [Waiting(*row) for row in rows]

    def plan(self, kind: str, moments: Mapping[str, datetime]) -> None:
        """When each of these is due for the next look: days, of which there are few, so a statement for each."""
        model, _ = _TABLES[kind]
        by_moment: dict[datetime, list[str]] = defaultdict(list)
        for id_, moment in moments.items():
            by_moment[moment].append(id_)
        for moment, ids in by_moment.items():
            self._uow.session.execute(
                sa.update(model)
                .where(model.id.in_(ids))
                .values(escalates_at=moment)
                .execution_options(synchronize_session=False)
            )

    def plan_anew(self, organization_ids: Collection[str]) -> None:
        """These organizations stand elsewhere: what waits there is looked at as soon as may be."""
        for kind, (model, decides) in _TABLES.items():
            waiting = sa.select(model.id).where(model.status == "pending", decides.in_(organization_ids))
            ids = self._uow.session.scalars(waiting.with_for_update(skip_locked=True, of=model, key_share=True)).all()
            if ids:
                self.plan(kind, dict.fromkeys(ids, self._uow.clock.now()))

    def superiors(self, organization_ids: Collection[str]) -> dict[str, list[str]]:
        """The active organizations above each of these, the nearest first."""
        below, above = aliased(Organization), aliased(Organization)
        rows = self._uow.session.execute(
            sa.select(below.id, above.id)
            .join(above, is_below(below.path, above.path))
            .where(below.id.in_(organization_ids), above.id != below.id, above.status == OrganizationStatus.ACTIVE)
            .order_by(below.id, sa.func.nlevel(above.path).desc())
        )
        found: dict[str, list[str]] = defaultdict(list)
        for organization_id, superior_id in rows:
            found[organization_id].append(superior_id)
        return found

    def escalate(self, kind: str, told: Iterable[tuple[Waiting, str]]) -> Sequence[Escalation]:
        """Put down that these organizations are told of these reviews; those that were told already are left out."""
        now = self._uow.clock.now()
        rows = [
            {
                "id": new_id(),
                "kind": kind,
                "subject_id": review.id,
                "submitted_at": review.submitted_at,
                "organization_id": superior_id,
                "escalated_at": now,
            }
            for review, superior_id in told
        ]
        if not rows:
            return []
        statement = insert(Escalation).on_conflict_do_nothing(constraint="uq_escalation_told")
        return self._uow.session.scalars(statement.returning(Escalation), rows).all()

    def take_unreminded(self, limit: int) -> dict[str, Counter[str]]:
        """How many reviews of each kind were escalated to an organization since its last message; these count as told.

        At most ``limit`` organizations; none while another replica is at it.
        """
        session, found = self._uow.session, defaultdict[str, Counter[str]](Counter)
        if not session.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(_REMINDING))):
            return found
        some = sa.select(Escalation.organization_id).where(Escalation.reminded_at.is_(None)).distinct().limit(limit)
        statement = sa.select(Escalation.id, Escalation.organization_id, Escalation.kind).where(
            Escalation.organization_id.in_(session.scalars(some).all()), Escalation.reminded_at.is_(None)
        )
        while rows := session.execute(statement.limit(_ROWS_AT_ONCE)).all():
            told = sa.update(Escalation).where(Escalation.id.in_([row.id for row in rows]))
            told = told.values(reminded_at=self._uow.clock.now())
            session.execute(told.execution_options(synchronize_session=False))
            for _, organization_id, kind in rows:
                found[organization_id][kind] += 1
        return found

    def is_escalated(self, kind: str) -> sa.ColumnElement[bool]:
        """SQL: the review was escalated to the caller (see :meth:`moments`)."""
        model, _ = _TABLES[kind]
        return sa.exists().where(
            self._to_the_caller(kind), Escalation.subject_id == model.id, Escalation.submitted_at == model.submitted_at
        )

    def moments(self, kind: str, submitted: Mapping[str, datetime]) -> dict[str, datetime]:
        """When each of these reviews was escalated to an organization at which the caller reviews, if it was.

        ``submitted``: their ids, and when each was submitted. A platform administrator reviews everywhere.
        """
        rows = self._uow.session.execute(
            sa.select(Escalation.subject_id, Escalation.submitted_at, sa.func.min(Escalation.escalated_at))
            .where(self._to_the_caller(kind), Escalation.subject_id.in_(submitted))
            .group_by(Escalation.subject_id, Escalation.submitted_at)
        )
        return {id_: moment for id_, submitted_at, moment in rows if submitted[id_] == submitted_at}

    def _to_the_caller(self, kind: str) -> sa.ColumnElement[bool]:
        ours = (
            sa.true()
            if self._uow.caller.kind == "platform"
            else Escalation.organization_id.in_(self._uow.delegations.held(*REVIEWING))
        )
        return sa.and_(Escalation.kind == kind, ours)
