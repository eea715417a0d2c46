"""Organization as it runs: an RPC from identity, a review from above, an event on the broker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
import pika

from services.chassis.context import Caller, ContextKeys
from services.chassis.events import CONTENT_TYPE, Event, envelope
from services.chassis.ids import new_id
from services.chassis.testing.processes import Process, eventually
from services.chassis.testing.rpc import RpcCaller
from services.chassis.testing.units import ENVIRONMENT
from services.identity.events import VolunteerRegistered
from tests.service.organization.conftest import IDENTITY, PLATFORM


def test_a_root_is_registered_and_approved_and_a_volunteer_comes_up_for_review(
    broker_url: str, scratch_database: Callable[[str], str]
) -> None:
    environment = {
        **ENVIRONMENT,
        "ZHIYUAN_AMQP_URL": broker_url,
        "ZHIYUAN_DATABASE_URL": scratch_database("organization"),
        "ZHIYUAN_MAX_WORKERS": "10",
    }
    call = RpcCaller(broker_url, ContextKeys.parse(environment["ZHIYUAN_CONTEXT_KEYS"]))
    with Process("services.chassis.runner", "organization", environment=environment).started() as service:
        root_id, owner = new_id(), Caller(kind="administrator", account_id=new_id())
        registration: dict[str, Any] = {
            "organization_id": root_id,
            "name": "广东省志愿者联合会",
            "kind": "province",
            "parent_id": None,
            "region": "440000",
            "uscc": None,
            "account_id": owner.account_id,
            "principal_name": "负责人",
        }
        assert call("organization.register_organization", registration, caller=IDENTITY)["status"] == "pending"
        decision = {"kind": "organizations", "id": root_id, "approve": True}
        assert call("organization.decide_organization_review", decision, caller=PLATFORM)["status"] == "active"
        taken = call("organization.takes_members", {"organization_id": root_id}, caller=IDENTITY)
        assert taken == {"organization_id": root_id, "name": "广东省志愿者联合会"}

        publish(call, registered(root_id))
        eventually(lambda: call("organization.count_reviews", {}, caller=owner)["memberships"] == 1)
        (item,) = call("organization.list_membership_reviews", {"kind": "memberships"}, caller=owner)["items"]
        assert (item["kind"], item["status"], item["age_days"], item["name"]) == ("memberships", "pending", 0, "陈小明")
        eventually(lambda: service.metric("zhiyuan_organization_reviews_opened_total", kind="memberships") == 1)
    call.close()


def registered(organization_id: str) -> VolunteerRegistered:
    """What identity tells when somebody has registered."""
    return VolunteerRegistered(
        volunteer_id=new_id(),
        account_id=new_id(),
        volunteer_no="GD000001",
        name="陈小明",
        cert_type="resident_id",
        cert_no_masked="4401************24",
        phone_masked="138****0000",
        organization_id=organization_id,
        region="440106",
        registered_at=datetime.now(UTC),
    )


def publish(call: RpcCaller, event: Event) -> None:
    """Put ``event`` on the broker as a relay would."""
    document = envelope(event, version=1, time=datetime.now(UTC), traceparent="")
    call.channel.basic_publish(
        event.exchange(),
        event.wire_type(),
        orjson.dumps(document),
        pika.BasicProperties(content_type=CONTENT_TYPE, message_id=document["id"], delivery_mode=2),
        mandatory=True,
    )
