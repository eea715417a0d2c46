"""The process table: every process of the platform, and just those settings that it reads.

Why this module exists: least privilege starts here. Only identity is given the key of the certificates, only card the
vhost of the banks. ``docker-compose.yml`` says the same for containers; a test compares the two.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from deploy.local.credentials import Credentials
from deploy.local.layout import Layout
from deploy.local.postgres import service_url
from deploy.local.topology import SERVICES


@dataclass(frozen=True)
class Addresses:
    """Where broker and database are."""

    amqp_url: str
    partner_amqp_url: str
    database_admin_url: str


@dataclass(frozen=True)
class ProcessSpec:
    """One supervised process. ``group`` is ``platform`` or ``infrastructure``."""

    name: str
    command: list[str]
    environment: dict[str, str]
    ops_port: int


def service_environment(service: str, layout: Layout, credentials: Credentials, addresses: Addresses) -> dict[str, str]:
    """What the processes of ``service`` (and its jobs) read, the ops port aside."""
    url = service_url(addresses.database_admin_url, service, credentials["database_roles"][service])
    common = {
        "ZHIYUAN_ENVIRONMENT": "development",
        "ZHIYUAN_CLOCK_FILE": str(layout.clock),
        "ZHIYUAN_AMQP_URL": addresses.amqp_url,
        "ZHIYUAN_DATABASE_URL": url,
        "ZHIYUAN_CONTEXT_KEYS": credentials["context_keys"],
        "ZHIYUAN_CURSOR_KEYS": credentials["cursor_keys"],
    }
    return common | _own_settings(service, credentials, addresses) | _providers(service, layout, credentials)


def _providers(service: str, layout: Layout, credentials: Credentials) -> dict[str, str]:
    """Notify's accounts at the simulators: ``ZHIYUAN_SMS_PROVIDERS=tencent:3,aliyun:1 ./dev up`` is enough to use them.

    By itself an SMS goes into a table of notify's own (``GET /v1/dev/messages``), for the demonstration sends many.
    """
    if service != "notify":
        return {}
    address = f"http://127.0.0.1:{layout.port('ops-simulators')}"
    return {
        "ZHIYUAN_TENCENT_SECRET_ID": "simulated",
        "ZHIYUAN_TENCENT_SECRET_KEY": "simulated",
        "ZHIYUAN_TENCENT_SMS_APP_ID": "simulated",
        "ZHIYUAN_TENCENT_SMS_URL": f"{address}/tencent",
        "ZHIYUAN_ALIYUN_KEY_ID": "simulated",
        "ZHIYUAN_ALIYUN_KEY_SECRET": "simulated",
        "ZHIYUAN_ALIYUN_SMS_URL": f"{address}/aliyun",
        "ZHIYUAN_WECHAT_APP_ID": "simulated",
        "ZHIYUAN_WECHAT_APP_SECRET": "simulated",
        "ZHIYUAN_WECHAT_API_URL": f"{address}/wechat",
        **_callback_secrets(credentials),
    }


def _callback_secrets(credentials: Credentials) -> dict[str, str]:
    return {
        f"ZHIYUAN_{provider.upper()}_CALLBACK_SECRET": secret
        for provider, secret in credentials["callback_secrets"].items()
    }


def _own_settings(service: str, credentials: Credentials, addresses: Addresses) -> dict[str, str]:
    administrator = credentials["platform_admin"]
    public_keys = {bank: keys["public"] for bank, keys in credentials["bank_keys"].items()}
    own: dict[str, dict[str, str]] = {
        "identity": {
            "ZHIYUAN_FIELD_KEYS": credentials["field_keys"],
            "ZHIYUAN_BLIND_INDEX_KEY": credentials["blind_index_key"],
            "ZHIYUAN_MESSAGE_KEYS": credentials["message_keys"],
            "ZHIYUAN_TOKEN_PRIVATE_KEY": credentials["token_private_key"],
            "ZHIYUAN_PLATFORM_ADMIN_ACCOUNT": administrator["account"],
            "ZHIYUAN_PLATFORM_ADMIN_PASSWORD": administrator["password"],
            "ZHIYUAN_PARTNER_PUBLIC_KEYS": json.dumps(public_keys),
            "ZHIYUAN_CAPTCHA": "fixed",
            "ZHIYUAN_WECHAT_PROVIDER": "simulator",
            "ZHIYUAN_WECHAT_PUSH_TOKEN": credentials["wechat_push_token"],
            "ZHIYUAN_ALIPAY_PROVIDER": "simulator",
        },
        "activity": {"ZHIYUAN_ACTIVITY_KEYS": credentials["activity_keys"]},
        "attendance": {
            "ZHIYUAN_ATTENDANCE_CODE_KEYS": credentials["attendance_code_keys"],
            "ZHIYUAN_MESSAGE_KEYS": credentials["message_keys"],
        },
        "card": {
            "ZHIYUAN_CARD_KEYS": credentials["card_keys"],
            "ZHIYUAN_PARTNER_PUBLIC_KEYS": json.dumps(public_keys),
            "ZHIYUAN_PARTNER_WEBHOOK_SECRETS": json.dumps(credentials["webhook_secrets"]),
        },
        "notify": {
            "ZHIYUAN_MESSAGE_KEYS": credentials["message_keys"],
            "ZHIYUAN_SMS_PROVIDERS": os.environ.get("ZHIYUAN_SMS_PROVIDERS", "simulator"),
            "ZHIYUAN_SMS_PRICES": "simulator:0.045",
            "ZHIYUAN_QUIET_HOURS": "none",
            "ZHIYUAN_EMAIL_PROVIDER": "simulator",
            "ZHIYUAN_WECHAT_PROVIDER": "simulator",
        },
    }
    return own.get(service, {})


# What every relay reads beside its ops port; card's also takes what is handed to the banks.
_RELAY_READS = ("ZHIYUAN_ENVIRONMENT", "ZHIYUAN_AMQP_URL", "ZHIYUAN_DATABASE_URL")


# What takes the banks' messages: card's database, the banks' vhost, and no way into the services' one.
_INTAKE_READS = (
    "ZHIYUAN_ENVIRONMENT",
    "ZHIYUAN_CLOCK_FILE",
    "ZHIYUAN_DATABASE_URL",
    "ZHIYUAN_CURSOR_KEYS",
    "ZHIYUAN_CARD_KEYS",
)


def process_table(layout: Layout, credentials: Credentials, addresses: Addresses) -> list[ProcessSpec]:
    """Every process but broker and database, in the order in which they are shown."""
    table = []
    for service in SERVICES:
        environment = service_environment(service, layout, credentials, addresses)
        relay_environment = {name: environment[name] for name in _RELAY_READS}
        partner = {"ZHIYUAN_PARTNER_AMQP_URL": addresses.partner_amqp_url}
        if service == "card":
            relay_environment |= partner
        table.append(_spec(layout, service, ["services.chassis.runner", service], environment))
        table.append(_spec(layout, f"{service}-relay", ["services.chassis.relay", service], relay_environment))
        if service == "card":
            intake_environment = {name: environment[name] for name in _INTAKE_READS} | partner
            table.append(_spec(layout, "card-intake", ["services.card.partner_intake"], intake_environment))
    table.append(_spec(layout, "gateway", ["gateway"], _gateway_environment(layout, credentials, addresses)))
    table.append(_spec(layout, "simulators", ["deploy.simulators"], _simulators_environment(layout, credentials)))
    return table


def _gateway_environment(layout: Layout, credentials: Credentials, addresses: Addresses) -> dict[str, str]:
    return {
        "ZHIYUAN_ENVIRONMENT": "development",
        "ZHIYUAN_CLOCK_FILE": str(layout.clock),
        "ZHIYUAN_AMQP_URL": addresses.amqp_url,
        "ZHIYUAN_CONTEXT_KEYS": credentials["context_keys"],
        "ZHIYUAN_TOKEN_PUBLIC_KEYS": credentials["token_public_keys"],
        "ZHIYUAN_UPLOAD_DIR": str(layout.uploads),
        "ZHIYUAN_HTTP_HOST": "127.0.0.1",
        "ZHIYUAN_HTTP_PORT": str(layout.port("http")),
        # the demonstration is many people behind one address
        "ZHIYUAN_RATE_LIMIT": "60000/minute",
        "ZHIYUAN_STRICT_RATE_LIMIT": "6000/minute",
    }


def _simulators_environment(layout: Layout, credentials: Credentials) -> dict[str, str]:
    return {
        "ZHIYUAN_ENVIRONMENT": "development",
        "ZHIYUAN_CLOCK_FILE": str(layout.clock),
        "ZHIYUAN_GATEWAY_URL": f"http://127.0.0.1:{layout.port('http')}",
        "ZHIYUAN_SIMULATED_MAIL_PORT": str(layout.port("simulated-mail")),
        "ZHIYUAN_WECHAT_PUSH_TOKEN": credentials["wechat_push_token"],
        **_callback_secrets(credentials),
    }


def _spec(layout: Layout, name: str, module: list[str], environment: Mapping[str, str]) -> ProcessSpec:
    port = layout.port(f"ops-{name}")
    return ProcessSpec(
        name=name,
        command=[sys.executable, "-m", *module],
        environment={**environment, "ZHIYUAN_OPS_PORT": str(port)},
        ops_port=port,
    )
