"""Groups, and who is on their lists."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.card.domain.groups import GroupStatus, Reply
from services.card.models import GroupApplication, GroupMember
from services.chassis.unit_of_work import UnitOfWork

_BLANK: dict[str, Any] = {"details_sealed": None, "clothing_size": None}


class GroupRepository:
    """Groups, and who is on their lists."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def locked(self, group_id: str) -> GroupApplication | None:
        """One group, locked: answers, the bank's reports and the deadline come one after the other."""
        statement = (
            sa.select(GroupApplication).where(GroupApplication.id == group_id).with_for_update(of=GroupApplication)
        )
        return self._uow.session.scalar(statement)

    def add_members(self, group_id: str, volunteer_ids: Collection[str]) -> None:
        """Write down who is on a group's list."""
        rows = [{"group_id": group_id, "volunteer_id": volunteer_id} for volunteer_id in volunteer_ids]
        self._uow.session.execute(sa.insert(GroupMember), rows)

    def member(self, group_id: str, volunteer_id: str) -> GroupMember | None:
        """Somebody on a list."""
        return self._uow.session.get(GroupMember, (group_id, volunteer_id))

    def consented(self, group_id: str) -> Sequence[GroupMember]:
        """Those whose consent has not become an application, in the order in which volunteers are locked."""
        statement = (
            sa.select(GroupMember)
            .where(GroupMember.group_id == group_id, GroupMember.reply == Reply.CONSENTED)
            .order_by(GroupMember.volunteer_id)
        )
        return self._uow.session.scalars(statement).all()

    def excluded(self, group_ids: Collection[str]) -> Sequence[GroupMember]:
        """Those who consented, and could not apply."""
        statement = (
            sa.select(GroupMember)
            .where(GroupMember.group_id.in_(group_ids), GroupMember.reply == Reply.UNABLE)
            .order_by(GroupMember.group_id, GroupMember.volunteer_id)
        )
        return self._uow.session.scalars(statement).all()

    def replies(self, group_ids: Collection[str]) -> Mapping[str, Mapping[Reply, int]]:
        """How many of each group have said what."""
        statement = (
            sa.select(GroupMember.group_id, GroupMember.reply, sa.func.count())
            .where(GroupMember.group_id.in_(group_ids))
            .group_by(GroupMember.group_id, GroupMember.reply)
        )
        counted: dict[str, dict[Reply, int]] = {group_id: {} for group_id in group_ids}
        for group_id, reply, count in self._uow.session.execute(statement):
            counted[group_id][Reply(reply)] = count
        return counted

    def of_organizations(self, condition: sa.ColumnElement[bool]) -> sa.Select[Any]:
        """The groups of some organizations."""
        return sa.select(GroupApplication).where(condition)

    def proposed_to(self, volunteer_id: str) -> sa.Select[Any]:
        """Lists that somebody is on, and was asked for."""
        return (
            sa.select(GroupMember)
            .join(GroupMember.group)
            .where(GroupMember.volunteer_id == volunteer_id, GroupApplication.consent_until.is_not(None))
        )

    def take_overdue(self, now: datetime, limit: int) -> Sequence[GroupApplication]:
        """Groups whose deadline has passed with too few consents, locked."""
        statement = (
            sa.select(GroupApplication)
            .where(GroupApplication.status == GroupStatus.COLLECTING, GroupApplication.consent_until <= now)
            .order_by(GroupApplication.consent_until)
            .limit(limit)
            .with_for_update(of=GroupApplication, skip_locked=True)
        )
        return self._uow.session.scalars(statement).all()

    def forget_consents(self, now: datetime) -> None:
        """Blank what was given for groups that came to nothing, once nobody can use it any more."""
        over = sa.select(GroupApplication.id).where(GroupApplication.consents_kept_until <= now)
        self._uow.session.execute(sa.update(GroupMember).where(GroupMember.group_id.in_(over)).values(_BLANK))
        self._uow.session.execute(
            sa.update(GroupApplication)
            .where(GroupApplication.consents_kept_until <= now)
            .values(consents_kept_until=None)
        )

    def blank(self, volunteer_id: str) -> None:
        """Somebody was erased: nothing that they gave stays, and they no longer count as one who may come."""
        undecided = (Reply.PENDING, Reply.CONSENTED)
        own = GroupMember.volunteer_id == volunteer_id
        self._uow.session.execute(sa.update(GroupMember).where(own).values(_BLANK))
        self._uow.session.execute(
            sa.update(GroupMember)
            .where(own, GroupMember.reply.in_(undecided))
            .values(reply=Reply.UNABLE, code="volunteer_not_active")
        )
