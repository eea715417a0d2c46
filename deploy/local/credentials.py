"""Keys and passwords of a development platform: made once, kept in ``.run/secrets.json`` for the owner alone."""

from __future__ import annotations

import base64
import json
import secrets
from typing import Any

from joserfc.jwk import ECKey, OKPKey

from deploy.local.layout import Layout
from deploy.local.topology import BANKS, SERVICES

Credentials = dict[str, Any]


def load_or_make(layout: Layout) -> Credentials:
    """The platform's secrets; the banks' private keys are written beside, as files of their own.

    What was made once stays; what the code has come to need since is added.
    """
    known: Credentials = json.loads(layout.secrets.read_text()) if layout.secrets.exists() else {}
    wanted = make()
    if _names(wanted) <= _names(known):
        return known
    for name, value in wanted.items():
        known[name] = {**value, **known.get(name, {})} if isinstance(value, dict) else known.get(name, value)
    for bank in BANKS:
        key_file = layout.partner / f"{bank}.jwk"
        key_file.touch(0o600)
        key_file.write_text(json.dumps(known["bank_keys"][bank]["private"]))
    layout.secrets.touch(0o600)
    layout.secrets.write_text(json.dumps(known, indent=1))
    return known


def _names(credentials: Credentials) -> set[tuple[str, str]]:
    """What there is a secret for, two levels deep."""
    return {
        (name, inner) for name, value in credentials.items() for inner in (value if isinstance(value, dict) else "-")
    }


def make() -> Credentials:
    """New secrets for a whole platform."""
    token_key = OKPKey.generate_key("Ed25519", {"kid": "token-1", "use": "sig"})
    bank_keys = {bank: ECKey.generate_key("P-256", {"kid": f"{bank}-1", "use": "enc"}) for bank in BANKS}
    return {
        "context_keys": _key_ring("context-1"),
        "cursor_keys": _key_ring("cursor-1"),
        "field_keys": _key_ring("field-1"),
        "message_keys": _key_ring("message-1"),
        "attendance_code_keys": _key_ring("code-1"),
        "activity_keys": _key_ring("activity-1"),
        "card_keys": _key_ring("card-1"),
        "blind_index_key": base64.b64encode(secrets.token_bytes(32)).decode(),
        "token_private_key": json.dumps(token_key.as_dict(private=True)),
        "token_public_keys": json.dumps({"keys": [token_key.as_dict(private=False)]}),
        "bank_keys": {
            bank: {"private": key.as_dict(private=True), "public": key.as_dict(private=False)}
            for bank, key in bank_keys.items()
        },
        "wechat_push_token": secrets.token_hex(16),
        "callback_secrets": {name: secrets.token_hex(16) for name in ("tencent", "aliyun")},
        "webhook_secrets": {bank: "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode() for bank in BANKS},
        "platform_admin": {"account": "platform-admin", "password": secrets.token_urlsafe(12)},
        "grafana_admin": secrets.token_urlsafe(12),
        "database_superuser": secrets.token_urlsafe(18),
        "database_roles": {name: secrets.token_urlsafe(18) for name in SERVICES},
        "broker_users": {
            name: secrets.token_urlsafe(18)
            for name in ("zhiyuan", "card-exchange", "test-admin", *(f"bank-{b}" for b in BANKS))
        },
    }


def _key_ring(kid: str) -> str:
    return f"{kid}:{base64.b64encode(secrets.token_bytes(32)).decode()}"
