"""The AsyncAPI document for those outside the platform, made from the ``partner_messages`` of the services.

Why this module exists: a partner's engineer needs the few messages that pass between the two, on the vhost that they
can reach, and nothing of what services tell each other (``asyncapi.py``). What is sealed has a schema, too: it is what
the partner's program reads.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from services.chassis.events import json_schema


@dataclass(frozen=True, kw_only=True)
class PartnerMessage:
    """The base of every message. ``wire_type`` ends with its version; a changed meaning is another version. ``sealed``
    is the document in ``jwe``. ``from_partner``: they publish it; the type is then an AMQP property, as
    ``message_id`` is."""

    wire_type: ClassVar[str]
    sealed: ClassVar[type[Any] | None] = None
    from_partner: ClassVar[bool] = False


_ABOUT = """\
What passes between the platform and a partner over AMQP, on a vhost of their own. Queues and exchanges exist already;
a partner declares nothing. Messages are persistent JSON and come at least once: what was handled is known by `id`
(`message_id` of what a partner publishes). Pass over types and fields that you do not know: new ones are added, old
ones never change their meaning. `jwe` is a compact JWE, ECDH-ES+A256KW with A256GCM, for the key that `kid` names.
deploy/partner/README.md is the page to read first.
"""


def document(messages: Sequence[type[PartnerMessage]]) -> dict[str, Any]:
    """The whole document, in a stable order."""
    ordered = sorted(messages, key=lambda message: message.wire_type)
    sealed = {message.sealed.__name__: json_schema(message.sealed) for message in ordered if message.sealed}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Zhiyuan (志愿): messages of partners", "version": "1.0.0", "description": _ABOUT},
        "defaultContentType": "application/json",
        "channels": {
            "applications": _channel(
                "partner.{bank}.applications", "The partner's queue: consume it.", _of(ordered, from_partner=False)
            ),
            "statuses": _channel(
                "partner.{bank}.statuses", "The partner's exchange: publish to it.", _of(ordered, from_partner=True)
            ),
        },
        "operations": {
            "receive-applications": {"action": "receive", "channel": {"$ref": "#/channels/applications"}},
            "report-statuses": {"action": "send", "channel": {"$ref": "#/channels/statuses"}},
        },
        "components": {
            "messages": {message.wire_type: _message(message) for message in ordered},
            "schemas": {**{message.wire_type: schema_of(message) for message in ordered}, **sealed},
        },
    }


def schema_of(message: type[PartnerMessage]) -> dict[str, Any]:
    """The JSON Schema of a message's body; what it says of its type is said exactly."""
    schema = json_schema(message)
    if not message.from_partner:
        schema["properties"] = {"type": {"const": message.wire_type}, **schema["properties"]}
        schema["required"] = ["type", *schema["required"]]
    if message.sealed is not None:
        schema["properties"]["jwe"]["description"] = f"Sealed in it: {message.sealed.__name__}."
    return schema


def _of(messages: Sequence[type[PartnerMessage]], *, from_partner: bool) -> list[type[PartnerMessage]]:
    return [message for message in messages if message.from_partner is from_partner]


def _channel(address: str, description: str, messages: Sequence[type[PartnerMessage]]) -> dict[str, Any]:
    return {
        "address": address,
        "description": description,
        "parameters": {"bank": {"description": "The partner's code, as in its account's name."}},
        "messages": {message.__name__: {"$ref": f"#/components/messages/{message.wire_type}"} for message in messages},
    }


def _message(message: type[PartnerMessage]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": message.wire_type,
        "title": message.__name__,
        "summary": " ".join((inspect.getdoc(message) or "").split()),
        "contentType": "application/json",
        "payload": {"$ref": f"#/components/schemas/{message.wire_type}"},
    }
    if message.from_partner:
        described["bindings"] = {"amqp": {"messageType": message.wire_type, "bindingVersion": "0.3.0"}}
    return described
