"""The tree under random changes keeps its shape, and so does every copy made of what it tells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from services.chassis.clock import FixedClock
from services.chassis.context import Caller
from services.chassis.errors import AppError
from services.chassis.events import read_envelope
from services.chassis.organizations import Organizations, organization_copy_table
from services.chassis.testing.units import Units
from services.organization.domain import Kind
from services.organization.events import OrganizationChanged
from services.organization.models import Organization
from services.organization.repository import UNIT_OF_WORK
from services.organization.schemas import shaping, tree
from services.organization.settings import SETTINGS
from services.organization.use_cases import registration
from services.organization.use_cases import shaping as changing
from tests.service.organization.conftest import PLATFORM, Node, World

NAMES = ("甲队", "乙队", "丙队")
PLACES = st.integers(min_value=0, max_value=40)


def machine(new_world: Callable[[], World]) -> type[RuleBasedStateMachine]:
    """The machine, on worlds that ``new_world`` makes."""

    class TreeMachine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.world = new_world()
            self.nodes: list[Node] = []
            self.versions: dict[str, int] = defaultdict(int)

        @initialize()
        def plant(self) -> None:
            province = self.world.organization(Kind.PROVINCE, None, name="全省")
            city = self.world.organization(Kind.CITY, province, name="全市")
            self.nodes += [province, city]

        def node(self, place: int) -> Node:
            return self.nodes[place % len(self.nodes)]

        def attempt(self, use_case: Any, schema: Any, **payload: Any) -> bool:
            try:
                self.world.ask(use_case, schema, PLATFORM, **payload)
            except AppError:
                return False
            return True

        @rule(parent=PLACES, name=st.sampled_from(NAMES), kind=st.sampled_from((Kind.UNIT, Kind.TEAM)))
        def register(self, parent: int, name: str, kind: Kind) -> None:
            try:
                self.nodes.append(self.world.register(kind, self.node(parent), name=name))
            except AppError:
                return

        @rule(place=PLACES, approve=st.booleans())
        def decide(self, place: int, approve: bool) -> None:
            try:
                self.world.decide(PLATFORM, self.node(place), approve=approve, reason="材料不全")
            except AppError:
                return

        @rule(place=PLACES, parent=PLACES)
        def move(self, place: int, parent: int) -> None:
            payload = {"organization_id": self.node(place).id, "parent_id": self.node(parent).id}
            self.attempt(changing.move_organization, shaping.MoveOrganization, **payload)

        @rule(place=PLACES)
        def disable(self, place: int) -> None:
            payload = {"organization_id": self.node(place).id, "reason": "停用"}
            self.attempt(changing.disable_organization, shaping.DisableOrganization, **payload)

        @rule(place=PLACES)
        def enable(self, place: int) -> None:
            payload = {"organization_id": self.node(place).id}
            self.attempt(changing.enable_organization, tree.OrganizationById, **payload)

        @rule(place=PLACES, name=st.sampled_from(NAMES))
        def rename(self, place: int, name: str) -> None:
            payload = {"organization_id": self.node(place).id, "name": name}
            self.attempt(registration.amend_organization, tree.AmendOrganization, **payload)

        @rule(place=PLACES)
        def resubmit(self, place: int) -> None:
            payload = {"organization_id": self.node(place).id}
            self.attempt(registration.resubmit_organization, tree.OrganizationById, **payload)

        @rule(seed=st.randoms(use_true_random=False))
        def copy_is_the_tree(self, seed: Any) -> None:
            events = [event for event in self.world.units.published("organization.changed") for _ in range(2)]
            seed.shuffle(events)
            kept = copied(self.world, events)
            with self.world.units() as uow:
                rows = uow.session.scalars(sa.select(Organization)).all()
                actual = {(row.id, row.name, row.kind, row.region, row.status, row.path, row.version) for row in rows}
            assert kept == actual

        @invariant()
        def the_tree_is_one(self) -> None:
            with self.world.units() as uow:
                rows = {row.id: row for row in uow.session.scalars(sa.select(Organization))}
            roots = [row for row in rows.values() if row.parent_id is None]
            assert len(roots) == (1 if rows else 0)
            for row in rows.values():
                own = row.id.replace("-", "")
                if row.parent_id is None:
                    assert row.path == own
                else:
                    assert row.path == f"{rows[row.parent_id].path}.{own}"  # an orphan or a cycle has no such path
                assert len(set(row.path.split("."))) == row.path.count(".") + 1
                assert row.version >= self.versions[row.id]
                self.versions[row.id] = row.version
            standing = [(row.parent_id, row.name) for row in rows.values() if row.status != "rejected"]
            assert len(set(standing)) == len(standing)

        def teardown(self) -> None:
            self.world.units.close()

    return TreeMachine


def copied(world: World, events: list[dict[str, Any]]) -> set[Any]:
    """What a service that keeps a copy has, after these events in this order; its table lasts for the transaction."""
    import orjson

    known = {OrganizationChanged.wire_type(): OrganizationChanged}
    table = organization_copy_table(sa.MetaData())
    table._prefixes = ["TEMPORARY"]
    with world.units() as uow:
        table.create(uow.session.connection())
        copies = Organizations(uow.session, Caller())
        for event in events:
            received = read_envelope(orjson.dumps(event), known)
            copies.take_over(received.data, received.aggregate_version)
        kept = {tuple(row) for row in uow.session.execute(
            sa.select(*(table.c[name] for name in ("id", "name", "kind", "region", "status", "path", "version")))
        )}  # fmt: skip
        uow.session.rollback()
    return kept


@pytest.mark.timeout(300)
def test_whatever_is_done_the_tree_stays_a_tree_and_its_copies_follow(scratch_database: Any) -> None:
    def new_world() -> World:
        clock = FixedClock(datetime(2026, 3, 5, 4, 0, tzinfo=UTC))
        return World(Units("organization", UNIT_OF_WORK, SETTINGS, scratch_database("organization"), clock))

    checks = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]
    run_state_machine_as_test(
        machine(new_world),
        settings=settings(max_examples=12, stateful_step_count=30, deadline=None, suppress_health_check=checks),
    )
