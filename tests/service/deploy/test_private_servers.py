"""A platform's own broker and database: they come back when they are killed, and go when they are told to."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest

from deploy.local.broker import connection_fault
from deploy.local.platform import Platform
from deploy.local.postgres import database_name, make_databases, note_prepared, prepared_by, service_url
from deploy.local.strays import strays
from deploy.local.testing import scratch_platform
from services.chassis.testing.processes import eventually


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    with scratch_platform() as platform:
        platform.servers_only()
        yield platform


def broker_fault(platform: Platform) -> str | None:
    return connection_fault(platform.addresses.amqp_url)


def left_over(platform: Platform) -> list[int]:
    return strays(platform.layout.run, platform.layout.postgres)


def test_a_killed_database_comes_back_by_itself(platform: Platform) -> None:
    platform.kill("postgres")
    eventually(lambda: platform.postgres.fault() is None)


def test_a_killed_broker_comes_back_by_itself(platform: Platform) -> None:
    platform.kill("rabbitmq")
    eventually(lambda: broker_fault(platform) is None, seconds=40)


def test_what_a_killed_supervisor_leaves_does_not_stand_in_the_way_of_the_next_start(platform: Platform) -> None:
    orphan = platform.supervisor.pid("postgres")
    os.kill(int(platform.supervisor.api.getPID()), signal.SIGKILL)
    eventually(lambda: not platform.supervisor.alive)
    assert orphan in left_over(platform)
    platform.servers_only()
    assert orphan not in left_over(platform)
    assert (platform.postgres.fault(), broker_fault(platform)) == (None, None)


def test_down_leaves_nothing_running_and_a_lost_port_is_replaced(platform: Platform) -> None:
    port = platform.layout.port("amqp")
    (platform.layout.postgres / "postmaster.pid").write_text("1\n")  # as a reboot may leave it
    platform.down()
    assert left_over(platform) == []
    assert not platform.layout.supervisor_socket.exists()
    with socket.create_server(("127.0.0.1", port)):
        platform.servers_only()
    assert platform.layout.port("amqp") != port
    assert broker_fault(platform) is None


def test_a_role_reaches_its_own_database_and_no_other(database_admin_url: str) -> None:
    this, that = f"this_{uuid4().hex}", f"that_{uuid4().hex}"
    for _time in range(2):
        make_databases(database_admin_url, {this: "secret-of-this", that: "secret-of-that"})
    own = service_url(database_admin_url, this, "secret-of-this")
    with psycopg.connect(own) as connection:
        connection.execute("CREATE TABLE mine (id int)")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(own.removesuffix(this) + that)


def test_the_note_on_a_database_tells_which_code_prepared_it(database_admin_url: str) -> None:
    service = f"noted_{uuid4().hex}"
    make_databases(database_admin_url, {service: "secret"})
    assert database_name(service) not in prepared_by(database_admin_url)
    note_prepared(database_admin_url, service, "abc'def")
    assert prepared_by(database_admin_url)[database_name(service)] == "abc'def"
