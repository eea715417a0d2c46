"""A gateway and one service on a scratch database, for benches over HTTP: all as in life but for what would only delay.

What the service has heard from others is copied into its tables by COPY, and access tokens are signed with a key that
only this gateway knows, so that nobody has to register and sign in first. Broker and PostgreSQL are the bench's own,
unless a test run lends it its.
"""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
import psycopg
from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey

from deploy.local.testing import test_servers
from services.chassis.ids import new_id
from services.chassis.testing.databases import Templates
from services.chassis.testing.processes import Process, free_port
from services.chassis.testing.units import ENVIRONMENT

T = TypeVar("T")

_TOKEN_SECONDS = 1800


@dataclass(frozen=True)
class Service:
    """A service's database, and what the processes beside it read."""

    database: str
    environment: Mapping[str, str]
    process: Process
    servers: Mapping[str, str]
    """Where broker and PostgreSQL are, by the variables of ``deploy/local/testing.py``."""

    def fill(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Copy rows into a table."""
        names = ", ".join(columns)
        with psycopg.connect(self.database) as connection, connection.cursor() as cursor:
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            cursor.execute(f"ANALYZE {table}")

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """What the database says."""
        with psycopg.connect(self.database) as connection:
            return connection.execute(statement.encode()).fetchall()

    def change(self, statement: str) -> None:
        """Do something to the database."""
        with psycopg.connect(self.database) as connection:
            connection.execute(statement.encode())


@dataclass(frozen=True)
class House(Service):
    """A service and the gateway in front of it."""

    base_url: str
    _key: OKPKey

    def token(self, volunteer_id: str) -> str:
        """An access token of a volunteer."""
        claims = {
            "iss": "zhiyuan", "sub": new_id(), "kind": "volunteer", "vid": volunteer_id, "sid": new_id(), "roles": [],
            "exp": int(time.time()) + _TOKEN_SECONDS,
        }  # fmt: skip
        return jwt.encode({"alg": "Ed25519", "kid": "bench"}, claims, self._key, algorithms=["Ed25519"])


@contextmanager
def house(service: str, settings: Mapping[str, str]) -> Iterator[House]:
    """Both processes, ready; everything that was started for them is stopped afterwards."""
    key = OKPKey.generate_key("Ed25519", {"kid": "bench", "use": "sig", "alg": "Ed25519"})
    port = free_port()
    with lone_service(service, settings) as alone, tempfile.TemporaryDirectory(prefix="zhiyuan-bench-") as folder:
        gateway = {
            **alone.environment,
            "ZHIYUAN_TOKEN_PUBLIC_KEYS": json.dumps(KeySet([key]).as_dict(private=False)),
            "ZHIYUAN_UPLOAD_DIR": folder,
            "ZHIYUAN_HTTP_PORT": str(port),
        }
        with Process("gateway", environment=gateway).started():
            yield House(
                alone.database, alone.environment, alone.process, alone.servers, f"http://127.0.0.1:{port}", key
            )


@contextmanager
def lone_service(service: str, settings: Mapping[str, str]) -> Iterator[Service]:
    """The service's process without a gateway, ready, on a database of its own; stopped afterwards."""
    with ExitStack() as stack:
        if "ZHIYUAN_TEST_DATABASE_URL" in os.environ:
            servers: Mapping[str, str] = os.environ
        else:
            servers = stack.enter_context(test_servers())
        templates = Templates(servers["ZHIYUAN_TEST_DATABASE_URL"])
        database = stack.enter_context(templates.clone(templates.of_service(service)))
        common = {**ENVIRONMENT, "ZHIYUAN_AMQP_URL": servers["ZHIYUAN_TEST_AMQP_URL"], "ZHIYUAN_MAX_WORKERS": "20"}
        runner = Process(
            "services.chassis.runner",
            f"services.{service}.service",
            environment={**common, **settings, "ZHIYUAN_DATABASE_URL": database},
        )
        stack.enter_context(runner.started())
        yield Service(database, common, runner, servers)


class Timed:
    """Requests of one client, each counted in ``latencies`` (seconds), which all clients share."""

    def __init__(self, http: httpx.AsyncClient, latencies: list[float]) -> None:
        self._http = http
        self._latencies = latencies

    async def post(self, path: str, body: dict[str, Any], token: str, **headers: str) -> httpx.Response:
        """The answer, whatever it is."""
        began = time.perf_counter()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = await self._http.post(f"/v1{path}", json=body, headers={"Authorization": f"Bearer {token}", **named})
        self._latencies.append(time.perf_counter() - began)
        return answer


def crowd(
    base_url: str, clients: int, items: Sequence[T], work: Callable[[Timed, T], Awaitable[None]]
) -> dict[str, Any]:
    """Let ``clients`` at once take the items one after the other and ``work`` on each; how long requests took."""
    waiting, latencies = iter(items), list[float]()

    async def client() -> None:
        async with httpx.AsyncClient(base_url=base_url, timeout=30, trust_env=False) as http:
            for item in waiting:
                await work(Timed(http, latencies), item)

    async def together() -> None:
        await asyncio.gather(*(client() for _ in range(clients)))

    started = time.perf_counter()
    asyncio.run(together())
    seconds = time.perf_counter() - started
    latencies.sort()
    return {
        "clients": clients,
        "requests": len(latencies),
        "requests_per_second": round(len(latencies) / seconds),
        "p50_ms": round(1000 * latencies[len(latencies) // 2]),
        "p95_ms": round(1000 * latencies[int(0.95 * len(latencies))]),
    }
