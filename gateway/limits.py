"""Rate limits: so many requests of one account or address, fewer to routes that cost money or guess secrets.

Counted in memory for one gateway, or in Redis for several (``ZHIYUAN_REDIS_URL``). When Redis is away nobody is
refused: a limit is there to protect the service, not to take it down.
"""

from __future__ import annotations

import time

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.errors import StorageError

from services.chassis.errors import TooMany
from services.chassis.logs import get_logger

log = get_logger(__name__)


class RateLimits:
    """Two limits: ``general`` for everybody, ``strict`` for each sensitive route and address."""

    def __init__(self, general: str, strict: str, redis_url: str | None = None) -> None:
        storage: Storage = MemoryStorage() if redis_url is None else RedisStorage(f"async+{redis_url}")
        self._limiter = FixedWindowRateLimiter(storage)
        self._general = parse(general)
        self._strict = parse(strict)

    async def check(self, who: str) -> None:
        """Count one request of ``who`` (an account or an address); raises ``TooMany``."""
        await self._hit(self._general, who)

    async def check_strict(self, address: str, route: str) -> None:
        """Count one request from ``address`` to a sensitive ``route``; raises ``TooMany``."""
        await self._hit(self._strict, f"{address}/{route}")

    async def _hit(self, item: RateLimitItem, key: str) -> None:
        try:
            if await self._limiter.hit(item, key):
                return
            window = await self._limiter.get_window_stats(item, key)
        except (StorageError, OSError) as error:
            log.warning("rate_limits_unavailable", error=str(error))
            return
        raise TooMany(retry_after=max(1, int(window.reset_time - time.time())))
