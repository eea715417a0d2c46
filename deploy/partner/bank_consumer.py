"""A bank's side of the exchange, receiving: as small as it can be and still right. README.md explains the why.

:func:`messages` gives every message, decrypted, and acknowledges by hand; :func:`receive` puts them into a store.
Needs Python 3.10, pika and joserfc.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Generator, Mapping, MutableSet
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pika
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pika.exceptions import AMQPConnectionError, AMQPError

if TYPE_CHECKING:
    from .bank_store import Store

APPLICATION = "card.application.v1"
CANCELLATION = "card.cancellation.v1"
GROUP_VISIT = "card.group_visit.v1"

_PREFETCH = 20
_LONGEST_PAUSE = 30.0

log = logging.getLogger("bank_consumer")


@dataclass(frozen=True)
class Message:
    """One message. ``document`` is what was sealed for the bank; a cancellation has none. ``time`` is when the platform
    handed it over, and stays the same when it is replayed: its day is the day of the daily reconciliation."""

    id: str
    type: str
    time: str
    application_no: str | None
    document: dict[str, Any] | None


class CannotOpen(Exception):
    """The message was sealed for a key that is not here. It stays in the queue."""


def load_keys(path: str | Path) -> dict[str, Any]:
    """The private key of a file: one JWK, or a JWK set while keys change."""
    return dict(json.loads(Path(path).read_text()))


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
                yield opened(properties.message_id, body, keys)
                channel.basic_ack(method.delivery_tag)
        except AMQPError as lost:
            log.warning("the connection was lost (%s); what was not acknowledged comes again", type(lost).__name__)
        finally:
            if connection.is_open:
                connection.close()


def receive(
    amqp_url: str, queue: str, key: Mapping[str, Any], store: Store, *, idle_seconds: float | None = None
) -> Generator[tuple[Message, bool], None, None]:
    """Each message with whether it was new: it is in the store before the next one is asked for, so it is safe there
    before it is acknowledged, and a second time it changes nothing."""
    for message in messages(amqp_url, queue, key, idle_seconds=idle_seconds):
        yield message, store.keep(message)


def applications(
    amqp_url: str,
    queue: str,
    key: Mapping[str, Any],
    *,
    seen: MutableSet[str] | None = None,
    idle_seconds: float | None = None,
) -> Generator[dict[str, Any], None, None]:
    """The decrypted applications, each number once; other messages are passed over (a bank handles them all).

    ``seen`` holds the numbers that were handled. A set in memory forgets them with the process; ``bank_store.py`` keeps
    them.
    """
    seen = set() if seen is None else seen
    for message in messages(amqp_url, queue, key, idle_seconds=idle_seconds):
        if message.type != APPLICATION or message.document is None or message.application_no is None:
            log.info("passed over: %s %s", message.type, message.id)
        elif message.application_no not in seen:
            yield message.document
            seen.add(message.application_no)


def opened(message_id: str | None, body: bytes, keys: KeySet) -> Message:
    """The message in ``body``; raises :class:`CannotOpen`."""
    envelope = json.loads(body)
    document = None
    if "jwe" in envelope:
        try:
            document = json.loads(jwe.decrypt_compact(envelope["jwe"], keys).plaintext or b"null")
        except (JoseError, ValueError) as fault:
            raise CannotOpen(f"message {message_id}: {type(fault).__name__}") from None
    return Message(envelope["id"], envelope["type"], envelope.get("time", ""), envelope.get("application_no"), document)
