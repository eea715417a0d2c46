"""The sample service, running for real beside its relay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.context import ContextKeys
from services.chassis.testing.databases import Templates
from services.chassis.testing.processes import Process, sum_of_samples
from services.chassis.testing.rpc import RpcCaller
from services.chassis.testing.units import ENVIRONMENT
from tests.sample.models import Base


@dataclass
class Sample:
    """A running sample service, its relay, its database, and a caller."""

    service: Process
    relay: Process
    call: RpcCaller
    engine: sa.Engine
    environment: dict[str, str]
    amqp_url: str
    figures_before: str = ""

    def scalar(self, statement: str) -> Any:
        """The one value that ``statement`` answers."""
        with self.engine.begin() as connection:
            return connection.scalar(sa.text(statement))

    def rise(self, name: str, **labels: str) -> float:
        """By how much a metric of the service (not restarted meanwhile) has grown since the test began."""
        return self.service.metric(name, **labels) - sum_of_samples(self.figures_before, name, labels)

    def reset(self) -> None:
        """Everything running, every table and queue empty."""
        for process in (self.service, self.relay):
            if not process.running:
                process.start()
        with self.engine.begin() as connection:
            connection.execute(sa.text("TRUNCATE idempotency_key, inbox, note, outbox"))
        for process in (self.service, self.relay):
            process.wait_until_ready()
        for queue in ("rpc-sample", "sample.count_copy", "sample.parked"):
            self.call.channel.queue_purge(queue)
        self.figures_before = self.service.ops("/metrics")[1]


@pytest.fixture(scope="module")
def running_sample(broker_url: str, templates: Templates) -> Iterator[Sample]:
    """One service and one relay for a module's tests; retries take two seconds in all."""
    with templates.clone(templates.of_metadata("sample", Base.metadata)) as database_url:
        environment = {
            **ENVIRONMENT,
            "ZHIYUAN_AMQP_URL": broker_url,
            "ZHIYUAN_DATABASE_URL": database_url,
            "ZHIYUAN_MAX_WORKERS": "10",
            "ZHIYUAN_RETRY_DELAYS": "1,1",
        }
        engine = sa.create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"))
        caller = RpcCaller(broker_url, ContextKeys.parse(environment["ZHIYUAN_CONTEXT_KEYS"]))
        service = Process("services.chassis.runner", "tests.sample.service", environment=environment)
        relay = Process("services.chassis.relay", "sample", environment=environment)
        service.start()
        relay.start()
        with service.already_started(), relay.already_started():
            yield Sample(service, relay, caller, engine, environment, broker_url)
        caller.close()
        engine.dispose()


@pytest.fixture
def sample(running_sample: Sample) -> Sample:
    """The running sample, as new."""
    running_sample.reset()
    return running_sample
