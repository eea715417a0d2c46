"""``python -m deploy.simulators``: all of them in one process, on one port, and the mail server on another."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx
import uvicorn
from starlette.applications import Starlette

from deploy.simulators.app import simulators
from deploy.simulators.pushing import push_receipts
from deploy.simulators.settings import SimulatorsSettings
from deploy.simulators.smtp import MailServer
from deploy.simulators.world import World
from services.chassis import logs
from services.chassis.settings import SettingsError


def main() -> int:
    """Serve until a signal; 2 if the settings make no sense."""
    try:
        settings = SimulatorsSettings.from_environment()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    logs.configure("simulators", settings.log_level)
    clock = settings.clock()
    world = World(settings.accounts, lambda: clock.now().timestamp())

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        mail = await MailServer(world).start(settings.ops_host, settings.mail_port)
        async with mail, httpx.AsyncClient(base_url=settings.gateway_url, timeout=10) as platform:
            pushing = asyncio.create_task(push_receipts(world, platform))
            yield
            pushing.cancel()
            with suppress(asyncio.CancelledError):
                await pushing

    app = simulators(world, lifespan)
    uvicorn.run(app, host=settings.ops_host, port=settings.ops_port, log_config=None, access_log=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
