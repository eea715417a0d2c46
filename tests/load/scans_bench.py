"""``./dev bench scans [--volunteers N] [--clients N] [--json]``: everybody signs in to one activity, over HTTP.

What attendance has heard from others (the activity, volunteers, enrollments) is copied into its tables; see
``tests/load/house.py``. Each request is sent twice. 0 if everybody was recorded once.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from services.attendance.codes import AttendanceCodes
from services.attendance.domain import Direction
from services.chassis.crypto import KeyRing
from services.chassis.ids import new_id
from services.chassis.testing.units import test_key
from tests.load.house import House, Timed, crowd, house

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
    settings = {"ZHIYUAN_ATTENDANCE_CODE_KEYS": CODE_KEYS, "ZHIYUAN_MESSAGE_KEYS": test_key("m")}
    with house("attendance", settings) as attendance:
        people, shift_id = [new_id() for _ in range(volunteers)], new_id()
        prepare(attendance, people, shift_id)
        figures = scan(attendance, people, shift_id, clients)
        for name, table in (("records", "service_record"), ("scans", "scan")):
            figures[name] = attendance.ask(f"SELECT count(*) FROM {table}")[0][0]
    return figures


def prepare(attendance: House, people: list[str], shift_id: str) -> None:
    """What attendance has heard of them."""
    now, activity, organization = datetime.now(UTC), new_id(), new_id()
    attendance.fill(
        "activity_copy",
        ("id", "organization_id", "title", "status", "version"),
        [(activity, organization, "万人植树", "published", 1)],
    )
    attendance.fill(
        "shift_copy",
        ("id", "activity_id", "starts_at", "ends_at"),
        [(shift_id, activity, now - timedelta(minutes=5), now + timedelta(hours=3))],
    )
    attendance.fill(
        "volunteer_copy",
        ("id", "account_id", "volunteer_no", "name", "status", "organization_id", "verified_in_person", "version"),
        ((one, new_id(), f"{n:010}", "张小丰", "active", organization, True, 1) for n, one in enumerate(people)),
    )
    attendance.fill(
        "enrollment_copy",
        ("id", "activity_id", "shift_id", "volunteer_id", "status", "version"),
        ((new_id(), activity, shift_id, one, "accepted", 1) for one in people),
    )


def scan(attendance: House, people: list[str], shift_id: str, clients: int) -> dict[str, Any]:
    """Everybody signs in, each request twice."""
    codes, failures = AttendanceCodes(KeyRing.parse(CODE_KEYS), 30), 0

    async def sign_in(http: Timed, token: str) -> None:
        nonlocal failures
        code = codes.show(shift_id, Direction.SIGN_IN, datetime.now(UTC)).token
        body = {"token": code, "nonce": new_id()}
        answers = [await http.post("/attendance/scans", body, token) for _ in range(2)]
        records = {answer.json().get("record_id") for answer in answers}
        failures += len(records) != 1 or None in records

    figures = crowd(attendance.base_url, clients, [attendance.token(one) for one in people], sign_in)
    return {**figures, "failures": failures}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
