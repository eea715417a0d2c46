"""A bank's side of the exchange, reporting: over HTTP, signed, or over AMQP. The ids are the same on both ways.

:func:`report` answers what the platform made of it; :class:`AmqpReporter` only that the broker has taken it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import pika
from pika.exceptions import AMQPError

STATUS = "card.status.v1"
PROBE = "card.probe.v1"

_LONGEST_PAUSE = 30.0


class Refused(Exception):
    """The platform refused a request; ``problem`` says why (``code``, ``detail``)."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('code')}: {problem.get('detail')}")
        self.status = status
        self.problem = problem


def new_id() -> str:
    """An id for a report. Keep it with the report: it is what a repetition is known by."""
    return f"msg_{uuid.uuid4().hex}"


def report_body(application_no: str, status: str, reason: str | None = None, at: str | None = None) -> bytes:
    """The body of a report, the same over HTTP and AMQP. ``at`` is when it happened (RFC 3339 with offset)."""
    given = {"application_no": application_no, "status": status, "reason": reason, "at": at}
    return json.dumps({name: value for name, value in given.items() if value is not None}, ensure_ascii=False).encode()


# over HTTP --------------------------------------------------------------------------------------------------------


def sign(secret: str, webhook_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers of Standard Webhooks for these very bytes; a request without a body signs its path."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.digest(key, f"{webhook_id}.{timestamp}.".encode() + body, hashlib.sha256)
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
    }


def call(
    method: str,
    url: str,
    secret: str,
    body: bytes = b"",
    *,
    webhook_id: str | None = None,
    clock: Callable[[], float] = time.time,
    attempts: int = 5,
) -> dict[str, Any]:
    """A signed request; raises :class:`Refused`.

    What fails on the way is sent again under the same ``webhook_id`` with a fresh timestamp: the platform takes it
    once. ``clock`` gives the platform's time, in seconds; only a development platform, whose clock can be moved, has
    another than yours.
    """
    webhook_id = webhook_id or new_id()
    for attempt in range(1, attempts + 1):
        headers = sign(secret, webhook_id, int(clock()), body or urlsplit(url).path.encode())
        try:
            return send(method, url, body, headers)
        except Refused as refused:
            if (refused.status != 429 and refused.status < 500) or attempt == attempts:
                raise
        except OSError:
            if attempt == attempts:
                raise
        time.sleep(min(2.0**attempt, _LONGEST_PAUSE))
    raise AssertionError("the last attempt returns or raises")


def send(method: str, url: str, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    """One request with these headers; raises :class:`Refused`, or ``OSError`` if there was no answer."""
    request = urllib.request.Request(url, body or None, {"Content-Type": "application/json", **headers}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return dict(json.loads(answer.read()))
    except urllib.error.HTTPError as refused:
        raise Refused(refused.code, _problem(refused)) from None


def address(base_url: str, path: str) -> str:
    """``base_url`` with or without ``/v1``, and a path below that."""
    return f"{base_url.rstrip('/').removesuffix('/v1')}/v1{path}"


def report(
    base_url: str,
    secret: str,
    application_no: str,
    status: str,
    *,
    reason: str | None = None,
    at: str | None = None,
    **how: Any,
) -> dict[str, Any]:
    """Report a status; answers ``{application_no, status, changed}``. ``how`` as :func:`call` takes it."""
    url = address(base_url, f"/partner/card/applications/{application_no}/status")
    return call("POST", url, secret, report_body(application_no, status, reason, at), **how)


def _problem(refused: urllib.error.HTTPError) -> dict[str, Any]:
    try:
        return dict(json.loads(refused.read()))
    except ValueError:
        return {}


# over AMQP --------------------------------------------------------------------------------------------------------


class AmqpReporter:
    """Publishes reports to the bank's own exchange, each confirmed by the broker; connects again when it must."""

    def __init__(self, amqp_url: str, bank: str) -> None:
        self._parameters = pika.URLParameters(amqp_url)
        self._exchange = f"partner.{bank}.statuses"
        self._channel: Any = None

    def send(self, message_id: str, body: bytes, *, type: str = STATUS, attempts: int = 5) -> None:
        """Returns once the broker has it, kept on disk. After a failure send the same again under the same id."""
        properties = pika.BasicProperties(
            message_id=message_id, type=type, content_type="application/json", delivery_mode=2
        )
        for attempt in range(1, attempts + 1):
            try:
                if self._channel is None:
                    self._channel = pika.BlockingConnection(self._parameters).channel()
                    self._channel.confirm_delivery()
                self._channel.basic_publish(self._exchange, "", body, properties, mandatory=True)
                return
            except (AMQPError, OSError):
                self._channel = None
                if attempt == attempts:
                    raise
                time.sleep(min(2.0**attempt, _LONGEST_PAUSE))

    def close(self) -> None:
        """Close the connection."""
        if self._channel is not None and self._channel.connection.is_open:
            self._channel.connection.close()
