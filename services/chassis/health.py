"""/livez, /readyz and /metrics, on a port of their own in every process.

Why this module exists: a supervisor restarts what is not alive, a load balancer leaves out what is not ready, and
Prometheus reads the rest. A plain WSGI application, so that the eventlet services, the asyncio relay and tools can
all serve it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import orjson
from prometheus_client import make_wsgi_app

# A check answers None if all is well, else what is wrong, in words.
Check = Callable[[], str | None]


def ops_app(checks: Mapping[str, Check]) -> Callable[..., Iterable[bytes]]:
    """The WSGI application; ``checks`` are what /readyz asks, by name."""
    metrics_app = make_wsgi_app()

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/metrics":
            return metrics_app(environ, start_response)
        if path == "/livez":
            return _answer(start_response, "200 OK", {"status": "ok"})
        if path == "/readyz":
            faults = {name: fault for name, check in checks.items() if (fault := _ask(check)) is not None}
            if faults:
                return _answer(start_response, "503 Service Unavailable", {"status": "not_ready", "faults": faults})
            return _answer(start_response, "200 OK", {"status": "ok"})
        return _answer(start_response, "404 Not Found", {"status": "not_found"})

    return app


def serve_ops(host: str, port: int, checks: Mapping[str, Check]) -> WSGIServer:
    """Serve :func:`ops_app` from a thread, in a process without eventlet; ``shutdown()`` ends it."""
    server = make_server(host, port, ops_app(checks), handler_class=_Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Probes are no news."""


def _ask(check: Check) -> str | None:
    try:
        return check()
    except Exception as error:  # a check that cannot even be made is a fault like any other
        return f"{type(error).__name__}: {error}"


def _answer(start_response: Callable[..., Any], status: str, body: dict[str, Any]) -> Iterable[bytes]:
    start_response(status, [("Content-Type", "application/json")])
    return [orjson.dumps(body)]
