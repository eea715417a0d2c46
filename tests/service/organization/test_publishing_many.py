"""Many events at once, as a subtree that moves tells them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from services.chassis.ids import new_id
from services.organization.events import AdministratorChanged
from tests.service.organization.conftest import World


def test_many_events_are_saved_in_their_order_with_a_statement_for_a_thousand(world: World) -> None:
    ids = [new_id() for _ in range(2001)]
    statements: list[str] = []

    def note(*call: Any) -> None:
        statements.append(call[2])

    sa.event.listen(world.units.runtime.engine, "before_cursor_execute", note)
    with world.units() as uow:
        uow.publish_many(
            [
                (AdministratorChanged(administrator_id=i, organization_id=i, account_id=i, role="x", active=True), n)
                for n, i in enumerate(ids)
            ]
        )
    sa.event.remove(world.units.runtime.engine, "before_cursor_execute", note)
    assert sum(statement.startswith("INSERT INTO outbox") for statement in statements) == 3
    events = world.units.published("administrator.changed")
    assert [(event["subject"], event["aggregateversion"]) for event in events] == [(i, n) for n, i in enumerate(ids)]
    assert len({event["id"] for event in events}) == 2001
