"""The real thing: a process on a broker and a database starts, answers, and handles an event."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
import pika
import pytest
import sqlalchemy as sa

from services.chassis.context import Caller, ContextKeys
from services.chassis.crypto import FieldCipher, KeyRing
from services.chassis.errors import DeadlineExceeded, Invalid
from services.chassis.events import CONTENT_TYPE, envelope
from services.chassis.ids import new_id
from services.chassis.testing.databases import Templates
from services.chassis.testing.processes import Process, eventually
from services.chassis.testing.rpc import RpcCaller
from services.chassis.testing.units import ENVIRONMENT as COMMON
from services.organization.events import AdministratorChanged
from tests.service.conftest import FixedClock
from tests.service.identity.conftest import ENVIRONMENT, PASSWORD, resident_id


@dataclass
class Running:
    """A service process, a caller, and its database."""

    service: Process
    call: RpcCaller
    engine: sa.Engine


@pytest.fixture(scope="module")
def running(broker_url: str, templates: Templates) -> Iterator[Running]:
    with templates.clone(templates.of_service("identity")) as database_url:
        environment = {
            **COMMON,
            **ENVIRONMENT,
            "ZHIYUAN_AMQP_URL": broker_url,
            "ZHIYUAN_DATABASE_URL": database_url,
            "ZHIYUAN_MAX_WORKERS": "10",
            "ZHIYUAN_ARGON2": "2,19456,1",
        }
        caller = RpcCaller(broker_url, ContextKeys.parse(environment["ZHIYUAN_CONTEXT_KEYS"]))
        engine = sa.create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"))
        with Process("services.chassis.runner", "identity", environment=environment).started() as service:
            yield Running(service, caller, engine)
        engine.dispose()
        caller.close()


def captcha(running: Running) -> dict[str, Any]:
    made = running.call("identity.create_captcha")
    assert made["image"].startswith("data:image/png;base64,")
    return {"captcha_id": made["captcha_id"], "captcha_answer": "0000"}


def test_a_code_is_written_down_for_notify(running: Running) -> None:
    request = {"channel": "sms", "recipient": "13800001111", "purpose": "register", **captcha(running)}
    assert running.call("identity.request_code", request) == {"expires_in": 300, "retry_after": 60}
    with running.engine.connect() as connection:
        routing_keys = list(connection.scalars(sa.text("SELECT routing_key FROM outbox")))
    assert routing_keys == ["code.requested.v1"]
    eventually(lambda: running.service.metric("zhiyuan_identity_codes_requested_total", outcome="sent") == 1)


def test_while_organization_does_not_answer_a_registration_ends_within_its_deadline(running: Running) -> None:
    phone = "13800002222"
    running.call(
        "identity.request_code", {"channel": "sms", "recipient": phone, "purpose": "register", **captcha(running)}
    )
    with running.engine.connect() as connection:
        event = connection.scalar(sa.text("SELECT body->'data' FROM outbox ORDER BY id DESC LIMIT 1"))
    messages = FieldCipher(KeyRing.parse(ENVIRONMENT["ZHIYUAN_MESSAGE_KEYS"]))
    registration = {
        "name": "林木棉", "cert_type": "resident_id", "cert_no": resident_id(1), "phone": phone,
        "password": PASSWORD, "region": "440104", "organization_id": new_id(),
        "code": messages.decrypt(event["code_sealed"], f"code:{event['code_id']}"),
    }  # fmt: skip
    with pytest.raises(DeadlineExceeded):
        running.call("identity.register_volunteer", registration, seconds=5)
    with running.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM volunteer")) == 0


def test_a_wrong_password_is_refused_with_argon2_beside_the_hub(running: Running) -> None:
    request = {"account": "13900009999", "password": "Kapok-2026", **captcha(running)}
    with pytest.raises(Exception, match="bad_credentials"):
        running.call("identity.sign_in", request)


def test_whatever_comes_is_a_refusal(running: Running) -> None:
    with pytest.raises(Invalid):
        running.call("identity.register_volunteer", {"name": 7, "unknown": [[]]})


def test_a_role_arrives_as_an_event(running: Running, clock: FixedClock) -> None:
    event = AdministratorChanged(
        administrator_id=new_id(), organization_id=new_id(), account_id=new_id(), role="owner", active=True
    )
    body = orjson.dumps(envelope(event, version=1, time=clock.now(), traceparent=""))
    properties = pika.BasicProperties(content_type=CONTENT_TYPE)
    for _ in range(2):  # the same event twice
        running.call.channel.basic_publish("organization.events", event.wire_type(), body, properties)

    def roles() -> list[Any]:
        with running.engine.connect() as connection:
            return list(connection.execute(sa.text("SELECT role, active, version FROM role_grant")))

    assert eventually(roles) == [("owner", True, 1)]


def test_nobody_but_a_platform_administrator_reads_the_audit_log(running: Running) -> None:
    with pytest.raises(Exception, match="forbidden"):
        running.call("identity.list_audit_log", caller=Caller(kind="administrator", account_id=new_id()))
    answer = running.call("identity.list_audit_log", caller=Caller(kind="platform", account_id=new_id()))
    assert answer["next_cursor"] is None
