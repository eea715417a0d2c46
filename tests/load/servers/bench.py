"""A service on the chassis: ``python -m services.chassis.runner tests.load.servers.bench``."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis.entrypoints import UnitsOfWork, query
from services.chassis.schema import Answer, Request, Text
from services.chassis.settings import ServiceSettings
from services.chassis.unit_of_work import UnitOfWork


class EchoRequest(Request):
    """A text."""

    text = Text(max=100)


class EchoAnswer(Answer):
    """The same text."""

    text = Text(max=100)


@dataclass(frozen=True, kw_only=True)
class BenchSettings(ServiceSettings):
    """Nothing of its own."""


class BenchService:
    """Answers what it was asked."""

    name = "bench"
    settings_class = BenchSettings
    unit_of_work = UnitsOfWork(UnitOfWork)

    @query(EchoRequest, EchoAnswer)
    def echo(self, query, uow):
        return query


SERVICE = BenchService
