"""Stands in for identity in ``cards_bench``: seals whatever it is asked to, for the keys in the environment.

The bench is about what passes between card and the banks; a million certificates on file would only delay it.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any

import orjson
import pika

from services.chassis.recipients import RecipientKeys

APPLICANT = {
    "name": "测试者",
    "cert_type": "passport",
    "cert_no": "E00000000",
    "phone": "13900000000",
    "birth_date": "1990-01-01",
}


def main() -> None:
    """Until killed."""
    keys = RecipientKeys.parse(os.environ["ZHIYUAN_PARTNER_PUBLIC_KEYS"])
    channel = pika.BlockingConnection(pika.URLParameters(os.environ["ZHIYUAN_AMQP_URL"])).channel()
    channel.exchange_declare("nameko-rpc", exchange_type="topic", durable=True)
    queue = channel.queue_declare("", exclusive=True).method.queue
    channel.queue_bind(queue, "nameko-rpc", "identity.seal_for_partner")
    for _, properties, body in channel.consume(queue, auto_ack=True):
        channel.basic_publish("nameko-rpc", properties.reply_to, _answer(keys, body), _reply_to(properties))


def _answer(keys: RecipientKeys, body: bytes) -> bytes:
    (asked,) = orjson.loads(body)["args"]
    document = {**asked["document"], "applicant": APPLICANT}
    return orjson.dumps({"result": {"jwe": keys.seal(asked["partner"], document, datetime.now(UTC))}, "error": None})


def _reply_to(properties: Any) -> pika.BasicProperties:
    return pika.BasicProperties(
        correlation_id=properties.correlation_id, content_type="application/json", content_encoding="utf-8"
    )


if __name__ == "__main__":
    main()
