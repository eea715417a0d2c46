"""The sample that banks get, against a real broker with a bank's own credentials, and a real HTTP server."""

from __future__ import annotations

import base64
import json
import socket
import threading
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pika
import pytest
from joserfc.jwk import ECKey

from deploy.local.topology import APPLICATIONS_EXCHANGE, applications_queue
from deploy.partner import bank_consumer, bank_reports
from services.card.webhooks import WebhookSecrets, require_fresh
from services.chassis.ids import new_id
from services.chassis.recipients import RecipientKey, RecipientKeys
from tests.conftest import PartnerBroker

KEY = ECKey.generate_key("P-256", {"kid": "boc-test"})
OLD_KEY = ECKey.generate_key("P-256", {"kid": "boc-old"})
SECRET = "whsec_" + base64.b64encode(b"boc" * 11).decode()
QUEUE = applications_queue("boc")


@pytest.fixture
def send(partner_broker: PartnerBroker, empty_bank_queues: None) -> Iterator[Any]:
    """Puts messages on the bank's queue, as the relay does."""
    connection = pika.BlockingConnection(pika.URLParameters(partner_broker.admin_url))
    channel = connection.channel()

    def publish(type: str = bank_consumer.APPLICATION, number: str = "ZY20260000000152", key: ECKey = KEY) -> None:
        jwe = RecipientKeys({"boc": (RecipientKey(key),)}).seal(
            "boc", {"application_no": number, "applicant": {"name": "测试者"}}, datetime.now(UTC)
        )
        sealed = {} if type == bank_consumer.CANCELLATION else {"jwe": jwe}
        body = {"id": new_id(), "type": type, "application_no": number, "bank": "boc", **sealed}
        channel.basic_publish(APPLICATIONS_EXCHANGE, "boc", json.dumps(body).encode())

    yield publish
    connection.close()


def received(partner_broker: PartnerBroker, **changed: Any) -> Generator[dict[str, Any], None, None]:
    private = KEY.as_dict(private=True)
    given: dict[str, Any] = {"key": private, "idle_seconds": 1.0, **changed}
    return bank_consumer.applications(partner_broker.bank_url("boc"), QUEUE, **given)


def test_a_bank_decrypts_each_application_once_however_often_it_comes(partner_broker: PartnerBroker, send: Any) -> None:
    for number in ("ZY1", "ZY1", "ZY2"):
        send(number=number)
    send(bank_consumer.CANCELLATION, number="ZY1")

    taken = list(received(partner_broker))

    assert [document["application_no"] for document in taken] == ["ZY1", "ZY2"]
    assert taken[0]["applicant"] == {"name": "测试者"}
    assert list(received(partner_broker)) == []


def test_what_a_bank_did_not_finish_comes_again(partner_broker: PartnerBroker, send: Any) -> None:
    send(number="ZY1")
    first = received(partner_broker)
    assert next(first)["application_no"] == "ZY1"
    first.close()  # the process dies before it goes on

    assert [document["application_no"] for document in received(partner_broker)] == ["ZY1"]


def test_a_connection_that_is_cut_is_opened_again_and_nothing_is_handled_twice(
    partner_broker: PartnerBroker, send: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Any] = []
    connect = pika.BlockingConnection

    def remember(parameters: Any) -> Any:
        opened.append(connect(parameters))
        return opened[-1]

    monkeypatch.setattr(bank_consumer.pika, "BlockingConnection", remember)
    send(number="ZY1")
    send(number="ZY2")
    taken = received(partner_broker)
    assert next(taken)["application_no"] == "ZY1"
    opened[0]._impl._transport._sock.shutdown(socket.SHUT_RDWR)  # the wire is cut before the acknowledgement

    assert [document["application_no"] for document in taken] == ["ZY2"]
    assert len(opened) == 2


def test_a_bank_that_changes_its_key_opens_both_kinds(partner_broker: PartnerBroker, send: Any) -> None:
    send(number="ZY1", key=OLD_KEY)
    send(number="ZY2", key=KEY)
    both = {"keys": [KEY.as_dict(private=True), OLD_KEY.as_dict(private=True)]}

    assert [document["application_no"] for document in received(partner_broker, key=both)] == ["ZY1", "ZY2"]


def test_what_cannot_be_opened_stays_in_the_queue(partner_broker: PartnerBroker, send: Any) -> None:
    send(number="ZY1", key=OLD_KEY)

    with pytest.raises(bank_consumer.CannotOpen):
        list(received(partner_broker))
    old = OLD_KEY.as_dict(private=True)
    assert [document["application_no"] for document in received(partner_broker, key=old)] == ["ZY1"]


# reporting --------------------------------------------------------------------------------------------------------


class Platform:
    """A gateway that verifies with the platform's own code, and answers what stands in ``answers``."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.taken: list[tuple[str, str, dict[str, Any]]] = []
        platform = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                require_fresh(self.headers["webhook-timestamp"], datetime.now(UTC), 300)
                signer = WebhookSecrets.parse({"boc": SECRET}).signer_of(
                    webhook_id=self.headers["webhook-id"],
                    timestamp=self.headers["webhook-timestamp"],
                    body=body,
                    signatures=self.headers["webhook-signature"],
                )
                assert signer == "boc"
                platform.taken.append((self.path, self.headers["webhook-id"], json.loads(body)))
                self.send_response(platform.answers.pop(0) if platform.answers else 200)
                self.end_headers()
                self.wfile.write(b'{"code": "some_code", "changed": true}')

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    """The gateway; a bank in a test does not wait between its attempts."""
    monkeypatch.setattr(bank_reports, "_LONGEST_PAUSE", 0.0)
    running = Platform()
    yield running
    running.server.shutdown()
    running.server.server_close()


def test_a_report_is_signed_as_the_platform_expects(platform: Platform) -> None:
    answer = bank_reports.report(platform.url, SECRET, "ZY1", "rejected", reason="资料不全")

    assert answer["changed"] is True
    ((path, _, body),) = platform.taken
    assert path == "/v1/partner/card/applications/ZY1/status"
    assert body == {"application_no": "ZY1", "status": "rejected", "reason": "资料不全"}


def test_a_report_that_fails_is_sent_again_under_the_same_id(platform: Platform) -> None:
    platform.answers = [503, 429, 200]

    bank_reports.report(platform.url, SECRET, "ZY1", "contacted")

    assert len(platform.taken) == 3
    assert len({webhook_id for _, webhook_id, _ in platform.taken}) == 1


def test_a_refusal_is_not_tried_again(platform: Platform) -> None:
    platform.answers = [404]

    with pytest.raises(bank_reports.Refused) as refused:
        bank_reports.report(platform.url, SECRET, "ZY1", "contacted")
    assert (refused.value.status, refused.value.problem["code"], len(platform.taken)) == (404, "some_code", 1)
