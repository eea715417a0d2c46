"""Units of work for tests: the real thing on a scratch database, with a clock that stands still."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from services.chassis.clock import FixedClock
from services.chassis.context import Caller
from services.chassis.runtime import Runtime
from services.chassis.settings import ServiceSettings
from services.chassis.tables import OUTBOX
from services.chassis.unit_of_work import UnitOfWork


def test_key(letter: str, kid: str = "test") -> str:  # noqa: PT028  # a helper, not a test
    """A key ring of one key for a settings variable: ``kid:base64``."""
    return f"{kid}:{base64.b64encode(letter.encode() * 32).decode()}"


test_key.__test__ = False  # type: ignore[attr-defined]  # pytest collects by name

ENVIRONMENT: dict[str, str] = {
    "ZHIYUAN_ENVIRONMENT": "test",
    "ZHIYUAN_AMQP_URL": "amqp://nowhere.invalid//",
    "ZHIYUAN_CONTEXT_KEYS": test_key("c"),
    "ZHIYUAN_CURSOR_KEYS": test_key("p"),
    "ZHIYUAN_MAX_WORKERS": "60",
}


_ENGINES: dict[tuple[str, str], sa.Engine] = {}
_IDLE_CONNECTIONS = 4  # beyond them a crowd's are given back


class Units:
    """Opens units of work of one service on one scratch database, on behalf of anybody.

    The engine is kept for whoever gets the same database next: what it has compiled is not compiled again.
    """

    def __init__(
        self,
        service: str,
        unit_of_work_class: type[UnitOfWork],
        settings_class: type[ServiceSettings],
        database_url: str,
        clock: FixedClock,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        settings = settings_class.from_environment(
            {**ENVIRONMENT, **(environment or {}), "ZHIYUAN_DATABASE_URL": database_url}
        )
        built = Runtime.build(service, settings)
        self.runtime = replace(built, clock=clock, engine=_ENGINES.setdefault((service, database_url), built.engine))
        self.clock = clock
        self._class = unit_of_work_class

    def __call__(self, caller: Caller | None = None) -> Any:
        """``with units(caller) as uow:`` commits at the end."""
        return self.factory(caller)()

    def factory(self, caller: Caller | None = None) -> Any:
        """What a saga gets as ``self.unit_of_work``."""
        return self.runtime.units(self._class, caller or Caller())

    def published(self, *types: str) -> list[dict[str, Any]]:
        """The envelopes in the outbox, oldest first; only of ``types`` (``volunteer.registered``) if any are named."""
        with self.runtime.engine.connect() as connection:
            bodies = connection.scalars(sa.select(OUTBOX.c.body).order_by(OUTBOX.c.id)).all()
        return [body for body in bodies if not types or body.get("type", "").rpartition(".v")[0] in types]

    def close(self) -> None:
        """Leave the engine to whoever gets this database next."""
        pool = self.runtime.engine.pool
        if isinstance(pool, sa.QueuePool) and pool.checkedin() > _IDLE_CONNECTIONS:
            self.runtime.engine.dispose()
