"""``./dev bench scans [--volunteers N] [--clients N] [--json]``: everybody signs in to one activity, over HTTP.

Gateway, attendance, broker and database are scratch ones of the bench's own. What attendance has heard from others (the
activity, volunteers, enrollments) is copied into its tables by COPY, and tokens are signed with a key that only this
gateway knows; all else is as it is in life. Each request is sent twice. 0 if everybody was recorded once.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey

from deploy.local.testing import test_servers
from services.attendance.codes import AttendanceCodes
from services.attendance.domain import Direction
from services.chassis.crypto import KeyRing
from services.chassis.ids import new_id
from services.chassis.testing.databases import Templates
from services.chassis.testing.processes import Process, free_port
from services.chassis.testing.units import ENVIRONMENT, test_key

CODE_KEYS = test_key("a", "code-1")


def main(arguments: list[str]) -> int:
    """Run it."""
    parser = argparse.ArgumentParser(prog="dev bench scans")
    parser.add_argument("--volunteers", type=int, default=5000)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of the lines")
    options = parser.parse_args(arguments)
    figures = run(options.volunteers, options.clients)
    lines = (f"{name:20}{value}" for name, value in figures.items())
    print(json.dumps(figures) if options.json else "\n".join(lines))
    return 0 if figures["records"] == figures["scans"] == options.volunteers and not figures["failures"] else 1


def run(volunteers: int, clients: int) -> dict[str, Any]:
    """The figures, with everything started for it and stopped afterwards."""
    key = OKPKey.generate_key("Ed25519", {"kid": "bench", "use": "sig", "alg": "Ed25519"})
    port, shift_id = free_port(), new_id()
    with ExitStack() as stack:
        if "ZHIYUAN_TEST_DATABASE_URL" in os.environ:
            servers: dict[str, str] = dict(os.environ)
        else:
            servers = stack.enter_context(test_servers())
        templates = Templates(servers["ZHIYUAN_TEST_DATABASE_URL"])
        database = stack.enter_context(templates.clone(templates.of_service("attendance")))
        people = [new_id() for _ in range(volunteers)]
        prepare(database, people, shift_id)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zhiyuan-bench-")))
        common = {**ENVIRONMENT, "ZHIYUAN_AMQP_URL": servers["ZHIYUAN_TEST_AMQP_URL"], "ZHIYUAN_MAX_WORKERS": "20"}
        service = {
            **common,
            "ZHIYUAN_DATABASE_URL": database,
            "ZHIYUAN_ATTENDANCE_CODE_KEYS": CODE_KEYS,
            "ZHIYUAN_MESSAGE_KEYS": test_key("m"),
        }
        public = json.dumps(KeySet([key]).as_dict(private=False))
        gateway = {
            **common,
            "ZHIYUAN_TOKEN_PUBLIC_KEYS": public,
            "ZHIYUAN_UPLOAD_DIR": str(folder),
            "ZHIYUAN_HTTP_PORT": str(port),
        }
        runner = Process("services.chassis.runner", "services.attendance.service", environment=service)
        stack.enter_context(runner.started())
        stack.enter_context(Process("gateway", environment=gateway).started())
        expires = int(time.time()) + 900
        tokens = [_token(key, volunteer_id, expires) for volunteer_id in people]
        figures = asyncio.run(scan(port, tokens, shift_id, clients))
        with psycopg.connect(database) as connection:
            for table in ("service_record", "scan"):
                row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
                figures["records" if table == "service_record" else "scans"] = row[0] if row else 0
    return figures


def prepare(database: str, people: list[str], shift_id: str) -> None:
    """What attendance has heard of them."""
    now, activity, organization = datetime.now(UTC), new_id(), new_id()
    with psycopg.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO activity_copy (id, organization_id, title, status, version) VALUES (%s, %s, %s, %s, 1)",
            (activity, organization, "万人植树", "published"),
        )
        cursor.execute(
            "INSERT INTO shift_copy (id, activity_id, starts_at, ends_at) VALUES (%s, %s, %s, %s)",
            (shift_id, activity, now - timedelta(minutes=5), now + timedelta(hours=3)),
        )
        columns = "(id, account_id, volunteer_no, name, status, organization_id, verified_in_person, version)"
        with cursor.copy(f"COPY volunteer_copy {columns} FROM STDIN") as rows:
            for number, volunteer_id in enumerate(people):
                rows.write_row((volunteer_id, new_id(), f"{number:010}", "张小丰", "active", organization, True, 1))
        columns = "(id, activity_id, shift_id, volunteer_id, status, version)"
        with cursor.copy(f"COPY enrollment_copy {columns} FROM STDIN") as rows:
            for volunteer_id in people:
                rows.write_row((new_id(), activity, shift_id, volunteer_id, "accepted", 1))


def _token(key: OKPKey, volunteer_id: str, expires: int) -> str:
    claims = {
        "iss": "zhiyuan", "sub": new_id(), "kind": "volunteer", "vid": volunteer_id, "sid": new_id(), "roles": [],
        "exp": expires,
    }  # fmt: skip
    return jwt.encode({"alg": "Ed25519", "kid": "bench"}, claims, key, algorithms=["Ed25519"])


async def scan(port: int, tokens: list[str], shift_id: str, clients: int) -> dict[str, Any]:
    """Everybody signs in, each request twice."""
    codes = AttendanceCodes(KeyRing.parse(CODE_KEYS), 30)
    waiting, latencies, failures = iter(tokens), list[float](), 0

    async def client() -> None:
        nonlocal failures
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False) as http:
            for token in waiting:
                code = codes.show(shift_id, Direction.SIGN_IN, datetime.now(UTC)).token
                body, records = {"token": code, "nonce": new_id()}, set[str]()
                for _ in range(2):
                    began = time.perf_counter()
                    answer = await http.post(
                        "/v1/attendance/scans", json=body, headers={"Authorization": f"Bearer {token}"}
                    )
                    latencies.append(time.perf_counter() - began)
                    records.add(answer.json().get("record_id") or f"refused {len(latencies)}")
                failures += len(records) != 1

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    seconds, latencies = time.perf_counter() - started, sorted(latencies)
    return {
        "clients": clients,
        "requests": len(latencies),
        "requests_per_second": round(len(latencies) / seconds),
        "p50_ms": round(1000 * latencies[len(latencies) // 2]),
        "p95_ms": round(1000 * latencies[int(0.95 * len(latencies))]),
        "failures": failures,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
