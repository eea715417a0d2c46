"""Idempotency keys of the few requests that the gateway answers itself (API.md, "Lists").

Why this module exists: what a service answers is remembered in that service, beside the effect. An upload has its
effect here, so its memory stands beside the uploads: a file a key, claimed by creating it, filled with the answer.
Gateways that share the uploads share the memory.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import orjson

from services.chassis.context import Caller
from services.chassis.errors import IdempotencyKeyReused, RequestInFlight

KEEP_SECONDS = 72 * 3600
# A claim without an answer after this long was left by a process that died.
_ABANDONED_SECONDS = 60


class Answers:
    """Answers by caller, method and key."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.forget_old()

    def forget_old(self) -> None:
        """Answers that were kept for long enough."""
        for path in self._folder.iterdir():
            if _age(path) > KEEP_SECONDS:
                path.unlink(missing_ok=True)

    async def once(self, caller: Caller, method: str, content: bytes, answer: Callable[[], Awaitable[Any]]) -> Any:
        """What ``answer`` gives, or gave the first time this key came.

        Raises ``IdempotencyKeyReused`` if ``content`` is another than then, ``RequestInFlight`` while it is running.
        """
        if caller.idempotency_key is None:
            return await answer()
        who = caller.account_id or caller.remote_address or "anonymous"
        path = self._folder / hashlib.sha256(f"{who}/{method}\0{caller.idempotency_key}".encode()).hexdigest()
        digest = hashlib.sha256(content).hexdigest()
        if not await asyncio.to_thread(_claim, path):
            return _recall(await asyncio.to_thread(path.read_bytes), digest)
        try:
            result = await answer()
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        await asyncio.to_thread(_fill, path, orjson.dumps({"request": digest, "answer": result}))
        return result


def _claim(path: Path) -> bool:
    if path.exists() and path.stat().st_size == 0 and _age(path) > _ABANDONED_SECONDS:
        path.unlink(missing_ok=True)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return False
    return True


def _fill(path: Path, content: bytes) -> None:
    replacement = path.with_suffix(".new")
    replacement.write_bytes(content)
    replacement.replace(path)


def _recall(kept: bytes, digest: str) -> Any:
    if not kept:
        raise RequestInFlight()
    known = orjson.loads(kept)
    if known["request"] != digest:
        raise IdempotencyKeyReused()
    return known["answer"]


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
