"""What the gateway answers itself, without asking a service: uploads, and in development the movable clock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson
from marshmallow import fields
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gateway.errors import TooLarge, UnknownPath, UnsupportedMediaType
from gateway.payloads import read_body, read_payload
from gateway.routing import Route, Who
from services.chassis.clock import SHANGHAI, FileOffsetClock
from services.chassis.context import Caller
from services.chassis.errors import AppError, FieldError, Invalid, NotFound
from services.chassis.schema import Answer, Id, Timestamp, whole_number
from services.chassis.schema import Request as RequestSchema

if TYPE_CHECKING:
    from gateway.app import Gateway

_MINUTES_IN_TEN_YEARS = 10 * 366 * 24 * 60
# Room for the multipart envelope around a file.
_ENVELOPE_BYTES = 10_000


class KeepUpload(RequestSchema):
    """``POST /uploads``: a form with one file."""

    file = fields.String(required=True, metadata={"format": "binary"})


class KeptUpload(Answer):
    """What is known of a kept file. ``content_type`` is what its bytes say."""

    upload_id = Id()
    name = fields.String()
    content_type = fields.String()
    size = fields.Integer()
    sha256 = fields.String()
    created_at = Timestamp()


class ShowUpload(RequestSchema):
    """``GET /uploads/{upload_id}``."""

    upload_id = Id(required=True)


class AdvanceClock(RequestSchema):
    """``POST /dev/clock``."""

    advance_minutes = whole_number(min=0, max=_MINUTES_IN_TEN_YEARS, required=True)


class MovedClock(Answer):
    """What the time is now, everywhere on the platform."""

    now = Timestamp()


async def keep_upload(request: Request, caller: Caller, gateway: Gateway) -> Response:
    """One file in a multipart form, in the field ``file``."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise UnsupportedMediaType(accepted="multipart/form-data")
    limit = gateway.settings.max_upload_bytes
    name, content = await _read_file(request, limit + _ENVELOPE_BYTES)
    if len(content) > limit:
        raise TooLarge(max_bytes=limit)

    async def keep() -> dict[str, Any]:
        owner, now = caller.require_account(), gateway.clock.now()
        upload = await asyncio.to_thread(gateway.uploads.keep, content, name=name, owner=owner, at=now)
        return {k: v for k, v in asdict(upload).items() if k != "owner"}

    # the file counts, and not the form around it: a client that tries again draws another boundary
    answer = await gateway.answers.once(caller, "keep_upload", name.encode() + b"\0" + content, keep)
    return JSONResponse(answer, status_code=201)


async def show_upload(request: Request, caller: Caller, gateway: Gateway) -> Response:
    """For the owner, and for whoever has to judge what it proves: attendance knows."""
    upload = await asyncio.to_thread(gateway.uploads.find, request.path_params["upload_id"])
    if upload.owner != caller.require_account():
        asked = {"upload_id": upload.upload_id}
        answer = await gateway.rpc.call("attendance.may_see_upload", asked, caller, deadline=5)
        if not answer["allowed"]:
            raise NotFound(what="upload")
    content = await asyncio.to_thread(gateway.uploads.read, upload.upload_id)
    return Response(
        content,
        media_type=upload.content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{upload.upload_id}.{upload.name.rpartition(".")[2]}"',
            "Content-Security-Policy": "sandbox",
        },
    )


async def advance_clock(request: Request, caller: Caller, gateway: Gateway) -> Response:
    """Move every process of a development platform forward."""
    payload = await read_payload(request, _CLOCK, 1000)
    given = AdvanceClock().parse(payload)
    clock = gateway.clock
    if not isinstance(clock, FileOffsetClock):
        raise UnknownPath()

    async def advance() -> dict[str, str]:
        now = clock.advance(timedelta(minutes=given["advance_minutes"]))
        return {"now": now.astimezone(SHANGHAI).isoformat(timespec="seconds")}

    return JSONResponse(await gateway.answers.once(caller, "advance_clock", orjson.dumps(payload), advance))


async def _read_file(request: Request, limit: int) -> tuple[str, bytes]:
    body = await read_body(request, limit)
    replayed = Request(request.scope, _receive(body))
    try:
        async with replayed.form(max_files=1, max_fields=5) as form:
            file = form.get("file")
            if file is None or isinstance(file, str):
                raise Invalid(FieldError("file", "required", "请上传文件", "is required"))
            return file.filename or "file", await file.read()
    except AppError:
        raise
    except Exception as error:  # the parser's errors have no common base worth naming
        raise Invalid(FieldError("file", "unreadable", "表单无法解析", "the form cannot be read")) from error


def _receive(body: bytes) -> Callable[[], Awaitable[dict[str, Any]]]:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


_CLOCK = Route(
    "POST", "/dev/clock", advance_clock,
    request=AdvanceClock, answer=MovedClock, who=Who.PUBLIC, tags=("development",),
    zh="拨快时钟", en="Move the platform's clock forward",
)  # fmt: skip

ROUTES = [
    Route(
        "POST", "/uploads", keep_upload,
        request=KeepUpload, answer=KeptUpload, status=201, tags=("uploads",), body_type="multipart/form-data",
        errors=(TooLarge, UnsupportedMediaType), zh="上传文件", en="Hand in a file: an image or a PDF",
    ),
    Route(
        "GET", "/uploads/{upload_id}", show_upload,
        request=ShowUpload, tags=("uploads",),
        formats=("image/jpeg", "image/png", "image/webp", "application/pdf"),
        zh="下载文件", en="A file, for its owner and for those who review what it proves",
    ),
]  # fmt: skip

DEVELOPMENT_ROUTES = [_CLOCK]
