"""Nodes of the tree, and which of them a caller may know of, change or review."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from services.chassis.errors import Forbidden, NotFound
from services.chassis.organizations import LTree, is_below
from services.chassis.pagination import AnySelect
from services.organization.domain import ANY_ROLE, REVIEWING, OrganizationStatus, Role
from services.organization.models import Organization, ReviewDecision
from services.organization.repository.escalations import ORGANIZATIONS

if TYPE_CHECKING:
    from services.organization.repository import OrganizationUnitOfWork

_SHAPE = sa.func.hashtextextended("organization tree", 0)


def in_one_piece(path: Any, top: str) -> sa.ColumnElement[bool]:
    """SQL: ``path`` is ``top`` or lies below it, said so that an index in the order of paths is read in one piece.

    A subtree stands there between its top and a label that comes after all others (``g``: ids are hexadecimal).
    """
    return sa.and_(is_below(path, top), path >= sa.cast(top, LTree), path < sa.cast(f"{top}.g", LTree))


class TreeRepository:
    """Nodes."""

    def __init__(self, uow: OrganizationUnitOfWork) -> None:
        self._uow = uow

    def get(self, organization_id: str) -> Organization:
        """One node; raises ``NotFound``."""
        found = self._uow.session.get(Organization, organization_id)
        if found is None:
            raise NotFound(what="organization")
        return found

    def find(self, organization_id: str) -> Organization | None:
        """One node, or None."""
        return self._uow.session.get(Organization, organization_id)

    def lock(self, organization_id: str) -> Organization:
        """One node as it is now, locked; raises ``NotFound``."""
        found = self._uow.session.get(Organization, organization_id, with_for_update=True, populate_existing=True)
        if found is None:
            raise NotFound(what="organization")
        return found

    def is_visible(self, node: Organization) -> bool:
        """Whether the caller may know of the node: it is active, or theirs to administer or to review."""
        return node.status == OrganizationStatus.ACTIVE or self.is_insider(node)

    def is_insider(self, node: Organization) -> bool:
        """Whether the caller administers the node (whatever its status) or reviews it."""
        return self._uow.administrators.holds(node.id, *ANY_ROLE) or self._uow.organizations.reaches_from_above(
            node.id, *REVIEWING
        )

    def require_visible(self, organization_id: str) -> Organization:
        """A node the caller may know of; raises ``NotFound``."""
        node = self.get(organization_id)
        if not self.is_visible(node):
            raise NotFound(what="organization")
        return node

    def require(self, organization_id: str, *fitting_roles: str) -> Organization:
        """A node at which (or above which) the caller holds a fitting role; ``NotFound``, or ``Forbidden``."""
        node = self.require_visible(organization_id)
        if not self._uow.organizations.reaches(organization_id, *fitting_roles):
            raise Forbidden()
        return node

    def require_own(self, organization_id: str) -> Organization:
        """As :meth:`require` for an owner, but its own may act while it is not active: to amend and try again."""
        node = self.require_visible(organization_id)
        if not self._uow.administrators.holds(organization_id, Role.OWNER) and not self._uow.organizations.reaches(
            organization_id, Role.OWNER
        ):
            raise Forbidden()
        return node

    def lock_shape(self) -> None:
        """Until the end of the transaction the caller alone changes who stands under whom (a move)."""
        self._uow.session.execute(sa.select(sa.func.pg_advisory_xact_lock(_SHAPE)))

    def keep_shape(self) -> None:
        """Until the end of the transaction nobody moves a subtree; taken before any other lock (docs/adr/0018)."""
        self._uow.session.execute(sa.select(sa.func.pg_advisory_xact_lock_shared(_SHAPE)))

    def lock_subtree(self, top: Organization) -> Sequence[Organization]:
        """The subtree of ``top`` as it is now, locked in the order of ids, as many decisions at once are."""
        return self._uow.session.scalars(
            sa.select(Organization)
            .where(is_below(Organization.path, top.path))
            .order_by(Organization.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).all()

    def lock_siblings(self, parent_id: str | None) -> None:
        """Until the end of the transaction nobody else adds, renames or resubmits under the same parent."""
        lock = sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"siblings:{parent_id or 'root'}", 0))
        self._uow.session.execute(sa.select(lock))

    def name_is_taken(self, parent_id: str | None, name: str, *, other_than: str | None = None) -> bool:
        """Whether a sibling that was not rejected has this name."""
        siblings = Organization.parent_id.is_not_distinct_from(parent_id)
        statement = sa.select(Organization.id).where(
            siblings, Organization.name == name, Organization.status != OrganizationStatus.REJECTED
        )
        return bool(set(self._uow.session.scalars(statement)) - {other_than})

    def root_exists(self, *, other_than: str | None = None) -> bool:
        """Whether there is a root that was not rejected."""
        statement = sa.select(Organization.id).where(
            Organization.parent_id.is_(None), Organization.status != OrganizationStatus.REJECTED
        )
        return bool(set(self._uow.session.scalars(statement)) - {other_than})

    def root(self) -> Organization | None:
        """The active root."""
        return self._uow.session.scalar(
            sa.select(Organization).where(
                Organization.parent_id.is_(None), Organization.status == OrganizationStatus.ACTIVE
            )
        )

    def active(self, query: str | None, parent_id: str | None, region_prefix: str | None) -> AnySelect:
        """The active organizations that fit."""
        statement = sa.select(Organization).where(Organization.status == OrganizationStatus.ACTIVE)
        if query is not None:
            statement = statement.where(Organization.name.icontains(query, autoescape=True))
        if parent_id is not None:
            statement = statement.where(Organization.parent_id == parent_id)
        if region_prefix is not None:
            statement = statement.where(Organization.region.startswith(region_prefix, autoescape=True))
        return statement

    def subtree(self, top: Organization, depth: int | None) -> AnySelect:
        """The subtree of ``top`` with each node's level below it; a page of it is read from an index."""
        level = (sa.func.nlevel(Organization.path) - sa.func.nlevel(sa.cast(top.path, Organization.path.type))).label(
            "level"
        )
        statement = sa.select(Organization, level).where(in_one_piece(Organization.path, top.path))
        return statement if depth is None else statement.where(level <= depth)

    def reviewable(self, review_status: str, escalated: bool | None = None) -> AnySelect:
        """The organizations whose review is (or was) the caller's: those properly below an own one.

        The root has nothing above it: platform administrators alone reach it.
        """
        approved = [OrganizationStatus.ACTIVE.value, OrganizationStatus.DISABLED.value]
        stored = approved if review_status == "approved" else [review_status]
        statement = sa.select(Organization).where(
            Organization.status.in_(stored),
            self._uow.reviewing.reaching(Organization.path, *REVIEWING, from_above=True),
        )
        if escalated is not None:
            told = self._uow.escalations.is_escalated(ORGANIZATIONS)
            statement = statement.where(told if escalated else ~told)
        return statement

    def count_reviewable(self) -> tuple[int, datetime | None]:
        """How many wait for the caller, and when the first of them was handed in."""
        waiting = self.reviewable(OrganizationStatus.PENDING).with_only_columns(Organization.submitted_at).subquery()
        found = sa.select(sa.func.count(), sa.func.min(waiting.c.submitted_at)).select_from(waiting)
        count, since = self._uow.session.execute(found).one()
        return count, since

    def lock_reviewable(self, organization_id: str) -> Organization:
        """One of them as it is now, locked; raises ``NotFound``."""
        found = self._uow.session.scalar(
            sa.select(Organization)
            .where(
                Organization.id == organization_id,
                self._uow.reviewing.reaching(Organization.path, *REVIEWING, from_above=True),
            )
            .with_for_update(of=Organization)
            .execution_options(populate_existing=True)
        )
        if found is None:
            raise NotFound(what="review")
        return found

    def history(self, subject_ids: Sequence[str]) -> Sequence[ReviewDecision]:
        """What was decided about any of these, newest first."""
        return self._uow.session.scalars(
            sa.select(ReviewDecision)
            .where(ReviewDecision.subject_id.in_(subject_ids))
            .order_by(ReviewDecision.decided_at.desc(), ReviewDecision.id.desc())
        ).all()

    def all(self) -> Iterator[Organization]:
        """Every node, parents first, in a stream."""
        statement = sa.select(Organization).order_by(sa.func.nlevel(Organization.path), Organization.id)
        return iter(self._uow.session.scalars(statement.execution_options(yield_per=500)))
