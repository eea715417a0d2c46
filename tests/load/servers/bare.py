"""The ceiling: an echo service on nothing but pika, which answers in the callback that brings the request."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import orjson
import pika
import uvloop
from pika.adapters.asyncio_connection import AsyncioConnection


def on_request(channel: Any, method: Any, properties: pika.BasicProperties, body: bytes) -> None:
    """Answer and acknowledge."""
    (request,) = orjson.loads(body)["args"]
    channel.basic_publish(
        "nameko-rpc",
        properties.reply_to,
        orjson.dumps({"result": request, "error": None}),
        pika.BasicProperties(correlation_id=properties.correlation_id, content_type="application/json"),
    )
    channel.basic_ack(method.delivery_tag)


def on_channel(channel: Any) -> None:
    """Declare what Nameko would, and consume."""
    channel.exchange_declare("nameko-rpc", exchange_type="topic", durable=True)
    channel.queue_declare("rpc-bare", durable=True)
    channel.queue_bind("rpc-bare", "nameko-rpc", "bare.*")
    channel.basic_qos(prefetch_count=50)
    channel.basic_consume("rpc-bare", on_request)


async def main() -> None:
    """Serve until killed."""
    AsyncioConnection(
        pika.URLParameters(os.environ["ZHIYUAN_AMQP_URL"]),
        on_open_callback=lambda connection: connection.channel(on_open_callback=on_channel),
    )
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main())
