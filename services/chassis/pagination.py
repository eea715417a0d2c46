"""Keyset pages: a list continues after the last row that was seen, whatever was added or removed before it.

Why this module exists: ``OFFSET`` skips and repeats rows when the list changes between two pages, and gets
slower with every page. A cursor here holds the sort keys of the last row. It is signed together with the name
of its list and the order of its keys, so that a cursor of another list, another filter or another release's
sort order is refused and never quietly shows the wrong rows. It is signed, not encrypted: what is not shown
in the list is no sort key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Generic, Literal, NamedTuple, TypeAlias, TypeVar
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import result_tuple
from sqlalchemy.orm import InstrumentedAttribute, Session

from services.chassis.crypto import BadSignature, Signer
from services.chassis.errors import FieldError, Invalid

T = TypeVar("T")
AnySelect: TypeAlias = sa.Select[*tuple[Any, ...]]
Column: TypeAlias = sa.ColumnElement[Any] | InstrumentedAttribute[Any]
Key: TypeAlias = Column | tuple[Column, Literal["asc", "desc"]]
"""A sort key: a column or expression that is never NULL, ascending unless paired with ``"desc"``."""
Parameters: TypeAlias = Mapping[str, Any]
_LIMIT: sa.BindParameter[int] = sa.bindparam("_limit", type_=sa.Integer)


@dataclass(frozen=True, slots=True)
class Page:
    """Which page is asked for: at most ``limit`` rows, after ``cursor``; None is the first page."""

    limit: int
    cursor: str | None = None

    def __post_init__(self) -> None:
        if self.limit < 1:
            raise ValueError("a page holds at least one row")


@dataclass(frozen=True, slots=True)
class PageResult(Generic[T]):
    """The rows of a page, and the cursor of the next one; None after the last."""

    items: list[T]
    next_cursor: str | None


class _SortKey(NamedTuple):
    column: sa.ColumnElement[Any]
    descending: bool

    @classmethod
    def of(cls, key: Key) -> _SortKey:
        column, direction = key if isinstance(key, tuple) else (key, "asc")
        if isinstance(column, InstrumentedAttribute):
            column = column.expression
        return cls(column, direction == "desc")

    def order(self) -> sa.ColumnElement[Any]:
        return self.column.desc() if self.descending else self.column.asc()

    def last(self, place: int) -> sa.ColumnElement[Any]:
        """The parameter for what the last row has there, of the column's type (a boolean, an id kept as text)."""
        return sa.bindparam(_last(place), type_=self.column.type)

    def after(self, value: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        return self.column < value if self.descending else self.column > value

    def __str__(self) -> str:
        return f"{getattr(self.column, 'key', '')}:{'desc' if self.descending else 'asc'}"


def keyset_page(
    session: Session, statement: AnySelect, keys: Sequence[Key], page: Page, signer: Signer, scope: str
) -> PageResult[Any]:
    """One page of ``statement`` in the order of ``keys``, which replaces any order it had.

    ``keys`` end with one that is unique (the id), or rows that compare equal would be lost between two pages;
    none may be NULL (``coalesce`` it) or computed inexactly (floats). To page over aggregates, page over
    their subquery. ``scope`` names the list and every filter that shaped ``statement``, such as
    ``"reviews:memberships:pending"``.

    Items are what the statement selects: the entity or value itself if it selects one thing, else rows.
    Raises :class:`Invalid` on the field ``cursor`` if the cursor is damaged or belongs to another list.
    """
    ordered = Ordered(statement, keys)
    return first_full_page(session, lambda _after: [(ordered, {})], keys, page, signer, scope)


@dataclass(frozen=True, slots=True)
class After:
    """Where a page continues: after the row with these values of the sort keys; None: it is the first page."""

    values: Sequence[Any] | None

    @property
    def parameters(self) -> Parameters:
        """Those of :func:`comes_after`."""
        return {_last(place): value for place, value in enumerate(self.values or ())}


def comes_after(keys: Sequence[Key]) -> sa.ColumnElement[bool]:
    """SQL: what comes after the last row in the order of ``keys``, which may be those of a subquery."""
    return _after([_SortKey.of(key) for key in keys])


class Ordered:
    """A statement that pages are read of, with its own columns for the keys of the list.

    What differs from page to page are parameters, and so may be what differs from one search to the next: making a
    statement costs more than reading a page. Whoever asks the same often keeps it.
    """

    def __init__(self, statement: AnySelect, keys: Sequence[Key]) -> None:
        self._sort = [_SortKey.of(key) for key in keys]
        self._statement = statement

    @cached_property
    def _first(self) -> AnySelect:
        return (
            self._statement.add_columns(*(key.column.label(f"_key_{place}") for place, key in enumerate(self._sort)))
            .order_by(None)
            .order_by(*(key.order() for key in self._sort))
            .limit(_LIMIT)
        )

    @cached_property
    def _following(self) -> AnySelect:
        return self._first.where(_after(self._sort))

    def statement_of(self, after: After) -> AnySelect:
        """What a page is read with."""
        return self._first if after.values is None else self._following

    def read(self, session: Session, parameters: Parameters, after: After, limit: int) -> _Rows:
        """At most ``limit`` rows after ``after``, and the values of their keys."""
        result = session.execute(self.statement_of(after), {**parameters, **after.parameters, _LIMIT.key: limit})
        names, rows = list(result.keys()), result.all()
        width = len(names) - len(self._sort)
        if width == 1:
            return _Rows([row[0] for row in rows], [row[1:] for row in rows])
        selected = result_tuple(names[:width])
        return _Rows([selected(row[:width]) for row in rows], [row[width:] for row in rows])


Attempt: TypeAlias = tuple[Ordered, Parameters]
"""A statement, and the values of its parameters."""


def first_full_page(
    session: Session,
    attempts: Callable[[After], Iterable[Attempt]],
    keys: Sequence[Key],
    page: Page,
    signer: Signer,
    scope: str,
) -> PageResult[Any]:
    """As :func:`keyset_page`, with several statements for the same list; the first that fills the page is taken.

    For lists whose best plan depends on how much there is to find: each statement finds the beginning of what comes
    after :class:`After`, as far as it looks, and the last one all of it.
    """
    sort = [_SortKey.of(key) for key in keys]
    purpose = f"cursor {','.join(map(str, sort))} {scope}"
    after = After(None if page.cursor is None else _open(page.cursor, signer, purpose, len(sort)))
    found = _Rows([], [])
    for ordered, parameters in attempts(after):
        found = ordered.read(session, parameters, after, page.limit + 1)
        if len(found.values) > page.limit:  # one more tells whether there is a next page, without counting
            break
    if any(value is None for row in found.values for value in row):
        raise ValueError(f"a sort key of {scope!r} is NULL; NULL is neither before nor after anything")
    next_cursor = None
    if len(found.values) > page.limit:
        next_cursor = signer.sign(_encode(found.values[page.limit - 1]), purpose)
    return PageResult(found.items[: page.limit], next_cursor)


class _Rows(NamedTuple):
    items: list[Any]
    values: Sequence[Sequence[Any]]


def _last(place: int) -> str:
    """The name of the parameter for a sort key of the last row that was seen."""
    return f"_last_{place}"


def _after(sort: Sequence[_SortKey]) -> sa.ColumnElement[bool]:
    """What comes after the last row in the order of ``sort``."""
    if len({key.descending for key in sort}) == 1:
        # PostgreSQL walks an index along a row comparison; it cannot do so along the ORs that say the same.
        columns = sa.tuple_(*(key.column for key in sort))
        last = sa.tuple_(*(key.last(place) for place, key in enumerate(sort)))
        return columns < last if sort[0].descending else columns > last
    *outer, (innermost, last_value) = [(key, key.last(place)) for place, key in enumerate(sort)]
    beyond = innermost.after(last_value)
    for key, value in reversed(outer):
        # `not before` is implied by the rest, but only by itself does it bound an index scan
        not_before = key.column <= value if key.descending else key.column >= value
        beyond = sa.and_(not_before, sa.or_(key.after(value), beyond))
    return beyond


def _open(cursor: str, signer: Signer, purpose: str, length: int) -> list[Any]:
    try:
        return _decode(signer.verify(cursor, purpose), length)
    except (BadSignature, ValueError, KeyError) as error:
        raise Invalid(
            FieldError(
                "cursor",
                "bad_cursor",
                zh="游标无效或不属于此列表，请从第一页重新开始",
                en="is damaged or belongs to another list; start again from the first page",
            )
        ) from error


class _Codec(NamedTuple):
    """How a type of value stands in a cursor: a letter, then text that reads back as the same value."""

    tag: str
    write: Callable[[Any], str]
    read: Callable[[str], Any]


_CODECS: dict[type, _Codec] = {
    str: _Codec("s", str, str),
    int: _Codec("i", str, int),
    bool: _Codec("b", lambda value: str(int(value)), lambda text: bool(int(text))),
    UUID: _Codec("u", lambda value: value.hex, UUID),
    date: _Codec("d", date.isoformat, date.fromisoformat),
    datetime: _Codec("t", datetime.isoformat, datetime.fromisoformat),
}
_READERS = {codec.tag: codec.read for codec in _CODECS.values()}


def _encode(values: Sequence[Any]) -> bytes:
    parts = []
    for value in values:
        codec = _CODECS.get(type(value))
        if codec is None:
            raise TypeError(f"a {type(value).__name__} cannot be a sort key: it does not compare exactly")
        parts.append(codec.tag + codec.write(value))
    return orjson.dumps(parts)


def _decode(payload: bytes, length: int) -> list[Any]:
    parts = orjson.loads(payload)
    if len(parts) != length:
        raise ValueError("a cursor with another number of keys")
    return [_READERS[part[:1]](part[1:]) for part in parts]
