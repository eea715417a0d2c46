"""Reviewing in another's place, as SQL: what makes a delegation hold, and how far it reaches (docs/adr/0021).

Why this module exists: organization owns delegations, and a service with reviews of its own keeps copies of them; the
rule is one. Nothing of it is stored: it follows from the roles of both sides and their places in the tree, each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from services.chassis.organizations import ACTIVE, is_below


class StandingIn:
    """The rule, on three tables and what they are called.

    ``delegation``: organization_id, delegator_id, delegate_id, starts_on, ends_on, created_at. ``role``:
    organization_id, account_id, role, active, appointed_at. ``organization``: id, path, status. ``roles`` review, and
    whoever stands in holds one of them; ``lent_by``: which of them lend, unless all of them do.

    What does not change is said once here: SQLAlchemy takes longer to put it together than PostgreSQL to answer it.
    """

    def __init__(
        self,
        delegation: sa.Table,
        role: sa.Table,
        organization: sa.Table,
        roles: Sequence[str],
        lent_by: Sequence[str] | None = None,
    ) -> None:
        self._delegation, self._role, self._organization = delegation, role, organization
        self._roles, self._lent_by = roles, roles if lent_by is None else lent_by
        self._both_may = sa.and_(
            self._delegator_reviews(), self.is_trusted(delegation.c.delegate_id, delegation.c.organization_id)
        )

    def holds_on(self, day: date) -> sa.ColumnElement[bool]:
        """The delegation is for this day, and both sides hold their roles. Whether it was revoked is not asked here."""
        starts_on, ends_on = self._delegation.c.starts_on, self._delegation.c.ends_on
        return sa.and_(starts_on <= day, ends_on >= day, self._both_may)

    def reaches(self, organization_id: str, *, from_above: bool, from_root: bool = False) -> sa.ColumnElement[bool]:
        """The delegation was given at an active organization that is ``organization_id`` or stands above it.

        ``from_above``: properly above; ``from_root``: the root.
        """
        top, target = self._organization.alias(), self._organization.alias()
        conditions = [
            top.c.id == self._delegation.c.organization_id,
            target.c.id == organization_id,
            top.c.status == ACTIVE,
            is_below(target.c.path, top.c.path),
        ]
        if from_above or from_root:
            conditions.append(target.c.id != top.c.id)
        if from_root:
            conditions.append(sa.func.nlevel(top.c.path) == 1)
        return self._exists([top, target], conditions)

    def is_trusted(self, account_id: Any, organization_id: Any) -> sa.ColumnElement[bool]:
        """Whether the account may stand in there: it reviews, itself, under the same parent or above."""
        role, here, there = self._role.alias(), self._organization.alias(), self._organization.alias()
        parent = sa.func.subpath(here.c.path, 0, -1)  # of the root: the empty path, below which everything lies
        return self._exists(
            [role, there, here],
            [
                here.c.id == organization_id,
                there.c.id == role.c.organization_id,
                role.c.account_id == account_id,
                role.c.active,
                role.c.role.in_(self._roles),
                there.c.status == ACTIVE,
                sa.or_(is_below(there.c.path, parent), is_below(here.c.path, there.c.path)),
            ],
        )

    def _delegator_reviews(self) -> sa.ColumnElement[bool]:
        role, delegation = self._role.alias(), self._delegation.c
        return self._exists(
            [role],
            [
                role.c.organization_id == delegation.organization_id,
                role.c.account_id == delegation.delegator_id,
                role.c.active,
                role.c.role.in_(self._lent_by),
                # whoever was dismissed and appointed again has to delegate anew
                role.c.appointed_at <= delegation.created_at,
            ],
        )

    def _exists(
        self, sources: Sequence[sa.FromClause], conditions: Sequence[sa.ColumnElement[bool]]
    ) -> sa.ColumnElement[bool]:
        found = sa.select(sa.literal(1)).select_from(*sources).where(*conditions)
        return found.correlate(self._delegation).exists()
