"""Open streams: whoever leaves gives the place back, and none holds a restart up."""

from __future__ import annotations

import contextlib
import time

import httpx

from services.chassis.testing.processes import eventually
from tests.service.gateway.conftest import House


def open_streams(house: House) -> float:
    """What the gateway's own figure says."""
    _, page = house.gateway.ops("/metrics")
    lines = [line for line in page.splitlines() if line.startswith("zhiyuan_gateway_open_streams ")]
    return float(lines[0].split()[1])


def test_whoever_leaves_gives_the_place_back(house: House) -> None:
    for _ in range(7):  # more than an account may have open at once
        with house.http.stream("GET", "/v1/ticks") as answer:
            lines = answer.iter_lines()
            assert next(lines) == "data: tick"
            assert open_streams(house) == 1
        eventually(lambda: open_streams(house) == 0)


def test_one_too_many_is_refused(house: House) -> None:
    held = [house.http.stream("GET", "/v1/ticks") for _ in range(5)]
    try:
        assert [stream.__enter__().status_code for stream in held] == [200] * 5
        assert house.get("/v1/ticks").json()["code"] == "too_many_streams"
    finally:
        for stream in held:
            stream.__exit__(None, None, None)
    eventually(lambda: open_streams(house) == 0)


def test_the_gateway_stops_at_once_with_a_stream_open(house: House) -> None:
    with house.http.stream("GET", "/v1/ticks") as answer:
        lines = answer.iter_lines()
        assert next(lines) == "data: tick"
        before = time.monotonic()
        assert house.gateway.stop() == 0
        took = time.monotonic() - before
        with contextlib.suppress(httpx.RemoteProtocolError):
            list(lines)  # it ends
    assert took < 5  # the grace of requests under way is 20 s
