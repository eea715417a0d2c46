"""What a service process is made of, built once by the runner and found by every extension.

Why this module exists: Nameko hands its extensions a config dictionary. One typed object in it, under one key, spares
them all the string keys they would otherwise look up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa

from services.chassis.clock import Clock
from services.chassis.context import Caller, ContextKeys
from services.chassis.crypto import KeyRing, Signer
from services.chassis.database import create_engine
from services.chassis.settings import ServiceSettings
from services.chassis.unit_of_work import UnitOfWork, UnitOfWorkFactory

CONFIG_KEY = "zhiyuan"


@dataclass(frozen=True)
class Runtime:
    """The parts that live as long as the process."""

    service: str
    settings: ServiceSettings
    clock: Clock
    engine: sa.Engine
    cursors: Signer

    @classmethod
    def build(cls, service: str, settings: ServiceSettings) -> Runtime:
        """From checked settings; opens no connection yet."""
        return cls(
            service=service,
            settings=settings,
            clock=settings.clock(),
            engine=create_engine(settings, f"zhiyuan-{service}"),
            cursors=Signer(KeyRing.parse(settings.cursor_keys.reveal())),
        )

    @property
    def context_keys(self) -> ContextKeys:
        """The keys that sign callers."""
        return self.settings.context_keys

    def units(self, unit_of_work_class: type[UnitOfWork], caller: Caller) -> UnitOfWorkFactory[UnitOfWork]:
        """Units of work on behalf of ``caller``."""
        return UnitOfWorkFactory(
            unit_of_work_class,
            self.engine,
            caller=caller,
            clock=self.clock,
            settings=self.settings,
            cursors=self.cursors,
        )


def runtime_of(container: Any) -> Runtime:
    """The runtime of a Nameko container."""
    return cast(Runtime, container.config[CONFIG_KEY])
