"""Runs one service: ``python -m services.chassis.runner identity``.

Why this module exists: Nameko's command line needs ``pkg_resources``, which a fresh environment lacks, and knows
nothing of settings, health or a graceful stop. This is also the one place, with ``amqp``, ``rpc``, ``rpc_client``,
``processor`` and ``green_postgres``, that knows about eventlet: it makes the standard library and psycopg2 cooperative
before anything else is imported.
"""

from __future__ import annotations

import warnings

# Known, decided (docs/adr/0002) and the same at every start.
warnings.filterwarnings("ignore", message="\\s*Eventlet is deprecated")

import eventlet  # noqa: E402

eventlet.monkey_patch()

from services.chassis.green_postgres import make_green  # noqa: E402  # after the patch, before any connection

make_green()

import importlib  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
from typing import Any  # noqa: E402

import sqlalchemy as sa  # noqa: E402
from eventlet import wsgi  # noqa: E402
from nameko.constants import AMQP_URI_CONFIG_KEY, HEARTBEAT_CONFIG_KEY, MAX_WORKERS_CONFIG_KEY  # noqa: E402
from nameko.containers import ServiceContainer  # noqa: E402

from services.chassis import logs  # noqa: E402
from services.chassis.amqp import RawConsumer  # noqa: E402
from services.chassis.health import ops_app  # noqa: E402
from services.chassis.runtime import CONFIG_KEY, Runtime  # noqa: E402
from services.chassis.settings import ServiceSettings, SettingsError  # noqa: E402

# How long requests in flight may take to end after SIGTERM, in seconds.
GRACE = 20


def load(service: str) -> type[Any]:
    """The Nameko class: ``SERVICE`` in ``services.<service>.service``, or in a module named by its full path."""
    module = importlib.import_module(service if "." in service else f"services.{service}.service")
    found: type[Any] = module.SERVICE
    return found


def build_container(service_class: type[Any], settings: ServiceSettings) -> ServiceContainer:
    """A container that is ready to start."""
    runtime = Runtime.build(service_class.name, settings)
    return ServiceContainer(
        service_class,
        {
            AMQP_URI_CONFIG_KEY: settings.amqp_url.reveal(),
            HEARTBEAT_CONFIG_KEY: settings.heartbeat,
            MAX_WORKERS_CONFIG_KEY: settings.max_workers,
            CONFIG_KEY: runtime,
        },
    )


def _checks(container: ServiceContainer) -> dict[str, Any]:
    runtime: Runtime = container.config[CONFIG_KEY]

    def database() -> str | None:
        with runtime.engine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
        return None

    def consumers() -> str | None:
        # shared by all entrypoints: one consumer a container
        consumer = container.shared_extensions.get(RawConsumer)
        missing = [] if consumer is None else consumer.missing_queues()
        return f"no consumer on {', '.join(missing)}" if missing else None

    return {"database": database, "consumers": consumers}


def _serve_ops(container: ServiceContainer, settings: ServiceSettings) -> None:
    socket = eventlet.listen((settings.ops_host, settings.ops_port))
    eventlet.spawn(wsgi.server, socket, ops_app(_checks(container)), log_output=False)


def run(service: str) -> int:
    """Start the service and wait until it is stopped (0) or dies (1, or 2 for bad settings)."""
    service_class = load(service)
    try:
        settings = service_class.settings_class.from_environment()
    except SettingsError as error:
        sys.stderr.write(f"zhiyuan-{service} cannot start:\n{error}\n")
        return 2
    logs.configure(service_class.name, settings.log_level)
    log = logs.get_logger(__name__)
    container = build_container(service_class, settings)
    _serve_ops(container, settings)

    def stop(*_: Any) -> None:
        eventlet.spawn(container.stop)
        eventlet.spawn_after(GRACE, container.kill)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        container.start()
        log.info("service_started")
        container.wait()
    except Exception:
        log.critical("service_died", exc_info=True)
        return 1
    log.info("service_stopped")
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1]))
