"""A private RabbitMQ node: a foreground command for the supervisor, its files, and how to tell that it is there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pika

from deploy.local.layout import Layout
from deploy.local.packages import RABBITMQ_SERVER
from deploy.local.topology import definitions


class Broker:
    """One node with its own data, its own name server (epmd) and its own ports."""

    def __init__(self, layout: Layout, passwords: Mapping[str, str]) -> None:
        self._layout = layout
        self._home = layout.rabbitmq
        self._passwords = dict(passwords)
        self.port = layout.port("amqp")
        self._distribution = layout.port("amqp-distribution")
        self._epmd = layout.port("epmd")

    def prepare(self) -> None:
        """Write configuration and definitions; the node loads them at every start."""
        (self._home / "definitions.json").write_text(json.dumps(definitions(self._passwords), indent=1))
        (self._home / "rabbitmq-env.conf").touch()
        (self._home / "enabled_plugins").write_text("[].\n")
        (self._home / "rabbitmq.conf").write_text(
            f"listeners.tcp.local = 127.0.0.1:{self.port}\n"
            f"load_definitions = {self._home / 'definitions.json'}\n"
            "loopback_users = none\n"
            "log.console = true\n"
            "log.console.level = warning\n"
            "log.file = false\n"
            "disk_free_limit.absolute = 50MB\n"
        )

    @property
    def name_server_command(self) -> list[str]:
        """Erlang's name server, supervised, so that ``down`` leaves nothing behind."""
        return ["epmd", "-port", str(self._epmd), "-address", "127.0.0.1"]

    @property
    def command(self) -> list[str]:
        """The node, in the foreground."""
        return [str(RABBITMQ_SERVER)]

    @property
    def environment(self) -> dict[str, str]:
        """What the node's scripts read."""
        return {
            "HOME": str(self._home),
            # no host name: that of a bare machine may not resolve, and it may change under the data
            "RABBITMQ_NODENAME": "zhiyuan@localhost",
            "RABBITMQ_CONF_ENV_FILE": str(self._home / "rabbitmq-env.conf"),  # not the machine's own
            "RABBITMQ_MNESIA_BASE": str(self._home / "data"),
            "RABBITMQ_LOG_BASE": str(self._home / "log"),
            "RABBITMQ_CONFIG_FILE": str(self._home / "rabbitmq"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self._home / "enabled_plugins"),
            "RABBITMQ_DIST_PORT": str(self._distribution),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+sbwt none +sbwtdcpu none +sbwtdio none"
            " -kernel inet_dist_use_interface {127,0,0,1}",
            "ERL_EPMD_PORT": str(self._epmd),
            "RUNNING_UNDER_SYSTEMD": "1",  # the script replaces itself with the node: one process, one pid
        }

    def url(self, user: str, vhost: str) -> str:
        """An AMQP URL for one of the users."""
        return f"amqp://{user}:{quote(self._passwords[user], safe='')}@127.0.0.1:{self.port}/{quote(vhost, safe='')}"

    def fault(self, user: str, vhost: str) -> str | None:
        """None once ``user`` can open a channel in ``vhost``."""
        return connection_fault(self.url(user, vhost))


def connection_fault(url: str) -> str | None:
    """None if a channel can be opened at ``url``, else what goes wrong."""
    parameters: Any = pika.URLParameters(url)
    parameters.socket_timeout = parameters.stack_timeout = parameters.blocked_connection_timeout = 5
    try:
        connection = pika.BlockingConnection(parameters)
        connection.channel()
        connection.close()
    except (pika.exceptions.AMQPError, OSError) as error:
        return f"{type(error).__name__}: {error}"
    return None


def log_file(layout: Layout) -> Path:
    """Where the node's console output goes."""
    return layout.logs / "rabbitmq.log"
