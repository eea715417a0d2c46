"""The events of the platform as an AsyncAPI 3.0 document: who publishes what, what is in it, and who listens.

Why this module exists: partners' developers and the next engineer read a contract, not the classes. The
document is made from the classes and from the ``@on`` decorators, so it cannot say anything else than the
code does.

Takes what :mod:`services.chassis.docs` has found; imports no service, no Nameko and no broker library.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from services.chassis.events import CONTENT_TYPE, Event, json_schema

# The version of this document's layout; each event's own version is part of its name.
_LAYOUT_VERSION = "1.0.0"

_ABOUT = """\
Every message is a CloudEvents 1.0 document in plain JSON, persistent, and published with confirms from the
owner's outbox. It comes at least once: a consumer remembers the ids it has handled. `aggregateversion` grows
with every change of the aggregate that `subject` names: a consumer ignores what is older than what it has.

A field may be added with a default; anything else is a new event with a higher version, published beside the
old one until nobody listens to that. Consumers ignore fields they do not know.
"""

_ENVELOPE: dict[str, Any] = {
    "type": "object",
    "required": [
        "specversion",
        "id",
        "source",
        "type",
        "subject",
        "time",
        "datacontenttype",
        "aggregateversion",
        "data",
    ],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "format": "uuid", "description": "UUIDv7; the same for every delivery."},
        "source": {"type": "string", "description": "`zhiyuan/` and the service that owns the event."},
        "type": {"type": "string", "description": "The event and its version; also the routing key."},
        "subject": {"type": "string", "description": "The id of the aggregate."},
        "time": {"type": "string", "format": "date-time", "description": "When it happened, in UTC."},
        "datacontenttype": {"const": "application/json"},
        "traceparent": {"type": "string", "description": "W3C trace context of the request behind it."},
        "aggregateversion": {"type": "integer", "description": "The aggregate's version after the change."},
        "restated": {
            "type": "boolean",
            "description": "True: told before, told again for copies that were lost. State, and no news.",
        },
        "data": {"type": "object"},
    },
}


@dataclass(frozen=True, slots=True, order=True)
class Subscription:
    """A handler of a service that listens to one event class."""

    service: str
    handler: str
    event_key: str

    @property
    def queue(self) -> str:
        """The durable queue that belongs to the handler."""
        return f"{self.service}.{self.handler}"


def key_of(event_class: type[Event]) -> str:
    """The name of an event in the document: ``identity.volunteer.registered.v1``."""
    return f"{event_class.source()}.{event_class.wire_type()}"


def subscriptions_of(service_class: type[Any]) -> Iterator[Subscription]:
    """What the ``@on`` methods of a service class listen to."""
    for handler, method in inspect.getmembers(service_class):
        for event_class in getattr(method, "subscribed_to", ()):
            yield Subscription(service_class.name, handler, key_of(event_class))


def document(events: Iterable[type[Event]], subscriptions: Sequence[Subscription]) -> dict[str, Any]:
    """The whole AsyncAPI document, in a stable order."""
    ordered = sorted(events, key=key_of)
    operations = {f"publish-{key_of(event_class)}": _send(event_class) for event_class in ordered}
    operations |= {f"{s.queue}-{s.event_key}": _receive(s) for s in sorted(subscriptions)}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Zhiyuan (志愿): events", "version": _LAYOUT_VERSION, "description": _ABOUT},
        "defaultContentType": CONTENT_TYPE,
        "channels": {
            key_of(event_class): _channel(event_class, _queues(subscriptions, key_of(event_class)))
            for event_class in ordered
        },
        "operations": operations,
        "components": {
            "messages": {key_of(event_class): _message(event_class) for event_class in ordered},
            "schemas": {
                "CloudEvent": _ENVELOPE,
                **{key_of(event_class): json_schema(event_class) for event_class in ordered},
            },
        },
    }


def _queues(subscriptions: Sequence[Subscription], event_key: str) -> list[str]:
    return sorted(s.queue for s in subscriptions if s.event_key == event_key)


def _channel(event_class: type[Event], queues: Sequence[str]) -> dict[str, Any]:
    listeners = ", ".join(queues) if queues else "nobody yet"
    kept = "kept in the outbox until a queue is bound" if event_class.mandatory else "dropped if nobody listens"
    return {
        "address": event_class.wire_type(),
        "description": f"Published by {event_class.source()}, {kept}. Listening: {listeners}.",
        "messages": {event_class.__name__: {"$ref": f"#/components/messages/{key_of(event_class)}"}},
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {
                    "name": event_class.exchange(),
                    "type": "topic",
                    "durable": True,
                    "autoDelete": False,
                },
                "bindingVersion": "0.3.0",
            }
        },
    }


def _message(event_class: type[Event]) -> dict[str, Any]:
    return {
        "name": event_class.wire_type(),
        "title": event_class.__name__,
        "summary": inspect.getdoc(event_class) or "",
        "contentType": CONTENT_TYPE,
        "payload": {
            "allOf": [
                {"$ref": "#/components/schemas/CloudEvent"},
                {
                    "type": "object",
                    "properties": {
                        "source": {"const": f"zhiyuan/{event_class.source()}"},
                        "type": {"const": event_class.wire_type()},
                        "subject": {"description": f"`data.{event_class.subject_field}`"},
                        "data": {"$ref": f"#/components/schemas/{key_of(event_class)}"},
                    },
                },
            ]
        },
    }


def _send(event_class: type[Event]) -> dict[str, Any]:
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{key_of(event_class)}"},
        "tags": [{"name": event_class.source()}],
        "bindings": {"amqp": {"deliveryMode": 2, "mandatory": event_class.mandatory, "bindingVersion": "0.3.0"}},
    }


def _receive(subscription: Subscription) -> dict[str, Any]:
    return {
        "action": "receive",
        "channel": {"$ref": f"#/channels/{subscription.event_key}"},
        "summary": f"From the durable queue {subscription.queue}.",
        "tags": [{"name": subscription.service}],
        "bindings": {"amqp": {"ack": True, "bindingVersion": "0.3.0"}},
    }
