"""Is the connection between a bank and the platform as README.md says? A table, and an exit code.

For a staging platform: nothing here moves an application, empties a queue or leaves a message. What must be refused is
really tried, with the bank's own credentials; what must be accepted is tried with messages that the platform knows as
probes. Parts for which nothing is set are shown as not tried.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import pika
from joserfc import jwe
from joserfc.jwk import ECKey, KeySet
from pika.exceptions import AMQPChannelError, AMQPConnectionError

from . import bank_reports
from .bank_consumer import APPLICATION, Message, opened
from .bank_reports import Refused
from .bank_store import Store

VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "vectors.json").read_text())
"""What is published: a signature of Standard Webhooks' own, and a message with the private key it was sealed for."""
SERVICES_VHOST = "zhiyuan"
BANKS = ("boc", "ceb")
NEW_ID = "conformance-check"


@dataclass(frozen=True)
class Row:
    """One line of the table. ``ok`` is None for what was not tried."""

    part: str
    what: str
    must: str
    seen: str
    ok: bool | None


@dataclass(frozen=True)
class Target:
    """What is to be checked; None for what is not at hand."""

    bank: str
    amqp_url: str | None = None
    key: Mapping[str, Any] | None = None
    base_url: str | None = None
    webhook_secret: str | None = None


Attempt = Callable[[Any], Any]


def check(target: Target) -> Iterator[Row]:
    """Every row, in order."""
    yield from own_programs(target)
    yield from permissions(target)
    yield from signatures(target)


# what the bank's programs do by themselves -------------------------------------------------------------------------


def own_programs(target: Target) -> Iterator[Row]:
    """Vectors that are published with this page, and two drills without any network."""
    part = "programs"
    yield _must(part, "a published signature is made again", _signs_as_published())
    yield _must(part, "a published message is opened", _opens_as_published())
    yield _must(part, "the same message twice is stored once, also after a restart", _stores_once())
    if target.key is None:
        yield Row(part, "a message for your key is opened", "yes", "not tried: no key", None)
        return
    yield _must(part, "your key is P-256, has a kid, and opens what is sealed for it", _opens_own(target.key))


def _signs_as_published() -> bool:
    example = VECTORS["signature"]
    headers = bank_reports.sign(example["secret"], example["id"], int(example["timestamp"]), example["body"].encode())
    return bool(headers["webhook-signature"] == example["signature"])


def _opens_as_published() -> bool:
    keys = KeySet.import_key_set({"keys": [VECTORS["private_key"]]})
    message = opened(None, json.dumps(VECTORS["message"]).encode(), keys)
    return bool(message.document == VECTORS["document"])


def _opens_own(key: Mapping[str, Any]) -> bool:
    for jwk in key.get("keys", [key]):
        public = ECKey.import_key({name: value for name, value in jwk.items() if name != "d"})
        if public.curve_name != "P-256" or not public.kid or "d" not in jwk:
            return False
        header = {"alg": "ECDH-ES+A256KW", "enc": "A256GCM", "kid": public.kid}
        sealed = {"id": "1", "type": APPLICATION, "jwe": jwe.encrypt_compact(header, b'{"a": 1}', public)}
        keys = KeySet.import_key_set({"keys": [dict(one) for one in key.get("keys", [key])]})
        if opened(None, json.dumps(sealed).encode(), keys).document != {"a": 1}:
            return False
    return True


def _stores_once() -> bool:
    message = Message("m1", APPLICATION, "2026-03-02T02:00:00+00:00", "ZY20260000000152", {"a": 1})
    again = Message("m2", APPLICATION, "2026-03-02T02:00:00+00:00", "ZY20260000000152", {"a": 1})
    with tempfile.TemporaryDirectory() as folder:
        first = Store(Path(folder) / "bank.db")
        kept = [first.keep(message), first.keep(message)]
        first.close()
        second = Store(Path(folder) / "bank.db")
        kept += [second.keep(message), second.keep(again)]
        second.close()
    return kept == [True, False, False, False]


# the broker --------------------------------------------------------------------------------------------------------


def permissions(target: Target) -> Iterator[Row]:
    """What the account may, and must not be able to, do."""
    if target.amqp_url is None:
        yield Row("broker", "everything", "", "not tried: no address", None)
        return
    url, mine = target.amqp_url, target.bank
    for what, must, attempt in attempts(mine, next(bank for bank in BANKS if bank != mine)):
        seen = tried(url, attempt)
        yield Row("broker", what, must, seen, seen == must)
    for what, other in (
        ("enter the services' vhost", _at_vhost(url, SERVICES_VHOST)),
        ("enter the default vhost", _at_vhost(url, "/")),
        ("enter with another password", _with_password(url, "not-the-password")),
    ):
        seen = tried(other, lambda channel: None)
        yield Row("broker", what, "refused", seen, seen == "refused")


def attempts(mine: str, other: str) -> Iterator[tuple[str, str, Attempt]]:
    queue, others_queue = f"partner.{mine}.applications", f"partner.{other}.applications"
    exchange, others_exchange = f"partner.{mine}.statuses", f"partner.{other}.statuses"
    yield "read its own queue", "allowed", lambda c: _look(c, queue)
    yield "publish to its own exchange", "allowed", _publish(exchange)
    yield "publish under its own name", "allowed", _publish(exchange, user_id=f"bank-{mine}")
    yield "publish under another's name", "refused", _publish(exchange, user_id=f"bank-{other}")
    yield "read the other bank's queue", "refused", lambda c: _look(c, others_queue)
    yield "consume the other bank's queue", "refused", lambda c: next(c.consume(others_queue, inactivity_timeout=1))
    yield "purge the other bank's queue", "refused", lambda c: c.queue_purge(others_queue)
    yield "delete the other bank's queue", "refused", lambda c: c.queue_delete(others_queue)
    yield "read what banks report", "refused", lambda c: _look(c, "partner.statuses")
    yield "publish to the other bank's exchange", "refused", _publish(others_exchange)
    yield "publish applications", "refused", _publish("partner.applications", mine)
    yield "publish to the default exchange", "refused", _publish("", others_queue)
    yield "publish to amq.topic", "refused", _publish("amq.topic", "x")
    yield "ask a service (nameko-rpc)", "refused", _publish("nameko-rpc", "identity.seal_for_partner")
    yield "declare a queue", "refused", lambda c: c.queue_declare(NEW_ID)
    yield "declare a queue without a name", "refused", lambda c: c.queue_declare("", exclusive=True)
    yield "declare an exchange", "refused", lambda c: c.exchange_declare(NEW_ID)
    yield "delete its own queue", "refused", lambda c: c.queue_delete(queue)
    yield "delete its own exchange", "refused", lambda c: c.exchange_delete(exchange)
    yield "bind its queue to more", "refused", lambda c: c.queue_bind(queue, "partner.applications", other)
    yield "bind its queue to the other's reports", "refused", lambda c: c.queue_bind(queue, others_exchange)
    yield "unbind its queue", "refused", lambda c: c.queue_unbind(queue, "partner.applications", mine)
    yield "bind exchanges", "refused", lambda c: c.exchange_bind(exchange, others_exchange)


def _publish(exchange: str, routing_key: str = "", user_id: str | None = None) -> Attempt:
    """A probe: the platform acknowledges it and does nothing."""
    properties = pika.BasicProperties(message_id=bank_reports.new_id(), type=bank_reports.PROBE, user_id=user_id)
    return lambda channel: channel.basic_publish(exchange, routing_key, b"{}", properties, mandatory=True)


def _look(channel: Any, queue: str) -> None:
    """Take one message, if there is one, and give it back."""
    method, _, _ = channel.basic_get(queue)
    if method is not None:
        channel.basic_nack(method.delivery_tag, requeue=True)


def tried(url: str, attempt: Attempt) -> str:
    """``allowed``, ``refused`` (403, or 406 for a name that is not one's own), or what else happened."""
    parameters = pika.URLParameters(url)
    parameters.socket_timeout = parameters.stack_timeout = parameters.blocked_connection_timeout = 10
    parameters.connection_attempts = 1
    connection = None
    try:
        connection = pika.BlockingConnection(parameters)
        channel = connection.channel()
        channel.confirm_delivery()
        attempt(channel)
    except AMQPChannelError as closed:
        code = closed.args[0] if closed.args else None
        return "refused" if code in (403, 406) else f"{type(closed).__name__} {code}"
    except AMQPConnectionError as closed:
        refusals = ("ProbableAccessDeniedError", "ProbableAuthenticationError", "ConnectionClosedByBroker")
        return "refused" if type(closed).__name__ in refusals else f"no connection: {type(closed).__name__}"
    finally:
        if connection is not None and connection.is_open:
            connection.close()
    return "allowed"


def _at_vhost(url: str, vhost: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path="/" + quote(vhost, safe="")))


def _with_password(url: str, password: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{parts.username}:{password}@{host}"))


# signed requests ---------------------------------------------------------------------------------------------------


def signatures(target: Target) -> Iterator[Row]:
    """A body that says nothing, signed well and badly: 422 means that the signature was good, and changes nothing."""
    if target.base_url is None or target.webhook_secret is None:
        yield Row("HTTP", "everything", "", "not tried: no address, or no secret", None)
        return
    url = bank_reports.address(target.base_url, "/partner/card/applications/conformance/status")
    secret, body, now = target.webhook_secret, b'{"status": "conformance"}', _platform_time(url, target.webhook_secret)
    wrong = "whsec_" + "bm90IHRoZSBzZWNyZXQgdGhhdCB5b3Ugd2VyZSBnaXZlbg=="
    for what, must, answer in (
        ("a good signature", "422 invalid_fields", _asked(url, secret, body, now)),
        ("the same message again (replay)", "422 invalid_fields", _asked(url, secret, body, now)),
        ("another secret", "401 bad_signature", _asked(url, wrong, body, now)),
        ("a body that was changed", "401 bad_signature", _asked(url, secret, body, now, sent=body + b" ")),
        ("a timestamp of 10 minutes ago", "401 timestamp_out_of_tolerance", _asked(url, secret, body, now - 600)),
        ("a timestamp in 10 minutes", "401 timestamp_out_of_tolerance", _asked(url, secret, body, now + 600)),
    ):
        yield Row("HTTP", what, must, answer, answer == must)
    skew = abs(now - time.time())
    yield Row("HTTP", "your clock is within 60 s of the platform's", "yes", f"{skew:.0f} s", skew < 60)


def _platform_time(url: str, secret: str) -> int:
    """What the refusal of a very old timestamp tells."""
    try:
        bank_reports.call("POST", url, secret, b"{}", clock=lambda: 0, attempts=1)
    except Refused as refused:
        return int(refused.problem.get("data", {}).get("platform_time", time.time()))
    except OSError:
        pass
    return int(time.time())


def _asked(url: str, secret: str, body: bytes, timestamp: int, sent: bytes | None = None) -> str:
    headers = bank_reports.sign(secret, "msg_conformance", timestamp, body)
    try:
        bank_reports.send("POST", url, body if sent is None else sent, headers)
    except Refused as refused:
        return f"{refused.status} {refused.problem.get('code')}"
    except OSError as error:
        return f"no connection: {type(error).__name__}"
    return "200"


# the table ---------------------------------------------------------------------------------------------------------


def _must(part: str, what: str, fine: bool) -> Row:
    return Row(part, what, "yes", "yes" if fine else "no", fine)


def table(rows: list[Row]) -> str:
    """For people; may be pasted."""
    marks = {True: "ok", False: "WRONG", None: "-"}
    lines = [("", "", "must be", "is", "")]
    lines += [(row.part, row.what, row.must, row.seen, marks[row.ok]) for row in rows]
    widths = [max(len(line[n]) for line in lines) for n in range(5)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )
