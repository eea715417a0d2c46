"""The gateway asks the real services, over the broker, which files may go."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from gateway import upload_sweep
from gateway.app import Gateway
from gateway.rpc import RpcClient
from services.chassis.errors import NotFound
from services.chassis.ids import new_id
from services.chassis.testing.processes import Process
from services.chassis.testing.units import ENVIRONMENT
from services.identity.models import Account
from services.organization.models import Site
from tests.service.attendance.conftest import SECRETS as ATTENDANCE
from tests.service.identity.conftest import ENVIRONMENT as IDENTITY
from tests.unit.gateway.conftest import settings_for

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


@pytest.fixture
def databases(broker_url: str, scratch_database: Callable[[str], str]) -> Iterator[dict[str, str]]:
    """Whom the gateway asks, running; answers their databases."""
    secrets: dict[str, dict[str, str]] = {"identity": IDENTITY, "organization": {}, "attendance": ATTENDANCE}
    urls = {service: scratch_database(service) for service in secrets}
    with ExitStack() as running:
        for service, own in secrets.items():
            environment = {**ENVIRONMENT, **own, "ZHIYUAN_AMQP_URL": broker_url, "ZHIYUAN_MAX_WORKERS": "5"}
            environment["ZHIYUAN_DATABASE_URL"] = urls[service]
            running.enter_context(Process("services.chassis.runner", service, environment=environment).started())
        yield urls


def put(url: str, model: Any, **values: Any) -> None:
    """A row, whatever it should refer to."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("SET session_replication_role = replica")
        connection.execute(sa.insert(model).values(values))
    engine.dispose()


def test_the_files_of_whoever_was_erased_go_except_a_logo_that_is_shown(
    databases: dict[str, str], broker_url: str, tmp_path: Path
) -> None:
    settings = settings_for(
        tmp_path, ZHIYUAN_AMQP_URL=broker_url, ZHIYUAN_CONTEXT_KEYS=ENVIRONMENT["ZHIYUAN_CONTEXT_KEYS"]
    )
    rpc = RpcClient(settings.amqp_url.reveal(), settings.context_keys)
    gateway = Gateway(settings, rpc)
    now, erased = gateway.clock.now(), new_id()
    own, logo, others = (
        gateway.uploads.keep(PNG, name="证明.png", owner=owner, at=now) for owner in (erased, erased, new_id())
    )
    put(
        databases["identity"], Account,
        id=erased, kind="administrator", name="", locale="zh", created_at=now, erased_at=now, version=2,
    )  # fmt: skip
    put(
        databases["organization"], Site,
        organization_id=new_id(), domain="gz.example.org", title="广州", logo_upload_id=logo.upload_id,
        primary_color="#00aa00", updated_at=now,
    )  # fmt: skip

    async def sweep() -> None:
        await rpc.start()
        while not rpc.connected:
            await asyncio.sleep(0.01)
        await upload_sweep.sweep(gateway, grace_seconds=0)
        await rpc.stop()

    asyncio.run(asyncio.wait_for(sweep(), 30))
    with pytest.raises(NotFound):
        gateway.uploads.find(own.upload_id)
    assert gateway.uploads.find(logo.upload_id).owner == ""
    assert gateway.uploads.find(others.upload_id) == others
