"""The broker as it must be before anything starts: vhosts, users, permissions, and the banks' queues.

Why this module exists: the services declare their own queues in their own vhost; a bank may declare nothing. What a
bank reaches is made here, once, for the private broker and for ``deploy/rabbitmq/definitions.json`` (compose) alike:
it can read its own queue and write to its own exchange, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

SERVICES = ("identity", "organization", "activity", "attendance", "card", "notify")
BANKS = ("boc", "ceb")
SERVICES_VHOST = "zhiyuan"
PARTNER_VHOST = "zhiyuan-partner"
APPLICATIONS_EXCHANGE = "partner.applications"
STATUSES_QUEUE = "partner.statuses"


def applications_queue(bank: str) -> str:
    """The queue from which ``bank`` takes its applications."""
    return f"partner.{bank}.applications"


def statuses_exchange(bank: str) -> str:
    """The exchange to which ``bank`` reports, if it reports over AMQP. It alone may: so it tells who speaks."""
    return f"partner.{bank}.statuses"


def definitions(passwords: Mapping[str, str], *, queue_type: str = "classic") -> dict[str, Any]:
    """RabbitMQ's definitions; ``passwords`` by user name: ``zhiyuan``, ``card-exchange``, ``bank-<code>`` …"""
    administrators = {"zhiyuan", "test-admin"}
    return {
        "users": [
            {
                "name": name,
                "password_hash": password_hash(password),
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": ["administrator"] if name == "test-admin" else [],
            }
            for name, password in passwords.items()
        ],
        "vhosts": [{"name": SERVICES_VHOST}, {"name": PARTNER_VHOST}],
        "permissions": [
            *(_permission(name, SERVICES_VHOST, ".*", ".*", ".*") for name in passwords if name in administrators),
            *(_permission("test-admin", PARTNER_VHOST, ".*", ".*", ".*") for _ in range("test-admin" in passwords)),
            _permission("card-exchange", PARTNER_VHOST, "", r"partner\.applications", r"partner\.statuses"),
            *(
                _permission(
                    f"bank-{bank}",
                    PARTNER_VHOST,
                    "",
                    rf"partner\.{bank}\.statuses",
                    rf"partner\.{bank}\.applications",
                )
                for bank in BANKS
            ),
        ],
        "exchanges": [
            _exchange(APPLICATIONS_EXCHANGE, "direct"),
            *(_exchange(statuses_exchange(bank), "fanout") for bank in BANKS),
        ],
        "queues": [
            *(_queue(applications_queue(bank), queue_type) for bank in BANKS),
            _queue(STATUSES_QUEUE, queue_type),
        ],
        "bindings": [
            *(_binding(APPLICATIONS_EXCHANGE, applications_queue(bank), bank) for bank in BANKS),
            *(_binding(statuses_exchange(bank), STATUSES_QUEUE, "") for bank in BANKS),
        ],
        "policies": _policies() if queue_type == "quorum" else [],
        "parameters": [],
        "global_parameters": [],
    }


def definitions_file() -> str:
    """``deploy/rabbitmq/definitions.json``: the same without secrets. Nobody can log in until an operator says how."""
    users = ("zhiyuan", "card-exchange", *(f"bank-{bank}" for bank in BANKS))
    document = definitions(dict.fromkeys(users, ""), queue_type="quorum")
    for user in document["users"]:
        user["password_hash"] = ""
    return json.dumps(document, indent=1) + "\n"


def _policies() -> list[dict[str, Any]]:
    """How often a quorum queue delivers what nobody acknowledges (a message that kills its process), and what then."""
    rpc = {"delivery-limit": 5}  # its caller has given up long before
    parking = {"delivery-limit": 1_000_000}  # a look at it counts as a delivery, and nothing may be lost here
    events = {
        name: {
            "delivery-limit": 20,
            "dead-letter-exchange": "",
            "dead-letter-routing-key": f"{name}.parked",
            "dead-letter-strategy": "at-least-once",
            "overflow": "reject-publish",
        }
        for name in SERVICES
    }
    return [
        _policy("rpc", "^rpc-", rpc),
        _policy("parking", r"^[a-z]+\.parked$", parking),
        # a bank that reconnects, or looks and stops, has lost nothing: RabbitMQ 4 would drop at the 20th delivery
        _policy("partner", r"^partner\.", parking, PARTNER_VHOST),
        *(_policy(f"{name}-events", rf"^{name}\.(?!parked$)", definition) for name, definition in events.items()),
    ]


def _policy(name: str, pattern: str, definition: dict[str, Any], vhost: str = SERVICES_VHOST) -> dict[str, Any]:
    return {
        "name": name,
        "vhost": vhost,
        "pattern": pattern,
        "apply-to": "queues",
        "priority": 0,
        "definition": definition,
    }


def password_hash(password: str) -> str:
    """RabbitMQ's salted SHA-256 form of ``password``."""
    salt = secrets.token_bytes(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def _permission(user: str, vhost: str, configure: str, write: str, read: str) -> dict[str, str]:
    anchored = {k: f"^{v}$" if v else "^$" for k, v in (("configure", configure), ("write", write), ("read", read))}
    return {"user": user, "vhost": vhost, **anchored}


def _exchange(name: str, kind: str) -> dict[str, Any]:
    return {
        "name": name,
        "vhost": PARTNER_VHOST,
        "type": kind,
        "durable": True,
        "auto_delete": False,
        "internal": False,
        "arguments": {},
    }


def _queue(name: str, queue_type: str) -> dict[str, Any]:
    arguments = {"x-queue-type": "quorum"} if queue_type == "quorum" else {}
    return {
        "name": name,
        "vhost": PARTNER_VHOST,
        "durable": True,
        "auto_delete": False,
        "arguments": arguments,
    }


def _binding(source: str, destination: str, routing_key: str) -> dict[str, Any]:
    return {
        "source": source,
        "vhost": PARTNER_VHOST,
        "destination": destination,
        "destination_type": "queue",
        "routing_key": routing_key,
        "arguments": {},
    }
