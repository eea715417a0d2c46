"""A spreadsheet on its way from a client to identity: measured, hashed, read elsewhere, handed on in batches.

Why this module exists: the file stays on the disk and the rows in a process of their own, so that the gateway's memory
does not grow with either, and its loop goes on answering others.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

import orjson
from starlette.datastructures import FormData, UploadFile
from starlette.requests import ClientDisconnect, Request

from gateway.errors import TooLarge, UnsupportedMediaType
from gateway.settings import GatewaySettings
from services.chassis.errors import AppError, BadRequest, FieldError, Invalid

_LONGEST_LINE = 64 * 1024 * 1024
_ENVELOPE_BYTES = 10_000  # room for the multipart form around a file
_ACCEPTED = "XLSX, CSV"


@dataclass(frozen=True)
class ImportFile:
    """A file on the disk, with what it is."""

    file: IO[bytes]
    format: str
    sha256: str


@asynccontextmanager
async def received(request: Request, max_bytes: int) -> AsyncIterator[tuple[FormData, ImportFile]]:
    """The form of ``request`` and its file, which is gone afterwards. Raises ``TooLarge``, ``UnsupportedMediaType``,
    ``Invalid``."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise UnsupportedMediaType(accepted="multipart/form-data")
    form = await _form(request, max_bytes)
    try:
        given = form.get("file")
        if not isinstance(given, UploadFile):
            raise Invalid(FieldError("file", "required", "请上传文件", "is required"))
        yield form, await asyncio.to_thread(_look_at, given)
    finally:
        await form.close()


async def _form(request: Request, max_bytes: int) -> FormData:
    size = 0

    async def counted() -> Any:
        nonlocal size
        message = await request.receive()
        size += len(message.get("body", b""))
        if size > max_bytes + _ENVELOPE_BYTES:
            raise TooLarge(max_bytes=max_bytes)
        return message

    try:
        return await Request(request.scope, counted).form(max_files=1, max_fields=5)
    except AppError:
        raise
    except ClientDisconnect:
        raise BadRequest(why_zh="请求未完整送达。", why_en="The request did not arrive completely.") from None
    except Exception as error:  # the parser's errors have no common base worth naming
        raise Invalid(FieldError("file", "unreadable", "表单无法解析", "the form cannot be read")) from error


def _look_at(upload: UploadFile) -> ImportFile:
    spooled = cast("SpooledTemporaryFile[bytes]", upload.file)
    spooled.rollover()  # onto the disk: the reader is another process
    spooled.seek(0)
    beginning = spooled.read(4096)
    if beginning.startswith(b"PK\x03\x04"):
        file_format = "xlsx"
    elif beginning and b"\0" not in beginning:
        file_format = "csv"
    else:
        raise UnsupportedMediaType(accepted=_ACCEPTED)
    spooled.seek(0)
    digest = hashlib.sha256()
    while chunk := spooled.read(1 << 20):
        digest.update(chunk)
    spooled.flush()
    return ImportFile(cast("IO[bytes]", spooled), file_format, digest.hexdigest())


async def lines(file: ImportFile, kind: str, settings: GatewaySettings) -> AsyncGenerator[dict[str, Any], None]:
    """What ``import_reader`` says of the file; raises ``Invalid`` for what it refuses."""
    os.lseek(file.file.fileno(), 0, os.SEEK_SET)
    limits = (str(settings.max_import_rows), str(settings.max_import_unzipped_bytes))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway.import_reader", kind, file.format, *limits,
        stdin=file.file.fileno(), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        limit=_LONGEST_LINE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        async for text in process.stdout:
            line = orjson.loads(text)
            if "refused" in line:
                raise Invalid(*(FieldError("file", r["code"], r["zh"], r["en"]) for r in line["refused"]))
            yield line
            if "end" in line:
                return
        # it died: out of memory, or killed
        raise Invalid(FieldError("file", "unreadable_file", "文件无法读取", "cannot be read"))
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
