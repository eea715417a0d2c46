"""The parking queues, for a person: ``python -m services.chassis.parking list|show|replay [SERVICE] [MESSAGE]``.

Why this module exists: a message lands there because retries did not help: a bug, or data nobody expected. Someone has
to look at it, and after the mend send it back to the queue it came from. ``list`` counts, ``show`` prints, ``replay``
returns one message (by its id) or all of a service's. The broker is ``ZHIYUAN_AMQP_URL``.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from typing import Any

import orjson
import pika

SERVICES = ("identity", "organization", "activity", "attendance", "card", "notify")


def parked_messages(channel: Any, service: str) -> Iterator[tuple[Any, pika.BasicProperties, bytes]]:
    """Each parked message of ``service`` once, unacknowledged: it returns when the channel closes."""
    name = f"{service}.parked"
    for _ in range(_count(channel, service)):
        method, properties, body = channel.basic_get(name)
        if method is None:
            return
        yield method, properties, body


def replay(channel: Any, method: Any, properties: pika.BasicProperties, body: bytes) -> str:
    """Return one message to the queue it came from, as if it had never failed; answers the queue's name."""
    headers = dict(properties.headers or {})
    queue = str(headers.pop("zhiyuan-parked-from"))
    for key in ("zhiyuan-parked-reason", "zhiyuan-attempt", "x-death"):
        headers.pop(key, None)
    properties.headers = headers
    channel.basic_publish("", queue, body, properties, mandatory=True)  # confirmed: raises when it cannot be routed
    channel.basic_ack(method.delivery_tag)
    return queue


def _count(channel: Any, service: str) -> int:
    """How many are parked; the queue exists from the service's first start on."""
    return int(channel.queue_declare(f"{service}.parked", passive=True).method.message_count)


def _existing(connection: Any, services: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for service in services:
        channel = connection.channel()
        channel.confirm_delivery()
        try:
            _count(channel, service)
        except pika.exceptions.ChannelClosedByBroker:
            continue  # this service has never run here
        yield service, channel
        channel.close()


def main(arguments: list[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="dev parked", description="Messages that could not be handled.")
    parser.add_argument("action", choices=("list", "show", "replay"))
    parser.add_argument("service", nargs="?", choices=SERVICES)
    parser.add_argument("message", nargs="?", help="a message id; without it, all of the service's")
    options = parser.parse_args(arguments)
    services = (options.service,) if options.service else SERVICES
    connection = pika.BlockingConnection(pika.URLParameters(os.environ["ZHIYUAN_AMQP_URL"]))
    total = 0
    for service, channel in _existing(connection, services):
        if options.action == "list":
            count = _count(channel, service)
            total += count
            print(f"{service:14} {count}")
            continue
        for method, properties, body in parked_messages(channel, service):
            if options.message not in (None, properties.message_id):
                continue
            total += 1
            if options.action == "show":
                _print(service, properties, body)
            else:
                print(f"{properties.message_id} -> {replay(channel, method, properties, body)}")
    connection.close()
    print(f"{total} message(s)")
    return 0


def _print(service: str, properties: pika.BasicProperties, body: bytes) -> None:
    headers = dict(properties.headers or {})
    print(f"--- {service}  {properties.message_id}  from {headers.get('zhiyuan-parked-from')}")
    print(f"    {headers.get('zhiyuan-parked-reason')}")
    try:
        print(orjson.dumps(orjson.loads(body), option=orjson.OPT_INDENT_2).decode())
    except orjson.JSONDecodeError:
        print(repr(body[:2000]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
