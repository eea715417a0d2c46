"""Runs the gateway: ``python -m gateway``.

HTTP is served by uvicorn on uvloop and httptools; /livez, /readyz and /metrics on a port of their own from a thread, so
that a busy gateway still answers its supervisor. SIGTERM lets the requests under way end.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence

import uvicorn

from gateway.app import Gateway
from gateway.routing import Route
from gateway.rpc import RpcClient
from gateway.settings import GatewaySettings
from services.chassis import logs
from services.chassis.health import serve_ops
from services.chassis.settings import SettingsError

# How long requests in flight may take to end after SIGTERM, in seconds; longer than any route's deadline.
_GRACE = 20


def main(routes: Sequence[Route] | None = None) -> int:
    """Start and serve ``routes`` (the contract) until stopped (0); 2 for bad settings."""
    try:
        settings = GatewaySettings.from_environment()
    except SettingsError as error:
        sys.stderr.write(f"zhiyuan-gateway cannot start:\n{error}\n")
        return 2
    logs.configure("gateway", settings.log_level)
    rpc = RpcClient(settings.amqp_url.reveal(), settings.context_keys)
    gateway = Gateway(settings, rpc, routes=routes)
    serve_ops(settings.ops_host, settings.ops_port, {"broker": lambda: None if rpc.connected else "not connected"})
    server = uvicorn.Server(
        uvicorn.Config(
            gateway.application(),
            host=settings.http_host,
            port=settings.http_port,
            loop="uvloop",
            http="httptools",
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # the gateway decides whose X-Forwarded-For it believes
            timeout_graceful_shutdown=_GRACE,
        )
    )

    def stop(*_: object) -> None:
        server.should_exit = True

    # uvicorn raises the signal again once it has stopped; to have stopped is no way to die
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    log = logs.get_logger(__name__)
    log.info("gateway_started", port=settings.http_port)
    server.run()
    log.info("gateway_stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
