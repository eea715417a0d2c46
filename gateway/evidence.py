"""Uploads that speak for hours: what only the gateway knows of them goes to the service in place of their ids."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from starlette.requests import Request as HttpRequest

from services.chassis.context import Caller
from services.chassis.errors import FieldError, Invalid, NotFound

if TYPE_CHECKING:
    from gateway.app import Gateway


async def describe_evidence(
    _request: HttpRequest, caller: Caller, payload: dict[str, Any], gateway: Gateway
) -> dict[str, Any]:
    """Put what is known of each upload in the place of its id; raises ``Invalid`` for others' files.

    Where a client names none, nothing is added: a service of the version before need not know the field.
    """
    if not payload.get("evidence"):
        return payload
    described, faults = [], []
    for position, upload_id in enumerate(payload["evidence"]):
        try:
            upload = await asyncio.to_thread(gateway.uploads.find, upload_id)
        except NotFound:
            upload = None
        if upload is None or upload.owner != caller.account_id:
            faults.append(
                FieldError(f"evidence.{position}", "unknown_upload", "不是您上传的文件", "is no upload of yours")
            )
            continue
        described.append(
            {
                "upload_id": upload.upload_id,
                "sha256": upload.sha256,
                "content_type": upload.content_type,
                "name": upload.name,
            }
        )
    if faults:
        raise Invalid(*faults)
    return {**payload, "evidence": described}
