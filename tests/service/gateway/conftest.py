"""A gateway process in front of the sample service, with a wire in between that a test can cut."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
import pytest
from joserfc.jwk import KeySet, OKPKey

from services.chassis.testing.databases import Templates
from services.chassis.testing.processes import Process, free_port
from services.chassis.testing.units import ENVIRONMENT
from tests.sample.models import Base


class Wire:
    """Forwards TCP to the broker until it is cut; whole again, it takes new connections on the same port."""

    def __init__(self, amqp_url: str) -> None:
        parts = urlsplit(amqp_url)
        self._broker = (parts.hostname, parts.port or 5672)
        self._port = free_port()
        host = f"127.0.0.1:{self._port}"
        self.url = urlunsplit(parts._replace(netloc=f"{parts.username}:{parts.password}@{host}"))
        self._listener: socket.socket | None = None
        self._open: list[socket.socket] = []

    def mend(self) -> None:
        """Take connections."""
        self._listener = socket.create_server(("127.0.0.1", self._port))
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def cut(self) -> None:
        """Close every connection, and take no more."""
        if self._listener is not None:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
            self._listener.close()
            self._listener = None
        for end in self._open:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._open.clear()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(self._broker)
                self._open += [near, far]
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=_pump, args=(source, sink), daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for end in (source, sink):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@dataclass
class House:
    """A running gateway, the sample service behind it, and the wire between gateway and broker."""

    gateway: Process
    service: Process
    wire: Wire
    http: httpx.Client

    def get(self, path: str, **kwargs: Any) -> httpx.Response:
        """The answer to a GET."""
        return self.http.get(path, **kwargs)


@pytest.fixture(scope="module")
def house(broker_url: str, templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Everything running, for a module's tests."""
    folder: Path = tmp_path_factory.mktemp("gateway")
    key = OKPKey.generate_key("Ed25519", {"kid": "t", "use": "sig", "alg": "Ed25519"})
    wire, port = Wire(broker_url), free_port()
    wire.mend()
    with templates.clone(templates.of_metadata("sample", Base.metadata)) as database_url:
        service_environment = {
            **ENVIRONMENT,
            "ZHIYUAN_AMQP_URL": broker_url,
            "ZHIYUAN_DATABASE_URL": database_url,
            "ZHIYUAN_MAX_WORKERS": "10",
        }
        gateway_environment = {
            **ENVIRONMENT,
            "ZHIYUAN_AMQP_URL": wire.url,
            "ZHIYUAN_TOKEN_PUBLIC_KEYS": json.dumps(KeySet([key]).as_dict(private=False)),
            "ZHIYUAN_UPLOAD_DIR": str(folder),
            "ZHIYUAN_HTTP_PORT": str(port),
        }
        service = Process("services.chassis.runner", "tests.sample.service", environment=service_environment)
        gateway = Process("tests.sample.gateway", environment=gateway_environment)
        service.start()
        gateway.start()
        with service.already_started(), gateway.already_started():
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as http:
                yield House(gateway, service, wire, http)
        wire.cut()
