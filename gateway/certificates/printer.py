"""Has certificates written by another process, few at a time."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson

from gateway.certificates.writer import LENGTH_BYTES
from services.chassis.errors import Unavailable
from services.chassis.logs import get_logger

log = get_logger(__name__)

_AT_ONCE = 2
_SECONDS = 60.0  # for one certificate; most take one, and one with hundreds of lines takes ten


class Printer:
    """Prints attendance's ``CertificateDocument`` as PDF. ``address`` is that of the public verification, in the QR."""

    def __init__(self, fonts: Sequence[Path], address: str) -> None:
        self._fonts = [str(font) for font in fonts]
        self._address = address
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def print(self, documents: Sequence[dict[str, Any]]) -> list[bytes]:
        """A PDF for each document, in their order; raises ``Unavailable`` if the writer dies or takes too long."""
        certificates = [{"document": document, "url": self.url_of(document)} for document in documents]
        async with self._places:
            order = orjson.dumps({"fonts": self._fonts, "certificates": certificates})
            written = await self._write(order, _SECONDS * len(certificates))
        return list(_pdfs(written))

    def url_of(self, document: dict[str, Any]) -> str:
        """Where whoever holds the certificate can have it verified."""
        return self._address.format(serial=document["serial"], code=document["code"])

    async def _write(self, order: bytes, seconds: float) -> bytes:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "gateway.certificates.writer",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            async with asyncio.timeout(seconds):
                written, _ = await process.communicate(order)
        except TimeoutError:
            log.error("certificate_writer_too_slow", seconds=seconds)
            raise Unavailable() from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0:
            log.error("certificate_writer_failed", status=process.returncode)
            raise Unavailable()
        return written


def _pdfs(written: bytes) -> Iterator[bytes]:
    position = 0
    while position < len(written):
        start = position + LENGTH_BYTES
        position = start + int.from_bytes(written[position:start], "big")
        yield written[start:position]
