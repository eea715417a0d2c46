"""Keyset pages on a real PostgreSQL: each row once and in order, whatever happens before the cursor."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from services.chassis.crypto import KeyRing, Signer
from services.chassis.database import driver_url
from services.chassis.errors import Invalid
from services.chassis.ids import new_id
from services.chassis.pagination import Key, Page, PageResult, keyset_page
from services.chassis.tables import new_metadata
from services.chassis.testing.databases import Templates

SIGNER = Signer(KeyRing({"test": b"c" * 32}))


class Base(DeclarativeBase):
    metadata = new_metadata()


class Note(Base):
    __tablename__ = "note"

    id: Mapped[str] = mapped_column(sa.Uuid(as_uuid=False), primary_key=True)
    token: Mapped[UUID] = mapped_column(sa.Uuid)
    number: Mapped[int] = mapped_column(sa.BigInteger)
    moment: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True))
    day: Mapped[date]
    word: Mapped[str]
    pinned: Mapped[bool]
    remark: Mapped[str | None]


# Few values, so that many rows are equal in all but the id; and awkward ones, so that a lossy cursor loses
# rows.
ROWS = st.fixed_dictionaries(
    {
        "token": st.sampled_from([UUID(int=0), UUID(int=2**128 - 1)]),
        "number": st.sampled_from([-(2**63), 0, 2**53, 2**53 + 1, 2**63 - 1]),
        "moment": st.sampled_from(
            [
                datetime(2017, 12, 5, 8, 0, 0, 1, tzinfo=UTC),
                datetime(2017, 12, 5, 8, 0, 0, 2, tzinfo=UTC),
                datetime(2017, 12, 5, 16, 0, 0, 2, tzinfo=timezone(timedelta(hours=8))),
                datetime(1, 1, 2, tzinfo=UTC),
            ]
        ),
        "day": st.sampled_from([date.min, date(2024, 2, 29), date.max]),
        "word": st.sampled_from(["", "'", "\\", "广州", "é", "e\u0301", "a,b", "A"]),
        "pinned": st.booleans(),
    }
)
COLUMNS = ["token", "number", "moment", "day", "word", "pinned"]


@st.composite
def sort_orders(draw: st.DrawFn) -> list[Key]:
    """Some columns in some order, each ascending or descending, the id last."""
    names = draw(st.lists(st.sampled_from(COLUMNS), unique=True, max_size=3))
    return [(getattr(Note, name), "desc") if draw(st.booleans()) else getattr(Note, name) for name in [*names, "id"]]


def in_order(keys: list[Key]) -> list[sa.ColumnElement[Any]]:
    return [key[0].desc() if isinstance(key, tuple) else key.asc() for key in keys]


@pytest.fixture(scope="module", params=["psycopg2", "psycopg"])
def engine(templates: Templates, request: pytest.FixtureRequest) -> Iterator[sa.Engine]:
    """Once with the services' driver and once with the tools'."""
    with templates.clone(templates.of_metadata("pagination", Base.metadata)) as url:
        engine = sa.create_engine(driver_url(url, request.param))
        yield engine
        engine.dispose()


@pytest.fixture
def session(engine: sa.Engine) -> Iterator[Session]:
    with Session(engine) as session:
        yield session


def add_notes(session: Session, *numbers: int) -> None:
    for number in numbers:
        session.add(
            Note(
                id=new_id(),
                token=UUID(int=number),
                number=number,
                moment=datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=number),
                day=date(2024, 1, 1),
                word="word",
                pinned=False,
            )
        )
    session.flush()


def by_number(session: Session, page: Page, scope: str = "notes") -> PageResult[int]:
    return keyset_page(session, sa.select(Note.number), [Note.number, Note.id], page, SIGNER, scope)


@given(
    present=st.lists(ROWS, max_size=12),
    to_come=st.lists(ROWS, max_size=6),
    limit=st.integers(1, 13),
    keys=sort_orders(),
)
@settings(max_examples=150, deadline=None)
def test_a_walk_sees_each_row_once_and_in_order_though_rows_are_inserted_before_the_cursor(
    engine: sa.Engine,
    present: list[dict[str, Any]],
    to_come: list[dict[str, Any]],
    limit: int,
    keys: list[Key],
) -> None:
    with Session(engine) as session:
        rows = [{"id": new_id(), **row} for row in [*present, *to_come]]
        later = {row["id"]: row for row in rows[len(present) :]}
        if rows:
            session.execute(sa.insert(Note), rows)
        place = {id: n for n, id in enumerate(session.scalars(sa.select(Note.id).order_by(*in_order(keys))))}
        session.execute(sa.delete(Note).where(Note.id.in_(list(later))))
        expected = sorted((row["id"] for row in rows if row["id"] not in later), key=place.__getitem__)

        seen: list[str] = []
        cursor = None
        while True:
            page = keyset_page(session, sa.select(Note.id), keys, Page(limit, cursor), SIGNER, "walk")
            assert len(page.items) <= limit
            seen += page.items
            cursor = page.next_cursor
            if cursor is None:
                break
            arrived = [id for id in later if place[id] < place[seen[-1]]]
            for id in arrived:
                session.execute(sa.insert(Note), later.pop(id))

        assert seen == expected


def test_the_last_page_has_no_next_cursor_even_when_it_is_full(session: Session) -> None:
    add_notes(session, 1, 2, 3, 4)
    first = by_number(session, Page(2))
    assert (first.items, first.next_cursor is None) == ([1, 2], False)
    last = by_number(session, Page(2, first.next_cursor))
    assert (last.items, last.next_cursor) == ([3, 4], None)


def test_an_empty_list_is_an_empty_page(session: Session) -> None:
    assert by_number(session, Page(10)) == PageResult([], None)


def test_the_walk_goes_on_when_the_row_of_the_cursor_is_removed(session: Session) -> None:
    add_notes(session, 1, 2, 3)
    first = by_number(session, Page(2))
    session.execute(sa.delete(Note).where(Note.number == 2))
    assert by_number(session, Page(2, first.next_cursor)).items == [3]


def test_items_are_entities_when_the_statement_selects_an_entity(session: Session) -> None:
    add_notes(session, 1)
    page = keyset_page(session, sa.select(Note), [Note.number, Note.id], Page(10), SIGNER, "notes")
    assert [type(item) for item in page.items] == [Note]


def test_items_are_rows_without_the_sort_keys_when_the_statement_selects_several_things(
    session: Session,
) -> None:
    add_notes(session, 1)
    statement = sa.select(Note.word, Note.number)
    page = keyset_page(session, statement, [(Note.moment, "desc"), Note.id], Page(10), SIGNER, "notes")
    assert [tuple(item) for item in page.items] == [("word", 1)]
    assert page.items[0].word == "word"


def test_an_expression_can_be_a_sort_key(session: Session) -> None:
    add_notes(session, 1, 2, 3)
    key = sa.func.coalesce(Note.remark, "nothing")
    keys: list[Key] = [(key, "desc"), (Note.number, "desc"), Note.id]
    first = keyset_page(session, sa.select(Note.number), keys, Page(2), SIGNER, "notes")
    second = keyset_page(session, sa.select(Note.number), keys, Page(2, first.next_cursor), SIGNER, "notes")
    assert first.items + second.items == [3, 2, 1]


def test_the_order_of_the_statement_gives_way_to_the_keys(session: Session) -> None:
    add_notes(session, 1, 2, 3)
    statement = sa.select(Note.number).order_by(Note.number.desc())
    assert keyset_page(session, statement, [Note.number], Page(10), SIGNER, "notes").items == [1, 2, 3]


class TestCursors:
    @pytest.fixture
    def cursor(self, session: Session) -> str:
        add_notes(session, 1, 2, 3)
        cursor = by_number(session, Page(2)).next_cursor
        assert cursor is not None
        assert by_number(session, Page(2, cursor)).items == [3]
        return cursor

    def refusal(self, session: Session, page: Page, scope: str = "notes", **changed: Any) -> tuple[str, str]:
        keys = changed.get("keys", [Note.number, Note.id])
        signer = changed.get("signer", SIGNER)
        with pytest.raises(Invalid) as refused:
            keyset_page(session, sa.select(Note.number), keys, page, signer, scope)
        (error,) = refused.value.errors
        return error.field, error.code

    def test_the_cursor_of_another_list_is_refused(self, session: Session, cursor: str) -> None:
        assert self.refusal(session, Page(2, cursor), scope="others") == ("cursor", "bad_cursor")

    def test_the_cursor_of_another_order_is_refused(self, session: Session, cursor: str) -> None:
        keys = [(Note.number, "desc"), Note.id]
        assert self.refusal(session, Page(2, cursor), keys=keys) == ("cursor", "bad_cursor")

    def test_the_cursor_of_other_keys_is_refused(self, session: Session, cursor: str) -> None:
        assert self.refusal(session, Page(2, cursor), keys=[Note.id]) == ("cursor", "bad_cursor")

    def test_a_cursor_of_strange_keys_is_refused(self, session: Session, cursor: str) -> None:
        stranger = Signer(KeyRing({"test": b"x" * 32}))
        assert self.refusal(session, Page(2, cursor), signer=stranger) == ("cursor", "bad_cursor")

    @pytest.mark.parametrize("damage", ["", "x", "test..", "广州"])
    def test_a_damaged_cursor_is_refused(self, session: Session, damage: str) -> None:
        assert self.refusal(session, Page(2, damage)) == ("cursor", "bad_cursor")

    def test_another_page_size_is_welcome(self, session: Session, cursor: str) -> None:
        assert by_number(session, Page(100, cursor)).items == [3]


class TestMistakesOfTheProgram:
    def test_a_key_that_is_null_is_named(self, session: Session) -> None:
        add_notes(session, 1)
        with pytest.raises(ValueError, match="sort key of 'notes' is NULL"):
            keyset_page(session, sa.select(Note), [Note.remark, Note.id], Page(1), SIGNER, "notes")

    def test_a_key_that_does_not_compare_exactly_is_named(self, session: Session) -> None:
        add_notes(session, 1, 2)
        inexact = sa.cast(Note.number, sa.Double)
        with pytest.raises(TypeError, match="float"):
            keyset_page(session, sa.select(Note), [inexact, Note.id], Page(1), SIGNER, "notes")

    def test_a_page_of_no_rows_cannot_be_asked_for(self) -> None:
        with pytest.raises(ValueError, match="at least one"):
            Page(0)
