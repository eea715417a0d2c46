"""A lean HTTP load generator: some keep-alive connections, each with one request under way, for some seconds.

``python -m tests.load.client PORT PATH BODY CONNECTIONS SECONDS`` prints one JSON object: requests, seconds, p50_ms,
p95_ms, failures. It runs in a process of its own, and does so little that the server is what is measured.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import cast

import uvloop


class Connection(asyncio.Protocol):
    """Sends the same request again as soon as it is answered."""

    def __init__(self, request: bytes, until: float) -> None:
        self._request = request
        self._until = until
        self._sent = 0.0
        self._received = b""
        self.latencies: list[float] = []
        self.failures = 0
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        """Count an answer that is complete, and ask again."""
        self._received += data
        head, separator, body = self._received.partition(b"\r\n\r\n")
        if not separator:
            return
        lower = head.lower()
        start = lower.index(b"content-length:") + len(b"content-length:")
        if len(body) < int(lower[start:].split(b"\r\n", 1)[0]):
            return
        self.latencies.append(time.perf_counter() - self._sent)
        self.failures += not head.startswith(b"HTTP/1.1 200")
        if time.perf_counter() < self._until:
            self._send()
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """The end, or a failure if an answer was still due."""
        self.failures += exc is not None or bool(self._received and time.perf_counter() < self._until)
        if not self.done.done():
            self.done.set_result(None)

    def _send(self) -> None:
        self._received = b""
        self._sent = time.perf_counter()
        self._transport.write(self._request)


async def measure(port: int, path: str, body: bytes, connections: int, seconds: float) -> dict[str, float]:
    """Ask for ``seconds`` on ``connections`` at once; the figures."""
    request = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body
    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    asking = [
        (await loop.create_connection(lambda: Connection(request, started + seconds), "127.0.0.1", port))[1]
        for _ in range(connections)
    ]
    await asyncio.wait_for(asyncio.gather(*(connection.done for connection in asking)), seconds + 15)
    elapsed = time.perf_counter() - started
    latencies = sorted(latency for connection in asking for latency in connection.latencies)
    return {
        "requests": len(latencies),
        "seconds": elapsed,
        "p50_ms": 1000 * latencies[len(latencies) // 2],
        "p95_ms": 1000 * latencies[int(0.95 * len(latencies))],
        "failures": sum(connection.failures for connection in asking),
    }


if __name__ == "__main__":
    port, path, body, connections, seconds = sys.argv[1:]
    print(json.dumps(uvloop.run(measure(int(port), path, body.encode(), int(connections), float(seconds)))))
