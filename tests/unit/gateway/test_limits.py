"""Counting requests: by window, by key, and what happens when the counter is away."""

from __future__ import annotations

import asyncio

from limits import parse

from gateway.limits import MemoryWindows, RateLimits


def test_a_key_is_refused_beyond_its_number_until_the_window_ends() -> None:
    windows, twice_a_day = MemoryWindows(), parse("2/day")

    async def hits(*keys: str) -> list[float | None]:
        return [await windows.hit(twice_a_day, key) for key in keys]

    first, second, refused, other = asyncio.run(hits("a", "a", "a", "b"))
    assert first is second is other is None
    assert refused is not None
    assert refused % 86_400 == 0, "the window ends with the day"


def test_two_limits_do_not_share_their_counts() -> None:
    windows = MemoryWindows()

    async def hits() -> list[float | None]:
        return [await windows.hit(parse(limit), "a") for limit in ("1/day", "2/day", "2/day", "1/day")]

    assert [moment is None for moment in asyncio.run(hits())] == [True, True, True, False]


def test_nobody_is_refused_while_redis_is_away() -> None:
    limits = RateLimits("1/minute", "1/minute", "redis://127.0.0.1:1/0")

    async def many() -> None:
        for _ in range(3):
            await limits.check("somebody")
            await limits.check_strict("address", "route")

    asyncio.run(many())
