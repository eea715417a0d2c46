"""The benches start what the platform starts: what the gateway refuses they must not give it."""

from __future__ import annotations

from pathlib import Path

from gateway.settings import GatewaySettings
from services.chassis.testing.units import ENVIRONMENT
from tests.load.rpc_bench import gateway_settings


def test_the_gateway_starts_with_what_bench_rpc_gives_it(tmp_path: Path) -> None:
    settings = GatewaySettings.from_environment({**ENVIRONMENT, **gateway_settings(8080, tmp_path)})

    assert settings.http_port == 8080
