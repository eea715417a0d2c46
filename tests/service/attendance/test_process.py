"""The service for real: it starts, hears of the others, shows a code and takes a scan over the broker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pika
import pytest

from services.activity.events import ActivityChanged, EnrollmentChanged, ShiftState
from services.chassis.context import Caller, ContextKeys, Role
from services.chassis.errors import Forbidden, NotFound
from services.chassis.events import Event, envelope
from services.chassis.ids import new_id
from services.chassis.testing.processes import Process, eventually
from services.chassis.testing.rpc import RpcCaller
from services.chassis.testing.units import ENVIRONMENT
from services.identity.events import VolunteerChanged
from services.organization.events import OrganizationChanged
from tests.service.attendance.conftest import SECRETS


@dataclass
class Running:
    """The process, and a way to ask it and to tell it."""

    process: Process
    call: RpcCaller

    def tell(self, event: Event) -> None:
        """Publish as the owner's relay would."""
        document = envelope(event, version=1, time=datetime.now(UTC), traceparent="")
        self.call.channel.basic_publish(
            event.exchange(),
            event.wire_type(),
            orjson.dumps(document),
            pika.BasicProperties(content_type="application/cloudevents+json"),
        )

    def answer(self, target: str, request: dict[str, Any], caller: Caller) -> dict[str, Any] | None:
        """The answer; None while the service has not heard of what is asked about."""
        try:
            answered: dict[str, Any] = self.call(target, request, caller=caller)
            return answered
        except (NotFound, Forbidden):
            return None


@pytest.fixture
def running(broker_url: str, scratch_database: Callable[[str], str]) -> Iterator[Running]:
    """The service on a database of its own."""
    environment = {
        **ENVIRONMENT,
        **SECRETS,
        "ZHIYUAN_AMQP_URL": broker_url,
        "ZHIYUAN_DATABASE_URL": scratch_database("attendance"),
        "ZHIYUAN_MAX_WORKERS": "10",
    }
    caller = RpcCaller(broker_url, ContextKeys.parse(environment["ZHIYUAN_CONTEXT_KEYS"]))
    with Process("services.chassis.runner", "attendance", environment=environment).started() as process:
        yield Running(process, caller)
    caller.close()


def test_it_hears_of_an_activity_shows_its_code_and_takes_the_scan(running: Running) -> None:
    team, activity, shift, volunteer = (new_id() for _ in range(4))
    now = datetime.now(UTC)
    running.tell(
        OrganizationChanged(
            organization_id=team, name="服务队", kind="team", region="440100", status="active", path=[team]
        )
    )
    running.tell(
        ActivityChanged(
            activity_id=activity,
            organization_id=team,
            title="春季植树",
            category="environment",
            region="440100",
            address="人民公园",
            status="published",
            shifts=[ShiftState(shift_id=shift, starts_at=now, ends_at=now + timedelta(hours=3), capacity=1)],
        )
    )
    running.tell(
        VolunteerChanged(
            volunteer_id=volunteer,
            account_id=new_id(),
            volunteer_no="4401000001",
            name="张小丰",
            status="active",
            birth_date=None,
            region="440100",
            organization_id=team,
            verified_in_person=True,
        )
    )
    running.tell(
        EnrollmentChanged(
            enrollment_id=new_id(), activity_id=activity, shift_id=shift, volunteer_id=volunteer, status="accepted"
        )
    )
    owner = Caller(kind="administrator", account_id=new_id(), roles=(Role(team, "owner"),))
    asked = {"activity_id": activity, "shift_id": shift, "kind": "sign_in"}
    code = eventually(lambda: running.answer("attendance.show_code", asked, owner))

    me = Caller(kind="volunteer", account_id=new_id(), volunteer_id=volunteer)
    scan = {"token": code["token"], "nonce": "nonce-of-the-phone"}
    record = eventually(lambda: running.answer("attendance.scan_code", scan, me))

    assert (record["status"], record["shift_id"], record["minutes"]) == ("open", shift, 0)
    assert running.call("attendance.scan_code", scan, caller=me) == record
    mine = running.call("attendance.list_service_records", {}, caller=me)["items"]
    assert [item["record_id"] for item in mine] == [record["record_id"]]
    eventually(lambda: running.process.metric("zhiyuan_attendance_scans_total", outcome="ok") == 1)
    eventually(lambda: running.process.metric("zhiyuan_attendance_scans_total", outcome="repeated") == 1)
    eventually(lambda: running.process.metric("zhiyuan_attendance_open_records") == 1)
    with pytest.raises(NotFound):
        running.call("attendance.get_disclosure", {"activity_id": activity})
