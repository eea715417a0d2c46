"""Activity as it runs: a process that hears of an organization and a volunteer, and gives the volunteer a place."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pika
import pytest

from services.activity.errors import EnrollmentNeedsActiveVolunteer
from services.chassis.context import Caller, ContextKeys, Role
from services.chassis.errors import Invalid, NotFound
from services.chassis.events import CONTENT_TYPE, Event, envelope
from services.chassis.ids import new_id
from services.chassis.testing.processes import Process, eventually
from services.chassis.testing.rpc import RpcCaller
from services.chassis.testing.units import ENVIRONMENT
from services.identity.events import VolunteerChanged
from services.organization.events import OrganizationChanged
from tests.service.activity.conftest import SECRETS


def test_a_volunteer_that_the_service_hears_of_gets_a_place(
    broker_url: str, scratch_database: Callable[[str], str]
) -> None:
    environment = {
        **ENVIRONMENT,
        **SECRETS,
        "ZHIYUAN_AMQP_URL": broker_url,
        "ZHIYUAN_DATABASE_URL": scratch_database("activity"),
        "ZHIYUAN_MAX_WORKERS": "10",
        "ZHIYUAN_RETRY_DELAYS": "1,1",
    }
    call = RpcCaller(broker_url, ContextKeys.parse(environment["ZHIYUAN_CONTEXT_KEYS"]))

    def happens(event: Event) -> None:
        document = envelope(event, version=1, time=datetime.now(UTC), traceparent="")
        properties = pika.BasicProperties(content_type=CONTENT_TYPE, message_id=document["id"], delivery_mode=2)
        call.channel.basic_publish(event.exchange(), event.wire_type(), orjson.dumps(document), properties)

    def heard(target: str, request: dict[str, Any], caller: Caller) -> Any:
        """The answer, once the service has heard of everybody concerned."""
        with suppress(NotFound, EnrollmentNeedsActiveVolunteer):
            return call(target, request, caller=caller)

    organizer = Caller(kind="administrator", account_id=new_id(), roles=(Role(organization_id := new_id(), "owner"),))
    volunteer = Caller(kind="volunteer", account_id=new_id(), volunteer_id=new_id())
    starts_at = datetime.now(UTC) + timedelta(days=2)
    draft = {
        "organization_id": organization_id,
        "title": "越秀公园环境清洁",
        "category": "environment",
        "description": "清理湖边垃圾。",
        "region": "440104",
        "address": "广州市越秀区解放北路988号",
        "contact": "李老师",
        "approval": "instant",
        "enroll_by": starts_at.isoformat(),
        "shifts": [
            {
                "starts_at": starts_at.isoformat(),
                "ends_at": (starts_at + timedelta(hours=2)).isoformat(),
                "capacity": 1,
            }
        ],
    }
    with Process("services.chassis.runner", "activity", environment=environment).started() as service:
        happens(
            OrganizationChanged(
                organization_id=organization_id,
                name="越秀区青年志愿者协会",
                kind="association",
                region="440104",
                status="active",
                path=[organization_id],
            )
        )
        happens(
            VolunteerChanged(
                volunteer_id=str(volunteer.volunteer_id),
                account_id=str(volunteer.account_id),
                volunteer_no="440100000001",
                name="张三",
                status="active",
                birth_date=None,
                region="440104",
                organization_id=organization_id,
                verified_in_person=False,
            )
        )
        activity = eventually(lambda: heard("activity.create_activity", draft, organizer))
        activity_id = {"activity_id": activity["activity_id"]}
        assert call("activity.publish_activity", activity_id, caller=organizer)["status"] == "published"
        assert [a["title"] for a in call("activity.search_activities", {"q": "清洁"})["items"]] == [draft["title"]]
        shift_id = {"shift_id": activity["shifts"][0]["shift_id"]}
        enrollment = eventually(lambda: heard("activity.enroll", activity_id | shift_id, volunteer))
        assert enrollment["status"] == "accepted"
        with pytest.raises(Invalid):
            call("activity.create_activity", draft | {"shifts": [{"capacity": 0}]}, caller=organizer)
        eventually(lambda: service.metric("zhiyuan_activity_enrollments_total", status="accepted") == 1)
    call.close()
