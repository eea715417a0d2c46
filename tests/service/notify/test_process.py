"""Notify as it runs: a process beside its relay, an event on the broker, a code in the simulator within a moment."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

import orjson
import pika

from services.chassis.context import Caller, ContextKeys
from services.chassis.events import CONTENT_TYPE, envelope
from services.chassis.ids import new_id
from services.chassis.testing.processes import Process, eventually
from services.chassis.testing.rpc import RpcCaller
from services.chassis.testing.units import ENVIRONMENT as COMMON
from tests.service.notify.conftest import ENVIRONMENT, code_request


def test_a_code_that_identity_asks_for_is_sent_and_counted(
    broker_url: str, scratch_database: Callable[[str], str]
) -> None:
    environment = {
        **COMMON,
        **ENVIRONMENT,
        "ZHIYUAN_AMQP_URL": broker_url,
        "ZHIYUAN_DATABASE_URL": scratch_database("notify"),
        "ZHIYUAN_MAX_WORKERS": "10",
    }
    call = RpcCaller(broker_url, ContextKeys.parse(environment["ZHIYUAN_CONTEXT_KEYS"]))
    with Process("services.chassis.runner", "notify", environment=environment).started() as service:
        recipient = f"139{time.time_ns() % 10**8:08d}"
        event = code_request(datetime.now(UTC), recipient=recipient)
        document = envelope(event, version=1, time=datetime.now(UTC), traceparent="")
        call.channel.basic_publish(
            event.exchange(),
            event.wire_type(),
            orjson.dumps(document),
            pika.BasicProperties(content_type=CONTENT_TYPE, message_id=document["id"], delivery_mode=2),
            mandatory=True,
        )
        (sent,) = eventually(lambda: call("notify.list_simulated_messages", {"recipient": recipient})["items"])
        assert "246810" in sent["text"]
        eventually(
            lambda: (
                service.metric("zhiyuan_notify_messages_sent_total", template="verification_code", channel="sms") == 1
            )
        )

        somebody = Caller(kind="administrator", account_id=new_id())
        assert call("notify.list_notifications", {}, caller=somebody) == {"items": [], "next_cursor": None, "unread": 0}
    call.close()
