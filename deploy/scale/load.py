"""``./dev load-scale``: a province on file, by COPY, into a development platform that runs.

Everything is as registering leaves it: columns sealed and digested with the platform's own keys, versions, owners and
roles. What is not loaded: outbox and audit entries (nothing happened), notify's contacts, and who decided what; of
activities, what other services copy of them, and who took part in those that are over.
Every account's password is the demonstration's.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

from argon2 import PasswordHasher

from demo.people import PASSWORD
from deploy.local.layout import ROOT
from deploy.local.platform import Platform
from deploy.scale.activities import Host, activity_rows
from deploy.scale.copying import Figures, connect, copy_rows, without_slow_indexes
from deploy.scale.rows import Rows, organization_rows, volunteer_rows
from deploy.scale.shape import Node, Root, grow
from services.chassis.context import Caller
from services.chassis.runtime import Runtime
from services.identity.settings import IdentitySettings
from services.identity.vault import Vault
from services.organization.repository import OrganizationUnitOfWork
from services.organization.settings import OrganizationSettings

ORGANIZATIONS, VOLUNTEERS = 132_000, 1_000_000
_FEW = 1000  # rows that a demonstration may have left
_PROCESSES = 3
_CHUNK = 10_000
_WHO_ENROLL = 20_000  # for what has not ended
_LOADED = {
    "identity": ("account", "principal", "role_grant", "volunteer", "organization_copy"),
    "organization": ("organization", "administrator", "membership", "applicant", "volunteer", "card_application",
                     "adoption_receipt", "published_activity", "organization_counter", "counted_volunteer"),
    "activity": ("organization_copy", "volunteer_copy", "activity", "shift", "listing", "enrollment"),
    "attendance": ("organization_copy",), "card": ("organization_copy",),
}  # fmt: skip

Environments = Mapping[str, Mapping[str, str]]


class Refused(Exception):
    """This platform is not one to fill."""


def main(arguments: list[str]) -> int:
    """Load, and say how quickly."""
    parser = argparse.ArgumentParser(prog="dev load-scale", description="A province on file, for measuring.")
    parser.add_argument("--organizations", type=int, default=ORGANIZATIONS)
    parser.add_argument("--volunteers", type=int, default=VOLUNTEERS)
    parser.add_argument("--activities", type=int, default=0, help="4240000: as many as were reported in 2021")
    wanted = parser.parse_args(arguments)
    platform = Platform(ROOT / ".run")
    environments = {service: platform.job_environment(service) for service in _LOADED}
    try:
        root = _root_to_fill(environments)
        figures, seconds = load(environments, root, wanted.organizations, wanted.volunteers, wanted.activities)
    except Refused as refused:
        print(f"dev: {refused}", file=sys.stderr)
        return 1
    for table, rows in figures.rows.items():
        print(f"{table:32} {rows:>9} rows {rows / max(figures.seconds[table], 1e-9):>9.0f} rows/s")
    print(f"{sum(figures.rows.values())} rows in {seconds:.0f} s, counted, analyzed")
    return 0


def load(
    environments: Environments, root: Root | None, organizations: int, volunteers: int, activities: int
) -> tuple[Figures, float]:
    """Everything; answers the figures and the seconds it took."""
    started, figures = time.monotonic(), Figures()
    password_hash = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1).hash(PASSWORD)
    nodes = grow(organizations, random.Random(1), root)
    homes = [(node.id, node.region) for node in nodes if node.active and node.kind != "province"]
    random.Random(2).shuffle(homes)
    now = datetime.now(UTC)
    common = (environments, password_hash, now)
    with ProcessPoolExecutor(_PROCESSES, initializer=_begin, initargs=(*common, homes)) as pool:
        # one after the other: a child waits for its parent
        for number, start in enumerate(range(0, len(nodes), _CHUNK)):
            figures.take(pool.submit(_load_organizations, nodes[start : start + _CHUNK], number).result())
        chunks = [range(start, min(start + _CHUNK, volunteers)) for start in range(0, volunteers, _CHUNK)]
        for done in pool.map(_load_volunteers, chunks):
            figures.take(done)
    if activities:
        _load_all_activities(environments["activity"], nodes, activities, now, figures)
    _count_and_analyze(environments)
    return figures, time.monotonic() - started


def _load_all_activities(
    environment: Mapping[str, str], nodes: Sequence[Node], total: int, now: datetime, figures: Figures
) -> None:
    hosts = [Host.of(node) for node in nodes if node.active and node.kind != "province"]
    random.Random(4).shuffle(hosts)
    connection = connect(environment["ZHIYUAN_DATABASE_URL"])
    with connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT id::text FROM volunteer_copy WHERE status = 'active' LIMIT {_WHO_ENROLL}")
        volunteers = [id_ for (id_,) in cursor]
    chunks = [range(start, min(start + _CHUNK, total)) for start in range(0, total, _CHUNK)]
    with (
        without_slow_indexes(connection, "listing", figures),
        ProcessPoolExecutor(
            _PROCESSES, initializer=_begin_activities, initargs=(environment, hosts, volunteers, total, now)
        ) as pool,
    ):
        for done in pool.map(_load_activities, chunks):
            figures.take(done)
    connection.close()


# in the processes of the pool ------------------------------------------------------------------------------------

_here: dict[str, Any] = {}


def _begin(environments: Environments, password_hash: str, now: datetime, homes: Sequence[tuple[str, str]]) -> None:
    settings = IdentitySettings.from_environment(environments["identity"])
    _here.update(
        connections={service: connect(each["ZHIYUAN_DATABASE_URL"]) for service, each in environments.items()},
        vault=Vault(settings.field_cipher, settings.message_cipher, settings.blind_index),
        password_hash=password_hash,
        now=now,
        homes=homes,
    )


def _load_organizations(nodes: Sequence[Node], number: int) -> Figures:
    return _save(
        organization_rows(nodes, _here["vault"], _here["password_hash"], _here["now"], random.Random(1000 + number))
    )


def _load_volunteers(serials: range) -> Figures:
    return _save(
        volunteer_rows(
            serials, _here["homes"], _here["vault"], _here["password_hash"], _here["now"], 10_000_000 + serials.start
        )
    )


def _begin_activities(
    environment: Mapping[str, str], hosts: Sequence[Host], volunteers: Sequence[str], total: int, now: datetime
) -> None:
    connections = {"activity": connect(environment["ZHIYUAN_DATABASE_URL"])}
    _here.update(connections=connections, hosts=hosts, volunteers=volunteers, total=total, now=now)


def _load_activities(serials: range) -> Figures:
    seed = 20_000_000 + serials.start
    return _save(activity_rows(serials, _here["total"], _here["hosts"], _here["volunteers"], _here["now"], seed))


def _save(rows: Rows) -> Figures:
    """A transaction for each database."""
    figures = Figures()
    with ExitStack() as transactions:
        for connection in _here["connections"].values():
            transactions.enter_context(connection)
        for target, values in rows.items():
            database, _, table = target.partition(".")
            copy_rows(_here["connections"][database], database, table, values, figures)
    return figures


# before and after ------------------------------------------------------------------------------------------------


def _root_to_fill(environments: Environments) -> Root | None:
    """The province that is on file, if one is; raises :class:`Refused`."""
    for service, environment in environments.items():
        if environment["ZHIYUAN_ENVIRONMENT"] != "development":
            raise Refused(f"{service} does not belong to a development platform; nothing was loaded")
    for service, table in (("organization", "organization"), ("identity", "volunteer"), ("activity", "activity")):
        if _one(environments, service, f"SELECT count(*) FROM {table}")[0] > _FEW:
            raise Refused(f"{service} has more than {_FEW} rows in {table}; ./dev up --fresh starts anew")
    found = _one(
        environments,
        "organization",
        "SELECT id::text, status FROM organization WHERE parent_id IS NULL AND status <> 'rejected'",
    )
    if found is None:
        return None
    if found[1] != "active":
        raise Refused("the province on file is not active; approve it first")
    return Root(found[0])


def _one(environments: Environments, service: str, statement: str) -> Any:
    connection = connect(environments[service]["ZHIYUAN_DATABASE_URL"])
    with connection, connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    connection.close()
    return row


def _count_and_analyze(environments: Environments) -> None:
    patient = {**environments["organization"], "ZHIYUAN_STATEMENT_TIMEOUT_MS": "600000"}
    runtime = Runtime.build("organization", OrganizationSettings.from_environment(patient))
    with runtime.units(OrganizationUnitOfWork, Caller())() as uow:
        uow.counters.repair()
    runtime.engine.dispose()
    for service, tables in _LOADED.items():
        connection = connect(environments[service]["ZHIYUAN_DATABASE_URL"])
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"VACUUM (ANALYZE) {', '.join(tables)}")  # the visibility map, for index-only scans
        connection.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
