"""The copy of the tree: who reaches what, and events that come late, twice or in the wrong order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.context import Caller, Role
from services.chassis.copies import save_if_newer
from services.chassis.database import driver_url
from services.chassis.errors import Forbidden, NotFound
from services.chassis.ids import new_id
from services.chassis.organizations import LTREE_DDL, Organizations, ltree_path, organization_copy_table
from services.chassis.tables import new_metadata

PROVINCE, CITY, TEAM, OTHER_CITY = (new_id() for _ in range(4))
PATHS = {PROVINCE: [PROVINCE], CITY: [PROVINCE, CITY], TEAM: [PROVINCE, CITY, TEAM], OTHER_CITY: [PROVINCE, OTHER_CITY]}
As = Callable[..., Organizations]


@pytest.fixture
def session(scratch_metadata: Any) -> Iterator[Session]:
    """An empty database with ltree."""
    engine = sa.create_engine(driver_url(scratch_metadata("tree", new_metadata()), "psycopg2"))
    metadata = sa.MetaData()
    organization_copy_table(metadata)
    sa.Table("copied", metadata, sa.Column("id", sa.Text, primary_key=True), sa.Column("word", sa.Text),
             sa.Column("version", sa.BigInteger))  # fmt: skip
    with Session(engine) as session:
        session.execute(sa.text(LTREE_DDL))
        metadata.create_all(session.connection())
        yield session
    engine.dispose()


@pytest.fixture
def as_holder(session: Session) -> As:
    """``as_holder(CITY="owner")``: the tree as somebody with these roles sees it."""
    for id_, path in PATHS.items():
        save(Organizations(session, Caller()), id_, path)

    def make(*held: tuple[str, str], kind: Any = "administrator") -> Organizations:
        return Organizations(session, Caller(kind=kind, roles=tuple(Role(*role) for role in held)))

    return make


def save(tree: Organizations, id_: str, path: list[str], **changes: Any) -> bool:
    """What a service's handler of ``organization.changed`` does."""
    state = {"name": "志愿服务队", "kind": "team", "region": "440100", "status": "active", "version": 1, **changes}
    version = state.pop("version")
    return tree.take_over(SimpleNamespace(organization_id=id_, path=path, **state), version)


def test_a_role_reaches_the_organization_and_everything_below_and_nothing_else(as_holder: As) -> None:
    tree = as_holder((CITY, "owner"))
    assert {id_ for id_ in PATHS if tree.reaches(id_, "owner")} == {CITY, TEAM}


def test_a_role_that_does_not_fit_reaches_nothing(as_holder: As) -> None:
    assert not as_holder((CITY, "viewer")).reaches(CITY, "owner", "reviewer")


def test_from_above_leaves_out_the_organization_itself(as_holder: As) -> None:
    tree = as_holder((CITY, "owner"))
    assert {id_ for id_ in PATHS if tree.reaches_from_above(id_, "owner")} == {TEAM}


def test_one_acts_in_the_name_of_the_lowest_organization_that_gives_the_right(as_holder: As) -> None:
    above = as_holder((PROVINCE, "owner"), (CITY, "owner"), (TEAM, "viewer"), (OTHER_CITY, "owner"))
    assert [above.nearest(id_, "owner") for id_ in (TEAM, CITY, PROVINCE)] == [CITY, CITY, PROVINCE]
    assert as_holder(kind="platform").nearest(TEAM, "owner") == PROVINCE
    with pytest.raises(Forbidden):
        as_holder((OTHER_CITY, "owner")).nearest(TEAM, "owner")


def test_an_organization_that_is_not_active_lends_no_power(as_holder: As) -> None:
    tree = as_holder((CITY, "owner"), (PROVINCE, "viewer"))
    save(tree, CITY, PATHS[CITY], status="disabled", version=2)
    assert not tree.reaches(TEAM, "owner")
    assert tree.reaches(TEAM, "viewer")


def test_a_platform_administrator_reaches_everything(as_holder: As) -> None:
    tree = as_holder(kind="platform")
    assert all(tree.reaches(id_, "owner") and tree.reaches_from_above(id_, "owner") for id_ in PATHS)


def test_rows_are_filtered_by_the_same_rule(as_holder: As, session: Session) -> None:
    tree = as_holder((CITY, "owner"))
    ids = sa.values(sa.column("id", sa.Uuid(as_uuid=False)), name="ids").data([(id_,) for id_ in PATHS])

    def chosen(condition: Any) -> set[str]:
        return set(session.scalars(sa.select(ids.c.id).where(condition)))

    assert chosen(tree.reachable(ids.c.id, "owner")) == {CITY, TEAM}
    assert chosen(tree.reachable(ids.c.id, "owner", from_above=True)) == {TEAM}
    assert chosen(tree.subtree(ids.c.id, PROVINCE)) == set(PATHS)
    assert chosen(as_holder().reachable(ids.c.id, "owner")) == set()
    assert chosen(as_holder(kind="platform").reachable(ids.c.id, "owner")) == set(PATHS)


def test_what_is_unknown_is_not_found_and_what_is_out_of_reach_is_forbidden(as_holder: As) -> None:
    tree = as_holder((CITY, "owner"))
    assert tree.require(TEAM, "owner").path == ltree_path(PATHS[TEAM])
    with pytest.raises(Forbidden):
        tree.require(OTHER_CITY, "owner")
    with pytest.raises(NotFound):
        tree.require(new_id(), "owner")


def test_an_older_state_never_replaces_a_newer_one(as_holder: As) -> None:
    tree = as_holder()
    assert save(tree, CITY, PATHS[CITY], name="新名", version=3)
    assert not save(tree, CITY, PATHS[CITY], name="旧名", version=2)
    assert not save(tree, CITY, PATHS[CITY], name="再来一次", version=3)
    assert tree.get(CITY).name == "新名"


def test_a_copy_takes_what_is_newer_and_says_whether_it_did(session: Session) -> None:
    copied = sa.Table("copied", sa.MetaData(), autoload_with=session.connection())

    def arrives(word: str, version: int) -> bool:
        return save_if_newer(session, copied, {"id": "a", "word": word, "version": version})

    assert [arrives("second", 2), arrives("first", 1), arrives("second again", 2), arrives("third", 3)] == [
        True, False, False, True,
    ]  # fmt: skip
    assert session.execute(sa.select(copied)).all() == [("a", "third", 3)]
