"""The organization tree, and what follows from it: who may act where.

Why this module exists: a role held at an organization reaches the whole subtree below, and almost every row belongs to
an organization. So each service keeps a copy of the tree (fed by organization's ``organization.changed``) and decides
by a predicate on the row. An organization that is not active lends its administrators no power.

:class:`OrganizationTree` holds the predicates. The owner of the tree puts them on its own tables, which know at once
who holds which role; everybody else uses :class:`Organizations`: the copy, and the roles in the caller's token.

Paths are PostgreSQL ``ltree``: the ids from the root down, without hyphens, with dots between.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.types import UserDefinedType

from services.chassis.context import Caller
from services.chassis.copies import save_if_newer
from services.chassis.errors import Forbidden, NotFound

ACTIVE = "active"


class LTree(UserDefinedType[str]):
    """PostgreSQL's ``ltree``; a database needs ``CREATE EXTENSION ltree`` (see :data:`LTREE_DDL`)."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """The type's name in DDL."""
        return "ltree"


LTREE_DDL = "CREATE EXTENSION IF NOT EXISTS ltree"


def ltree_path(ids: Sequence[str]) -> str:
    """The path that leads through ``ids``, root first."""
    return ".".join(id_.replace("-", "") for id_ in ids)


def is_below(path: sa.ColumnElement[Any] | Any, ancestor_path: Any) -> sa.ColumnElement[bool]:
    """SQL: ``path`` is ``ancestor_path`` or lies below it."""
    ancestor = sa.cast(ancestor_path, LTree) if isinstance(ancestor_path, str) else ancestor_path
    return sa.type_coerce(path, LTree).op("<@", is_comparison=True)(ancestor)


@dataclass(frozen=True, slots=True)
class OrganizationCopy:
    """What a service knows of an organization. ``path``: ids without hyphens, root first, itself last."""

    id: str
    name: str
    kind: str
    region: str
    status: str
    path: str

    @property
    def active(self) -> bool:
        """Whether it may act."""
        return self.status == ACTIVE


def organization_copy_table(metadata: sa.MetaData) -> sa.Table:
    """The table ``organization_copy`` in a service's metadata; its migration runs :data:`LTREE_DDL` first."""
    return sa.Table(
        "organization_copy",
        metadata,
        sa.Column("id", sa.Uuid(as_uuid=False), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("region", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("path", LTree, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Index("ix_organization_copy_path", "path", postgresql_using="gist"),
    )


_COPY = organization_copy_table(sa.MetaData())


Held: TypeAlias = Callable[..., Any]
"""``held(*fitting_roles)``: what ``column.in_()`` takes, the ids of the organizations at which the caller holds one."""


class OrganizationTree:
    """Who may act where, for one caller, by a table that has the columns of :class:`OrganizationCopy`."""

    def __init__(self, session: Session, caller: Caller, table: sa.Table, held: Held) -> None:
        self._session = session
        self._caller = caller
        self._table = table
        self._held = held

    def find(self, organization_id: str) -> OrganizationCopy | None:
        """One organization, or None where there is none (yet: a copy's event may be on its way)."""
        columns = [self._table.c[name] for name in ("id", "name", "kind", "region", "status", "path")]
        row = self._session.execute(sa.select(*columns).where(self._table.c.id == organization_id)).one_or_none()
        return None if row is None else OrganizationCopy(*row)

    def get(self, organization_id: str) -> OrganizationCopy:
        """One organization; raises ``NotFound``."""
        found = self.find(organization_id)
        if found is None:
            raise NotFound(what="organization")
        return found

    def reaches(self, organization_id: str, *fitting_roles: str) -> bool:
        """Whether the caller holds a fitting role at the organization or at an ancestor of it (platform: always)."""
        return self._is_reached(organization_id, fitting_roles, from_above=False)

    def require(self, organization_id: str, *fitting_roles: str) -> OrganizationCopy:
        """The organization, if :meth:`reaches`; raises ``NotFound`` or ``Forbidden``."""
        found = self.get(organization_id)
        if not self.reaches(organization_id, *fitting_roles):
            raise Forbidden()
        return found

    def reaches_from_above(self, organization_id: str, *fitting_roles: str) -> bool:
        """As :meth:`reaches`, but the role must be held at a *proper* ancestor (platform: always).

        For what a superior decides: supplements, appeals (notice, attachment 2, 三.9).
        """
        return self._is_reached(organization_id, fitting_roles, from_above=True)

    def nearest(self, organization_id: str, *fitting_roles: str) -> str:
        """The id of the lowest organization through which :meth:`reaches` holds (platform: the root of the tree).

        In whose name the caller acts, so that "a level up" can be told from it. Raises ``NotFound``, ``Forbidden``.
        """
        path = self.get(organization_id).path
        if self._caller.kind == "platform":
            return _id_of(path.partition(".")[0])
        above = [top for top in self._tops(fitting_roles) if f"{path}.".startswith(f"{top}.")]
        if not above:
            raise Forbidden()
        return _id_of(max(above, key=len).rpartition(".")[2])

    def reaches_from_root(self, organization_id: str, *fitting_roles: str) -> bool:
        """As :meth:`reaches_from_above`, but the role must be held at the root of the tree (platform: always)."""
        if self._caller.kind == "platform":
            return True
        statement = sa.select(sa.exists().where(self._table.c.id == organization_id, self._from_root(fitting_roles)))
        return bool(self._session.scalar(statement))

    def reachable_from_root(self, column: Any, *fitting_roles: str) -> sa.ColumnElement[bool]:
        """SQL: ``column`` holds the id of an organization for which :meth:`reaches_from_root`."""
        if self._caller.kind == "platform":
            return sa.true()
        return column.in_(sa.select(self._table.c.id).where(self._from_root(fitting_roles)))

    def _from_root(self, fitting_roles: Sequence[str]) -> sa.ColumnElement[bool]:
        roots = [top for top in self._tops(fitting_roles) if "." not in top]
        return _below(self._table.c.path, roots, from_above=True)

    def subtree(self, column: Any, organization_id: str) -> sa.ColumnElement[bool]:
        """SQL: ``column`` holds the id of ``organization_id`` or of one below it."""
        top = sa.select(self._table.c.path).where(self._table.c.id == organization_id).scalar_subquery()
        return column.in_(sa.select(self._table.c.id).where(is_below(self._table.c.path, top)))

    def reaching(self, path: Any, *fitting_roles: str, from_above: bool = False) -> sa.ColumnElement[bool]:
        """SQL: ``path`` is that of an organization that the caller :meth:`reaches` with a fitting role.

        ``from_above``: as in :meth:`reaches_from_above`.
        """
        if self._caller.kind == "platform":
            return sa.true()
        return _below(path, self._tops(fitting_roles), from_above=from_above)

    def reachable(self, column: Any, *fitting_roles: str, from_above: bool = False) -> sa.ColumnElement[bool]:
        """SQL: ``column`` holds the id of an organization that the caller :meth:`reaches`, as :meth:`reaching`."""
        if self._caller.kind == "platform":
            return sa.true()
        target = self._table.alias()
        below = self.reaching(target.c.path, *fitting_roles, from_above=from_above)
        return column.in_(sa.select(target.c.id).where(below))

    def _tops(self, fitting_roles: Sequence[str]) -> Sequence[str]:
        """The paths of the active organizations at which the caller holds a fitting role.

        Asked for by themselves: with paths that it knows, PostgreSQL can tell how many rows lie below them.
        """
        table = self._table
        held = table.c.id.in_(self._held(*fitting_roles))
        return self._session.scalars(sa.select(table.c.path).where(held, table.c.status == ACTIVE)).all()

    def _is_reached(self, organization_id: str, fitting_roles: Sequence[str], *, from_above: bool) -> bool:
        if self._caller.kind == "platform":
            return True
        target = self._table.alias()
        reached = self.reaching(target.c.path, *fitting_roles, from_above=from_above)
        return bool(self._session.scalar(sa.select(sa.exists().where(target.c.id == organization_id, reached))))


def _id_of(label: str) -> str:
    return str(UUID(label))


def _below(path: Any, tops: Sequence[str], *, from_above: bool) -> sa.ColumnElement[bool]:
    parts = [sa.and_(is_below(path, top), path != sa.cast(top, LTree)) if from_above else is_below(path, top)
             for top in tops]  # fmt: skip
    return sa.or_(sa.false(), *parts)


class OrganizationState(Protocol):
    """What an ``organization.changed`` says."""

    @property
    def organization_id(self) -> str:
        """Whose state it is."""

    @property
    def name(self) -> str:
        """As people know it."""

    @property
    def kind(self) -> str:
        """What sort of organization it is."""

    @property
    def region(self) -> str:
        """Where, as a division code."""

    @property
    def status(self) -> str:
        """Whether it may act."""

    @property
    def path(self) -> list[str]:
        """The ids from the root to itself."""


class Organizations(OrganizationTree):
    """The copy, for one caller: ``uow.organizations`` of the services that keep one.

    ``held``: where the caller holds a role; unless told, what the token says.
    """

    def __init__(self, session: Session, caller: Caller, held: Held | None = None) -> None:
        super().__init__(session, caller, _COPY, held or caller.organizations_as)

    def take_over(self, told: OrganizationState, version: int) -> bool:
        """Keep what an ``organization.changed`` says; False if a newer one has been here."""
        values = {
            "id": told.organization_id,
            "name": told.name,
            "kind": told.kind,
            "region": told.region,
            "status": told.status,
            "path": ltree_path(told.path),
            "version": version,
        }
        return save_if_newer(self._session, self._table, values)
