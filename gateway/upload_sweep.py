"""Removes uploads that nobody needs: of erased people, of rows that are gone, or handed in and never used.

Why this module exists: the gateway keeps the files, and the services know what they prove. So the gateway asks: whose
account was erased, and which files does a row still name. It remembers nothing, so that a pass that was cut off is made
good by the next one, and removes nothing unless everybody has answered (docs/adr/0024).

A file is first set aside, where nobody finds it to use it. What found it a moment before has ended when the services
are asked once more; only then it is removed, or put back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from gateway import metrics
from gateway.uploads import Upload
from services.chassis.context import Caller
from services.chassis.errors import AppError
from services.chassis.logs import get_logger
from services.chassis.uploads import BATCH

if TYPE_CHECKING:
    from gateway.app import Gateway

log = get_logger(__name__)

KEEPERS = ("attendance", "organization")
"""The services whose rows name uploads; a test compares them with the models."""

GRACE_SECONDS = 30.0
"""Longer than the deadline of any route that puts an upload to use."""

_CALLER = Caller(kind="service", account_id="gateway")
_DEADLINE = 10.0


async def sweep_forever(gateway: Gateway) -> None:
    """A pass every ``upload_sweep_seconds``, in one of the gateways that share the folder."""
    while True:
        await asyncio.sleep(gateway.settings.upload_sweep_seconds)
        try:
            await sweep(gateway)
        except AppError as error:  # a service is away: the next pass asks again
            log.warning("uploads_not_swept", code=error.code)
        except Exception as error:
            log.error("uploads_not_swept", exc_info=error)


async def sweep(gateway: Gateway, *, grace_seconds: float = GRACE_SECONDS) -> None:
    """One pass; raises what a service refuses with, and leaves the rest to the next pass."""
    uploads = gateway.uploads
    with uploads.swept_by_one() as alone:
        if not alone:
            return
        await asyncio.to_thread(uploads.remove_fragments)
        await asyncio.to_thread(gateway.answers.forget_old)
        unused_before = gateway.clock.now() - timedelta(days=gateway.settings.upload_days)
        kept = uploads.kept()
        while batch := await asyncio.to_thread(_next, kept):
            await _set_aside_unneeded(gateway, batch, unused_before)
        aside = await asyncio.to_thread(list, uploads.aside())
        if aside:
            await asyncio.sleep(grace_seconds)
        for start in range(0, len(aside), BATCH):
            await _remove_or_put_back(gateway, aside[start : start + BATCH])


async def _set_aside_unneeded(gateway: Gateway, batch: Sequence[Upload], unused_before: datetime) -> None:
    erased = await _erased(gateway, {upload.owner for upload in batch if upload.owner})
    candidates = [
        upload
        for upload in batch
        if upload.owner in erased or datetime.fromisoformat(upload.created_at) < unused_before
    ]
    in_use = await _in_use(gateway, candidates)
    for upload in candidates:
        if upload.upload_id not in in_use:
            await asyncio.to_thread(gateway.uploads.set_aside, upload.upload_id)
        elif upload.owner in erased:
            await asyncio.to_thread(gateway.uploads.disown, upload.upload_id)
            metrics.UPLOADS_SWEPT.labels("disowned").inc()


async def _remove_or_put_back(gateway: Gateway, aside: Sequence[Upload]) -> None:
    in_use = await _in_use(gateway, aside)
    for upload in aside:
        if upload.upload_id in in_use:
            await asyncio.to_thread(gateway.uploads.put_back, upload.upload_id)
        else:
            await asyncio.to_thread(gateway.uploads.remove, upload.upload_id)
            metrics.UPLOADS_SWEPT.labels("removed").inc()


async def _erased(gateway: Gateway, account_ids: Iterable[str]) -> set[str]:
    asked: dict[str, Any] = {"account_ids": sorted(account_ids)}
    if not asked["account_ids"]:
        return set()
    answer = await gateway.rpc.call("identity.find_erased_accounts", asked, _CALLER, deadline=_DEADLINE)
    return set(answer["account_ids"])


async def _in_use(gateway: Gateway, uploads: Sequence[Upload]) -> set[str]:
    in_use: set[str] = set()
    if not uploads:
        return in_use
    asked = {"upload_ids": [upload.upload_id for upload in uploads]}
    for service in KEEPERS:
        answer = await gateway.rpc.call(f"{service}.uploads_in_use", asked, _CALLER, deadline=_DEADLINE)
        in_use.update(answer["upload_ids"])
    return in_use


def _next(kept: Iterator[Upload]) -> list[Upload]:
    return list(islice(kept, BATCH))
