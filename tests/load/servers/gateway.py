"""The gateway as it is, with two routes: to the service on the chassis, and to the bare one."""

from __future__ import annotations

import sys

from gateway.__main__ import main
from gateway.routing import Route, Who
from tests.load.servers.bench import EchoAnswer, EchoRequest

ROUTES = [
    Route("POST", f"/{service}", f"{service}.echo", request=EchoRequest, answer=EchoAnswer, who=Who.PUBLIC)
    for service in ("bench", "bare")
]

if __name__ == "__main__":
    sys.exit(main(ROUTES))
