"""Rate limits: so many requests of one account or address, fewer to routes that cost money or guess secrets.

Counted in memory for one gateway, or in Redis for several (``ZHIYUAN_REDIS_URL``). When Redis is away nobody is
refused: a limit is there to protect the service, not to take it down.

In memory the counting is our own dozen lines: the library's takes a task and two locks for each request, a tenth of the
whole way through the gateway.
"""

from __future__ import annotations

import time
from typing import Protocol

from limits import RateLimitItem, parse
from limits.aio.storage import RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.errors import StorageError

from services.chassis.errors import TooMany
from services.chassis.logs import get_logger

log = get_logger(__name__)


class Windows(Protocol):
    """Somewhere to count."""

    async def hit(self, item: RateLimitItem, key: str) -> float | None:
        """Count one; the moment (epoch seconds) at which the window ends if it is full, else None."""
        ...


class MemoryWindows:
    """Counts of the present window, of each limit, by key; a new window starts empty, so nothing piles up."""

    def __init__(self) -> None:
        self._windows: dict[RateLimitItem, tuple[int, dict[str, int]]] = {}

    async def hit(self, item: RateLimitItem, key: str) -> float | None:
        """Count one in memory."""
        length = item.get_expiry()
        number = int(time.time() // length)
        current, counts = self._windows.get(item, (-1, {}))
        if current != number:
            counts = {}
            self._windows[item] = (number, counts)
        counts[key] = count = counts.get(key, 0) + 1
        return float((number + 1) * length) if count > item.amount else None


class RedisWindows:
    """Counts that all gateways share."""

    def __init__(self, url: str) -> None:
        self._limiter = FixedWindowRateLimiter(
            RedisStorage(f"async+{url}", implementation="redispy", wrap_exceptions=True)
        )

    async def hit(self, item: RateLimitItem, key: str) -> float | None:
        """Count one in Redis."""
        try:
            if await self._limiter.hit(item, key):
                return None
            return (await self._limiter.get_window_stats(item, key)).reset_time
        except StorageError as error:
            log.warning("rate_limits_unavailable", error=str(error))
            return None


class RateLimits:
    """Two limits: ``general`` for everybody, ``strict`` for each sensitive route and address."""

    def __init__(self, general: str, strict: str, redis_url: str | None = None) -> None:
        self._windows: Windows = MemoryWindows() if redis_url is None else RedisWindows(redis_url)
        self._general = parse(general)
        self._strict = parse(strict)

    async def check(self, who: str) -> None:
        """Count one request of ``who`` (an account or an address); raises ``TooMany``."""
        await self._hit(self._general, who)

    async def check_strict(self, address: str, route: str) -> None:
        """Count one request from ``address`` to a sensitive ``route``; raises ``TooMany``."""
        await self._hit(self._strict, f"{address}/{route}")

    async def _hit(self, item: RateLimitItem, key: str) -> None:
        full_until = await self._windows.hit(item, key)
        if full_until is not None:
            raise TooMany(retry_after=max(1, int(full_until - time.time())))
