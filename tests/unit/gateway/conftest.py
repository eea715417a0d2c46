"""A gateway without a broker: its services are answers that a test lays out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey

from gateway.app import Gateway
from gateway.routing import Route
from gateway.settings import GatewaySettings
from services.chassis.context import Caller
from services.chassis.ids import new_id
from services.chassis.testing.units import test_key as key_text

KEY = OKPKey.generate_key("Ed25519", {"kid": "test", "use": "sig", "alg": "Ed25519"})


@dataclass
class FakeRpc:
    """Answers what is laid out for a target, and remembers what it was asked."""

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, Any, Caller]] = field(default_factory=list)
    connected: bool = True
    pending: int = 0

    async def start(self) -> None:
        """Nothing to connect to."""

    async def stop(self) -> None:
        """Nothing to close."""

    async def call(self, target: str, payload: Any, caller: Caller, *, deadline: float) -> Any:
        """The answer laid out for ``target``; an exception is raised."""
        self.asked.append((target, payload, caller))
        answer = self.answers.get(target, {})
        if isinstance(answer, Exception):
            raise answer
        return answer


def settings_for(folder: Path, **variables: str) -> GatewaySettings:
    """Settings of a gateway that keeps its uploads in ``folder``."""
    keys = json.dumps(KeySet([KEY]).as_dict(private=False))
    return GatewaySettings.from_environment(
        {
            "ZHIYUAN_ENVIRONMENT": "test",
            "ZHIYUAN_AMQP_URL": "amqp://nowhere.invalid//",
            "ZHIYUAN_CONTEXT_KEYS": key_text("c"),
            "ZHIYUAN_TOKEN_PUBLIC_KEYS": keys,
            "ZHIYUAN_UPLOAD_DIR": str(folder / "uploads"),
            **variables,
        }
    )


class Http:
    """Somebody who talks HTTP to an ASGI application; one event loop for all requests, as in a real server."""

    def __init__(self, application: Any) -> None:
        self._runner = asyncio.Runner()
        transport = httpx.ASGITransport(application, client=("testclient", 1))
        self._client = httpx.AsyncClient(transport=transport, base_url="http://zhiyuan.test")

    def request(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        """The answer to one request."""
        return self._runner.run(self._client.request(method, path, **kwargs))

    def together(self, *requests: tuple[str, str, dict[str, Any]]) -> list[httpx.Response]:
        """The answers to requests that are under way at the same time."""

        async def all_of_them() -> list[httpx.Response]:
            return await asyncio.gather(*(self._client.request(m, path, **kwargs) for m, path, kwargs in requests))

        return self._runner.run(all_of_them())

    def __getattr__(self, method: str) -> Any:
        return partial(self.request, method.upper())

    def close(self) -> None:
        """End the event loop."""
        self._runner.close()


class Site:
    """A gateway and somebody who talks HTTP to it."""

    def __init__(self, settings: GatewaySettings, routes: Sequence[Route] | None) -> None:
        self.rpc = FakeRpc()
        self.gateway = Gateway(settings, self.rpc, routes=routes)
        self.http = Http(self.gateway.application())


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Any]:
    """``site(routes, ZHIYUAN_…="…")``: a gateway with these routes; without any, the whole contract."""
    made: list[Site] = []

    def make(routes: Sequence[Route] | None = None, **variables: str) -> Site:
        made.append(Site(settings_for(tmp_path, **variables), routes))
        return made[-1]

    yield make
    for one in made:
        one.http.close()


def claims(kind: str = "volunteer", **changed: Any) -> dict[str, Any]:
    """What identity writes into a token that is good for a quarter of an hour."""
    now = datetime.now(UTC)
    return {
        "iss": "zhiyuan",
        "sub": new_id(),
        "kind": kind,
        "vid": new_id() if kind == "volunteer" else None,
        "sid": new_id(),
        "roles": [],
        "exp": int((now + timedelta(minutes=15)).timestamp()),
        **changed,
    }


def token(given: dict[str, Any], key: Any = KEY, header: dict[str, Any] | None = None) -> str:
    """``given`` signed as identity does."""
    return jwt.encode(header or {"alg": "Ed25519", "kid": "test"}, given, key, algorithms=["Ed25519", "HS256"])


def bearer(kind: str = "volunteer", **changed: Any) -> dict[str, str]:
    """The header of somebody who is signed in."""
    return {"Authorization": f"Bearer {token(claims(kind, **changed))}"}
