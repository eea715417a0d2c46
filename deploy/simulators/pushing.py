"""Receipts on their way to the platform: when they are due, and again if they were not taken."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import httpx

from deploy.simulators.world import Push, World
from services.chassis.logs import get_logger

log = get_logger(__name__)

_LOOKS_EVERY, _AGAIN_AFTER, _MOST_TRIES = 0.2, 5.0, 3


async def push_receipts(world: World, platform: httpx.AsyncClient) -> None:
    """Push what is due, for ever."""
    while True:
        for push in world.take_due(time.time()):
            await push_one(world, platform, push)
        await asyncio.sleep(_LOOKS_EVERY)


async def push_one(world: World, platform: httpx.AsyncClient, push: Push) -> None:
    """Push it; what is not answered as its provider wants it comes again, three times in all."""
    try:
        answer = await platform.post(push.path, content=push.body, headers={"Content-Type": push.content_type})
        taken = push.wanted in answer.text
        said = f"status {answer.status_code}"
    except httpx.HTTPError as error:
        taken, said = False, type(error).__name__
    if taken:
        return
    log.warning("receipt_not_taken", address=push.path.partition("?")[0], answer=said, tries=push.tries + 1)
    if push.tries + 1 < _MOST_TRIES:
        world.pushes.append(replace(push, due=time.time() + _AGAIN_AFTER, tries=push.tries + 1))
