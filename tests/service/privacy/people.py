"""A person with a row in every table about people, in which every text says whose it is."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.chassis.clock import FixedClock
from services.chassis.ids import new_id
from services.chassis.organizations import LTree
from services.chassis.personal_data import Held
from services.chassis.sealed import SealedColumn
from services.chassis.testing.units import Units, test_key

KEYS = {
    "ZHIYUAN_MESSAGE_KEYS": test_key("m"),
    "ZHIYUAN_ATTENDANCE_CODE_KEYS": test_key("q"),
    "ZHIYUAN_ACTIVITY_KEYS": test_key("a"),
    "ZHIYUAN_CARD_KEYS": test_key("k"),
    "ZHIYUAN_PARTNER_PUBLIC_KEYS": "{}",
    "ZHIYUAN_PARTNER_WEBHOOK_SECRETS": "{}",
    "ZHIYUAN_SMS_PROVIDERS": "simulator",
    "ZHIYUAN_QUIET_HOURS": "none",
    "ZHIYUAN_EMAIL_PROVIDER": "simulator",
}


@dataclass(frozen=True)
class Person:
    """Somebody whose rows say ``marker`` in every text; rows that belong to each other share one ``key``."""

    marker: str
    account_id: str = field(default_factory=new_id)
    volunteer_id: str = field(default_factory=new_id)
    key: str = field(default_factory=new_id)
    number: int = 1

    def value_for(self, column: sa.Column[Any]) -> Any:
        """Something of the column's type: the marker in every text, the person's ids where ids are the person's."""
        name, kind = column.name, column.type
        if name in {"account_id", "delegator_id"}:
            return self.account_id
        if name == "volunteer_id" or (name == "id" and column.table.name in {"volunteer", "volunteer_copy"}):
            return self.volunteer_id
        if isinstance(kind, sa.Uuid):
            return self.key
        if isinstance(kind, ARRAY):
            return [self.marker] if isinstance(kind.item_type, sa.String) else []
        if isinstance(kind, JSONB):
            return {"name": self.marker}
        if isinstance(kind, LTree):
            return self.key.replace("-", "")
        if isinstance(kind, (sa.Boolean, sa.SmallInteger, sa.Integer, sa.BigInteger, sa.Float, sa.Numeric)):
            return kind.python_type(self.number)
        if isinstance(kind, sa.DateTime):
            return datetime(2026, 3, self.number, 8, tzinfo=UTC)
        if isinstance(kind, sa.Date):
            return date(2026, 3, self.number)
        return self.marker.encode() if isinstance(kind, sa.LargeBinary) else self.marker


def held_by(service: str) -> tuple[Held, ...]:
    """What the service says it holds of a person."""
    held: tuple[Held, ...] = importlib.import_module(f"services.{service}.personal_data").PERSONAL_DATA
    return held


def sealed_by(service: str) -> tuple[SealedColumn, ...]:
    """The columns that the service keeps sealed."""
    sealed: tuple[SealedColumn, ...] = importlib.import_module(f"services.{service}.sealed_columns").SEALED_COLUMNS
    return sealed


def units_of(service: str, scratch_database: Callable[[str], str], clock: FixedClock) -> Units:
    """The service's own units of work on a fresh database."""
    unit_of_work = importlib.import_module(f"services.{service}.repository").UNIT_OF_WORK
    settings = importlib.import_module(f"services.{service}.settings").SETTINGS
    return Units(service, unit_of_work, settings, scratch_database(service), clock, KEYS)


def fill(connection: sa.Connection, service: str, person: Person) -> None:
    """One row of the person in every table about people."""
    connection.exec_driver_sql("SET session_replication_role = replica")  # foreign keys have no part in this
    for held in held_by(service):
        columns = [c for c in held.table.columns if c.computed is None and c.identity is None]
        connection.execute(sa.insert(held.table).values({c.name: person.value_for(c) for c in columns}))
    connection.exec_driver_sql("SET session_replication_role = origin")
