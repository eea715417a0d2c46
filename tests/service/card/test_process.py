"""Card as it runs, beside its relay: identity answers over the broker, the bank takes the application from its queue
with its own credentials, and reports."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import orjson
import pika
import pytest
import sqlalchemy as sa

from deploy.local.topology import applications_queue
from deploy.partner import bank_consumer, bank_reports
from services.card.domain import Bank
from services.card.repository import UNIT_OF_WORK
from services.card.settings import SETTINGS
from services.card.use_cases import reference_data
from services.chassis.clock import FixedClock
from services.chassis.context import Caller, ContextKeys
from services.chassis.events import CONTENT_TYPE, envelope
from services.chassis.ids import new_id
from services.chassis.testing.processes import Process, eventually
from services.chassis.testing.rpc import RpcCaller
from services.chassis.testing.units import ENVIRONMENT as COMMON
from services.chassis.testing.units import Units
from services.identity.events import VolunteerChanged
from tests.conftest import PartnerBroker
from tests.service.card.conftest import BANK_KEYS, BANKS_SEAL, ENVIRONMENT, PLATFORM, SECRETS
from tests.unit.card.notice_text import notice_text


@dataclass
class Running:
    """The process, somebody who asks it, and its database."""

    service: Process
    relay: Process
    partner_broker: PartnerBroker
    call: RpcCaller
    engine: sa.Engine

    @contextmanager
    def at_bank(self) -> Iterator[Iterator[dict[str, Any]]]:
        """The applications that the Bank of China gets."""
        url = self.partner_broker.bank_url("boc")
        key = BANK_KEYS[Bank.BOC].as_dict(private=True)
        with closing(bank_consumer.applications(url, applications_queue("boc"), key, idle_seconds=40)) as applications:
            yield applications


@pytest.fixture
def running(
    broker_url: str,
    partner_broker: PartnerBroker,
    empty_bank_queues: None,
    scratch_database: Callable[[str], str],
) -> Iterator[Running]:
    """Card, started for real."""
    database_url = scratch_database("card")
    environment = {
        **COMMON,
        **ENVIRONMENT,
        "ZHIYUAN_AMQP_URL": broker_url,
        "ZHIYUAN_DATABASE_URL": database_url,
        "ZHIYUAN_MAX_WORKERS": "10",
    }
    units = Units("card", UNIT_OF_WORK, SETTINGS, database_url, FixedClock(datetime.now(UTC)), ENVIRONMENT)
    with units() as uow:
        reference_data.load(uow)
    units.close()
    call = RpcCaller(broker_url, ContextKeys.parse(environment["ZHIYUAN_CONTEXT_KEYS"]))
    engine = sa.create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"))
    relay = Process(
        "services.chassis.relay",
        "card",
        environment={**environment, "ZHIYUAN_PARTNER_AMQP_URL": partner_broker.admin_url},
    )
    with Process("services.chassis.runner", "card", environment=environment).started() as service:
        yield Running(service, relay, partner_broker, call, engine)
    engine.dispose()
    call.close()


def arrives(running: Running) -> Caller:
    """A volunteer whose event is on the broker."""
    event = VolunteerChanged(
        volunteer_id=new_id(),
        account_id=new_id(),
        volunteer_no="440000000001",
        name="测试者",
        status="active",
        birth_date=date(1990, 1, 1),
        region="440106",
        organization_id=new_id(),
        verified_in_person=False,
    )
    document = envelope(event, version=1, time=datetime.now(UTC), traceparent="")
    running.call.channel.basic_publish(
        event.exchange(),
        event.wire_type(),
        orjson.dumps(document),
        pika.BasicProperties(content_type=CONTENT_TYPE, message_id=document["id"], delivery_mode=2),
    )

    def copied() -> bool:
        with running.engine.connect() as connection:
            return bool(connection.scalar(sa.text("SELECT count(*) FROM volunteer_copy")))

    eventually(copied)
    return Caller(kind="volunteer", account_id=event.account_id, volunteer_id=event.volunteer_id)


def applies(running: Running, applicant: Caller) -> dict[str, Any]:
    """A debit card of the Bank of China in Guangzhou."""
    form = {
        "bank": "boc",
        "card_type": "debit",
        "region": "440106",
        "address": "天河区示例路1号",
        "consent": {"version": "2", "recipient": "中国银行"},
    }
    return dict(running.call("card.apply", form, caller=applicant))


def signed_report(application_no: str, status: str) -> dict[str, str]:
    """What the gateway makes of a bank's report."""
    body = json.dumps({"status": status}).encode()
    headers = bank_reports.sign(SECRETS["boc"], f"msg_{status}", int(time.time()), body)
    return {
        "application_no": application_no,
        "body_base64": base64.b64encode(body).decode(),
        **{name.replace("-", "_"): value for name, value in headers.items()},
    }


class Identity:
    """Somebody who answers for identity, in a thread."""

    def __init__(self, broker_url: str) -> None:
        self._url = broker_url

    def __enter__(self) -> None:
        self._ready, self._stop = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        assert self._ready.wait(10)

    def __exit__(self, *_: Any) -> None:
        self._stop.set()
        self._thread.join()

    def _serve(self) -> None:
        connection = pika.BlockingConnection(pika.URLParameters(self._url))
        channel = connection.channel()
        queue = channel.queue_declare("", exclusive=True).method.queue
        for method in ("seal_for_partner", "show_masked_volunteer"):
            channel.queue_bind(queue, "nameko-rpc", f"identity.{method}")
        self._ready.set()
        for delivered, properties, body in channel.consume(queue, auto_ack=True, inactivity_timeout=0.1):
            if self._stop.is_set():
                break
            if delivered is not None and properties is not None:
                (asked,) = json.loads(body)["args"]
                channel.basic_publish(
                    "nameko-rpc",
                    properties.reply_to,
                    orjson.dumps({"result": _answer(delivered.routing_key, asked), "error": None}),
                    pika.BasicProperties(correlation_id=properties.correlation_id),
                )
        connection.close()


def _answer(method: str, asked: dict[str, Any]) -> dict[str, str]:
    if method == "identity.show_masked_volunteer":
        return {"volunteer_no": "440000000001", "name_masked": "测*者"}
    return {"jwe": BANKS_SEAL.seal(asked["partner"], asked["document"], datetime.now(UTC))}


def test_an_application_waits_for_identity_and_goes_to_the_bank_when_it_is_back(
    running: Running, broker_url: str
) -> None:
    imported = running.call("card.import_branch_contacts", {"format": "notice", "text": notice_text()}, caller=PLATFORM)
    assert (imported["contacts"], imported["cities"]) == (58, 20)
    applicant = arrives(running)

    application = applies(running, applicant)
    assert application["status"] == "submitted"
    assert application["contact"] == {"name": "甲乙", "phone": "13900000000"}

    with Identity(broker_url), running.relay.started(), running.at_bank() as applications:
        document = next(applications)
        assert document["application_no"] == application["application_no"]
        assert document["address"] == "天河区示例路1号"
        report = signed_report(document["application_no"], "contacted")
        assert running.call("card.report_status", report)["changed"] is True
        assert running.call("card.report_status", report)["changed"] is False

    (mine,) = running.call("card.list_my_applications", {}, caller=applicant)["items"]
    assert [step["status"] for step in mine["history"]] == ["submitted", "routed", "contacted"]
    eventually(lambda: running.service.metric("zhiyuan_card_sealing_retries_total") >= 1)
    assert "13900000000" not in running.service.log()
    assert "示例路" not in running.service.log()


def test_a_page_is_shown_without_hours_while_nobody_answers_for_attendance(running: Running, broker_url: str) -> None:
    holder = arrives(running)
    application = applies(running, holder)
    report = signed_report(application["application_no"], "activated")
    assert running.call("card.report_status", report)["changed"] is True
    token = running.call("card.make_card_page", {}, caller=holder)["token"]

    with Identity(broker_url):
        page = running.call("card.open_card_page", {"token": token})
    assert (page["volunteer_no"], page["name_masked"], page["bank_name"]) == ("440000000001", "测*者", "中国银行")
    assert (page["confirmed_minutes"], page["star"]) == (None, None)
    assert running.service.metric("zhiyuan_card_pages_total", step="without_hours") == 1
    assert token not in running.service.log()
