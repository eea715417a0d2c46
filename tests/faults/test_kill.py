"""kill -9 in the middle of real work: the process comes back by itself, nothing is lost, nothing is done twice."""

from __future__ import annotations

import time

import httpx
import pytest

from demo.client import wait_for
from deploy.local.platform import Platform, ready_fault
from tests.faults.burst import Burst
from tests.faults.conftest import Crowd


@pytest.mark.parametrize("process", ["activity-relay", "activity", "notify", "gateway", "rabbitmq", "postgres"])
def test_a_process_is_killed_in_the_middle(process: str, platform: Platform, crowd: Crowd) -> None:
    burst = Burst(crowd)
    killed: list[int] = []
    burst.run(disturb=lambda: killed.append(platform.kill(process)))
    assert wait_for(lambda: platform.supervisor.state(process) == "RUNNING")
    assert platform.supervisor.pid(process) not in killed
    platform.wait_until_ready()
    burst.books_balance()


def test_while_the_broker_is_away_the_gateway_says_so_at_once_and_heals_without_a_restart(
    platform: Platform, crowd: Crowd
) -> None:
    gateway = platform.supervisor.pid("gateway")
    platform.supervisor.api.stopProcess("rabbitmq")
    try:
        statuses, seconds = [], []
        with httpx.Client(base_url=platform.base_url, timeout=30, trust_env=False) as http:
            for _ in range(10):
                started = time.monotonic()
                answer = http.get("/v1/organizations")
                seconds.append(time.monotonic() - started)
                statuses.append((answer.status_code, answer.headers["content-type"], "retry-after" in answer.headers))
        assert set(statuses) == {(503, "application/problem+json", True)}
        assert max(seconds) < 5  # the deadline: nobody waited for it
    finally:
        platform.supervisor.api.startProcess("rabbitmq")
    platform.wait_until_ready()
    assert crowd.world.visitor.get("/organizations")["items"]
    assert platform.supervisor.pid("gateway") == gateway


def test_a_service_that_is_not_there_is_told_within_the_deadline_and_the_others_go_on(platform: Platform) -> None:
    (card,) = (spec for spec in platform.table if spec.name == "card")
    platform.supervisor.api.stopProcess("card")
    try:
        with httpx.Client(base_url=platform.base_url, timeout=30, trust_env=False) as http:
            started = time.monotonic()
            answer = http.get("/v1/card/products")
            assert time.monotonic() - started < 15  # the deadline is 5 s
            assert answer.status_code in {503, 504}
            assert answer.headers["content-type"] == "application/problem+json"
            assert http.get("/v1/organizations").status_code == 200
    finally:
        platform.supervisor.start_process("card")
    assert wait_for(lambda: ready_fault(card.ops_port) is None)
    with httpx.Client(base_url=platform.base_url, timeout=30, trust_env=False) as http:
        assert http.get("/v1/card/products").status_code == 200
