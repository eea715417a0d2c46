"""``./dev secrets``: makes, once, the secrets with which ``docker compose up`` runs.

    .env                                      what docker-compose.yml passes on, each process its own part
    deploy/compose/generated/definitions.json the broker's users (hashed), vhosts, permissions, policies, banks' queues
    deploy/compose/generated/<bank>.jwk       a bank's private key, for whoever plays the bank

Why this module exists: a password that stands in the repository is everybody's. The secrets come from the same code
as those of ``./dev up``. What exists is never overwritten: the data volumes were made with it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from deploy.local.credentials import Credentials, make
from deploy.local.layout import ROOT
from deploy.local.topology import BANKS, PARTNER_VHOST, SERVICES_VHOST, definitions


def write(root: Path) -> bool:
    """Write the files below ``root``; False if they are there already."""
    environment, generated = root / ".env", root / "deploy" / "compose" / "generated"
    if environment.exists():
        return False
    credentials = make()
    generated.mkdir(parents=True, exist_ok=True)
    users = {name: password for name, password in credentials["broker_users"].items() if name != "test-admin"}
    broker = definitions(users, queue_type="quorum")
    (generated / "definitions.json").write_text(json.dumps(broker, indent=1))
    for bank in BANKS:
        _write_secret(generated / f"{bank}.jwk", json.dumps(credentials["bank_keys"][bank]["private"]))
    lines = [f"{name}='{value}'\n" for name, value in variables(credentials).items()]
    _write_secret(environment, "# Made by ./dev secrets. Keep it out of the repository.\n" + "".join(lines))
    return True


def variables(credentials: Credentials) -> dict[str, str]:
    """What docker-compose.yml interpolates."""
    users = credentials["broker_users"]
    public_keys = {bank: keys["public"] for bank, keys in credentials["bank_keys"].items()}
    return {
        "POSTGRES_PASSWORD": credentials["database_superuser"],
        **{f"ZHIYUAN_DATABASE_PASSWORD_{name.upper()}": p for name, p in credentials["database_roles"].items()},
        "ZHIYUAN_AMQP_URL": _broker_url("zhiyuan", users["zhiyuan"], SERVICES_VHOST),
        "ZHIYUAN_PARTNER_AMQP_URL": _broker_url("card-exchange", users["card-exchange"], PARTNER_VHOST),
        "ZHIYUAN_CONTEXT_KEYS": credentials["context_keys"],
        "ZHIYUAN_CURSOR_KEYS": credentials["cursor_keys"],
        "ZHIYUAN_FIELD_KEYS": credentials["field_keys"],
        "ZHIYUAN_MESSAGE_KEYS": credentials["message_keys"],
        "ZHIYUAN_ACTIVITY_KEYS": credentials["activity_keys"],
        "ZHIYUAN_ATTENDANCE_CODE_KEYS": credentials["attendance_code_keys"],
        "ZHIYUAN_CARD_KEYS": credentials["card_keys"],
        "ZHIYUAN_BLIND_INDEX_KEY": credentials["blind_index_key"],
        "ZHIYUAN_TOKEN_PRIVATE_KEY": credentials["token_private_key"],
        "ZHIYUAN_TOKEN_PUBLIC_KEYS": credentials["token_public_keys"],
        "ZHIYUAN_PARTNER_PUBLIC_KEYS": json.dumps(public_keys),
        "ZHIYUAN_PARTNER_WEBHOOK_SECRETS": json.dumps(credentials["webhook_secrets"]),
        "ZHIYUAN_WECHAT_PUSH_TOKEN": credentials["wechat_push_token"],
        **{f"ZHIYUAN_{name.upper()}_CALLBACK_SECRET": s for name, s in credentials["callback_secrets"].items()},
        "ZHIYUAN_PLATFORM_ADMIN_ACCOUNT": credentials["platform_admin"]["account"],
        "ZHIYUAN_PLATFORM_ADMIN_PASSWORD": credentials["platform_admin"]["password"],
        "GRAFANA_ADMIN_PASSWORD": credentials["grafana_admin"],
    }


def _broker_url(user: str, password: str, vhost: str) -> str:
    return f"amqp://{user}:{password}@rabbitmq:5672/{vhost}"


def _write_secret(file: Path, text: str) -> None:
    file.touch(0o600)
    file.write_text(text)


if __name__ == "__main__":
    made = write(ROOT)
    print(".env and deploy/compose/generated/ are made" if made else ".env is there already; nothing was changed")
    sys.exit(0)
