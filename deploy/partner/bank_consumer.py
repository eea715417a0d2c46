"""A bank's side of the exchange, as small as it can be and still right. README.md beside it explains the why.

    export BANK_AMQP_URL=amqps://bank-boc:…@host/zhiyuan-partner  BANK_QUEUE=partner.boc.applications
    export BANK_KEY_FILE=boc.jwk  BANK_BASE_URL=https://…  BANK_WEBHOOK_SECRET=whsec_…
    python bank_consumer.py receive
    python bank_consumer.py report ZY20260000000152 contacted
    python bank_consumer.py report ZY20260000000152 rejected --reason 证件已过期

Needs Python 3.10, pika and joserfc. As a library: :func:`messages`, :func:`applications` and :func:`report`.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import logging
import os
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Generator, Mapping, MutableSet
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pika
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pika.exceptions import AMQPConnectionError, AMQPError

APPLICATION = "card.application.v1"
CANCELLATION = "card.cancellation.v1"
GROUP_VISIT = "card.group_visit.v1"

_PREFETCH = 20
_LONGEST_PAUSE = 30.0

log = logging.getLogger("bank_consumer")


@dataclass(frozen=True)
class Message:
    """One message. ``document`` is what was sealed for the bank; a cancellation has none."""

    id: str
    type: str
    application_no: str | None
    document: dict[str, Any] | None


class CannotOpen(Exception):
    """The message was sealed for a key that is not here. It stays in the queue."""


class Refused(Exception):
    """The platform refused a report; ``problem`` says why (``code``, ``detail``)."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('code')}: {problem.get('detail')}")
        self.status = status
        self.problem = problem


def load_keys(path: str | Path) -> dict[str, Any]:
    """The private key of a file: one JWK, or a JWK set while keys change."""
    return dict(json.loads(Path(path).read_text()))


# receiving --------------------------------------------------------------------------------------------------------


def messages(
    amqp_url: str, queue: str, key: Mapping[str, Any], *, idle_seconds: float | None = None
) -> Generator[Message, None, None]:
    """Every message, decrypted. Asking for the next one acknowledges the one before.

    So handle a message completely (write it to your database) before you go on: what is not acknowledged when the
    process dies, the loop is left, or the connection is lost, comes again. With ``idle_seconds`` the iterator ends when
    nothing came for so long; without, it goes on for ever and reconnects by itself.
    """
    keys = KeySet.import_key_set(dict(key) if "keys" in key else {"keys": [dict(key)]})  # type: ignore[arg-type]
    pause = 1.0
    while True:
        try:
            connection = pika.BlockingConnection(pika.URLParameters(amqp_url))
        except AMQPConnectionError:
            log.warning("the broker is away; trying again in %.0f s", pause)
            time.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
            continue
        pause = 1.0
        try:
            channel = connection.channel()
            channel.basic_qos(prefetch_count=_PREFETCH)
            for method, properties, body in channel.consume(queue, inactivity_timeout=idle_seconds):
                if method is None:
                    return
                yield _opened(properties, body, keys)
                channel.basic_ack(method.delivery_tag)
        except AMQPError as lost:
            log.warning("the connection was lost (%s); what was not acknowledged comes again", type(lost).__name__)
        finally:
            if connection.is_open:
                connection.close()


def applications(
    amqp_url: str,
    queue: str,
    key: Mapping[str, Any],
    *,
    seen: MutableSet[str] | None = None,
    idle_seconds: float | None = None,
) -> Generator[dict[str, Any], None, None]:
    """The decrypted applications, each number once; other messages are passed over (a bank handles them all).

    ``seen`` holds the numbers that were handled. A set in memory forgets them with the process: a bank keeps them in
    its database, under a unique key, in the transaction that stores the application.
    """
    seen = set() if seen is None else seen
    for message in messages(amqp_url, queue, key, idle_seconds=idle_seconds):
        if message.type != APPLICATION or message.document is None or message.application_no is None:
            log.info("passed over: %s %s", message.type, message.id)
        elif message.application_no not in seen:
            yield message.document
            seen.add(message.application_no)


def _opened(properties: Any, body: bytes, keys: KeySet) -> Message:
    envelope = json.loads(body)
    document = None
    if "jwe" in envelope:
        try:
            document = json.loads(jwe.decrypt_compact(envelope["jwe"], keys).plaintext or b"null")
        except (JoseError, ValueError) as fault:
            raise CannotOpen(f"message {properties.message_id}: {type(fault).__name__}") from None
    return Message(envelope["id"], envelope["type"], envelope.get("application_no"), document)


# reporting --------------------------------------------------------------------------------------------------------


def sign(secret: str, webhook_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers of Standard Webhooks for these very bytes."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.digest(key, f"{webhook_id}.{timestamp}.".encode() + body, hashlib.sha256)
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
    }


def report(
    base_url: str,
    secret: str,
    application_no: str,
    status: str,
    *,
    reason: str | None = None,
    at: str | None = None,
    webhook_id: str | None = None,
    clock: Callable[[], float] = time.time,
    attempts: int = 5,
) -> dict[str, Any]:
    """Report a status; answers ``{application_no, status, changed}``, raises :class:`Refused`.

    ``at`` is when it happened (RFC 3339 with offset). What fails on the way is sent again under the same
    ``webhook_id`` with a fresh timestamp: the platform takes it once. ``clock`` gives the platform's time, in seconds;
    only a development platform, whose clock can be moved, has another than yours.
    """
    given = {"application_no": application_no, "status": status, "reason": reason, "at": at}
    body = json.dumps({name: value for name, value in given.items() if value is not None}, ensure_ascii=False).encode()
    webhook_id = webhook_id or f"msg_{uuid.uuid4().hex}"
    url = f"{base_url.rstrip('/').removesuffix('/v1')}/v1/partner/card/applications/{application_no}/status"
    for attempt in range(1, attempts + 1):
        headers = {"Content-Type": "application/json", **sign(secret, webhook_id, int(clock()), body)}
        try:
            request = urllib.request.Request(url, body, headers, method="POST")
            with urllib.request.urlopen(request, timeout=10) as answer:
                return dict(json.loads(answer.read()))
        except urllib.error.HTTPError as refused:
            problem = _problem(refused)
            if (refused.code != 429 and refused.code < 500) or attempt == attempts:
                raise Refused(refused.code, problem) from None
        except OSError:
            if attempt == attempts:
                raise
        time.sleep(min(2.0**attempt, _LONGEST_PAUSE))
    raise AssertionError("the last attempt returns or raises")


def _problem(refused: urllib.error.HTTPError) -> dict[str, Any]:
    try:
        return dict(json.loads(refused.read()))
    except ValueError:
        return {}


# the command line -------------------------------------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> int:
    """``receive`` prints numbers, never persons; ``report`` tells the platform where an application stands."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    commands = parser.add_subparsers(dest="command", required=True)
    receive = commands.add_parser("receive", help="take messages from the queue until interrupted")
    receive.add_argument("--idle-seconds", type=float, help="end when nothing came for so long")
    tell = commands.add_parser("report", help="report a status")
    tell.add_argument("application_no")
    tell.add_argument("status")
    tell.add_argument("--reason")
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    if given.command == "report":
        answer = report(
            os.environ["BANK_BASE_URL"],
            os.environ["BANK_WEBHOOK_SECRET"],
            given.application_no,
            given.status,
            reason=given.reason,
        )
        print(json.dumps(answer, ensure_ascii=False))
        return 0
    key = load_keys(os.environ["BANK_KEY_FILE"])
    for message in messages(
        os.environ["BANK_AMQP_URL"], os.environ["BANK_QUEUE"], key, idle_seconds=given.idle_seconds
    ):
        # Here a bank writes the message to its database; going on acknowledges it.
        print(message.type, message.application_no or message.id, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
