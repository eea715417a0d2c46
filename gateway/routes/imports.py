"""Spreadsheets of volunteers and organizations: a template, the file, its errors, and the import (identity's)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gateway import csv_answers, spreadsheets
from gateway.csv_answers import csv_response
from gateway.endpoints import accepts
from gateway.errors import TooLarge, UnsupportedMediaType
from gateway.import_files import lines, received
from gateway.import_templates import csv_template, xlsx_template
from gateway.payloads import read_payload
from gateway.routing import Route, Who
from gateway.spreadsheets import xlsx_response
from services.chassis.context import Caller
from services.chassis.errors import IllegalTransition, Invalid
from services.identity import errors
from services.identity.schemas import import_columns, imports

if TYPE_CHECKING:
    from gateway.app import Gateway

_TAGS = ("imports",)
_DEADLINE = 15.0  # seconds for a batch
_RECEIVING = "receiving"
_ERROR_COLUMNS = ("row", "column", "heading", "code", "message")
_ROWS_A_PAGE = 1000


async def get_template(request: Request, _caller: Caller, gateway: Gateway) -> Response:
    """An empty spreadsheet to fill in."""
    given = import_columns.GetImportTemplate().parse(await read_payload(request, _TEMPLATE, 0))
    kind, file_format = import_columns.ImportKind(given["kind"]), given["format"]
    make = xlsx_template if file_format == "xlsx" else csv_template
    content = await asyncio.to_thread(make, kind)
    media_type = spreadsheets.MEDIA_TYPE if file_format == "xlsx" else csv_answers.MEDIA_TYPE
    name = f'attachment; filename="{kind.value}.{file_format}"'
    return Response(content, media_type=media_type, headers={"Content-Disposition": name})


async def send_import(request: Request, caller: Caller, gateway: Gateway) -> Response:
    """Take a file and hand on its rows; the same file sent again goes on behind the last row that arrived."""
    settings = gateway.settings
    async with received(request, settings.max_import_bytes) as (form, file):
        fields = {name: value for name, value in form.multi_items() if name != "file"}
        payload = {**fields, **request.path_params}
        given = import_columns.SendImport().parse(payload)
        async with aclosing(lines(file, given["kind"], settings)) as said:
            await anext(said)  # the headings are right, or Invalid tells of each that is not
            asked = {**{k: given[k] for k in ("organization_id", "kind", "import_id")}, "sha256": file.sha256}
            started = await gateway.rpc.call("identity.start_import", asked, caller, deadline=_DEADLINE)
            hand_on = _HandOn(gateway, replace(caller, idempotency_key=None), started["import_id"])
            return JSONResponse(await hand_on.rows(said), status_code=202)


class _HandOn:
    """The rows of one file, from the reader to identity."""

    def __init__(self, gateway: Gateway, caller: Caller, import_id: str) -> None:
        self._gateway, self._caller, self._import_id = gateway, caller, import_id

    async def rows(self, said: AsyncIterator[dict[str, Any]]) -> Any:
        """All that have not arrived before; answers the import. A file that turns out to be damaged is cancelled."""
        present = await self._ask("get_import")  # the answer to `start_import` may be a remembered one
        if present["status"] != _RECEIVING:
            return present
        try:
            async for line in said:
                if "end" in line:
                    return await self._ask("finish_staging", rows=line["end"])
                missing = [row for row in line["rows"] if row["row"] > present["last_row"]]
                if missing:
                    await self._ask("stage_import_rows", rows=missing)
        except Invalid:
            await self._ask("cancel_import")
            raise
        raise AssertionError("the reader ends with a line that says so")

    async def _ask(self, method: str, **payload: Any) -> Any:
        asked = {"import_id": self._import_id, **payload}
        return await self._gateway.rpc.call(f"identity.{method}", asked, self._caller, deadline=_DEADLINE)


async def list_errors(request: Request, caller: Caller, gateway: Gateway) -> Response:
    """A page of JSON, or all of them as a file."""
    payload = await read_payload(request, _ERRORS, 0)
    imports.ListImportErrors().parse(payload)
    wanted = accepts(request, csv_answers.MEDIA_TYPE, spreadsheets.MEDIA_TYPE)
    if wanted is None:
        return JSONResponse(await _page(gateway, caller, payload))
    asked = {"import_id": payload["import_id"], "limit": _ROWS_A_PAGE}
    flat: list[dict[str, Any]] = []
    while True:
        page = await _page(gateway, caller, asked)
        flat += [{"row": row["row"], **error} for row in page["items"] for error in row["errors"]]
        if page["next_cursor"] is None:
            break
        asked["cursor"] = page["next_cursor"]
    if wanted == csv_answers.MEDIA_TYPE:
        return csv_response(request, _ERROR_COLUMNS, flat)
    return await xlsx_response(request, _ERROR_COLUMNS, flat)


async def _page(gateway: Gateway, caller: Caller, payload: dict[str, Any]) -> Any:
    return await gateway.rpc.call("identity.list_import_errors", payload, caller, deadline=_DEADLINE)


_TEMPLATE = Route(
    "GET", "/import-templates/{kind}", get_template,
    request=import_columns.GetImportTemplate, tags=_TAGS, formats=(spreadsheets.MEDIA_TYPE, csv_answers.MEDIA_TYPE),
    zh="下载导入模板", en="An empty spreadsheet with headings and explanations",
)  # fmt: skip
_ERRORS = Route(
    "GET", "/imports/{import_id}/errors", list_errors,
    request=imports.ListImportErrors, answer=imports.RowErrorsPage, who=Who.ADMINISTRATOR, tags=_TAGS,
    formats=(csv_answers.MEDIA_TYPE, spreadsheets.MEDIA_TYPE),
    zh="导入错误", en="The rows with errors, each with column and reason; as a file: all of them",
)  # fmt: skip

ROUTES = [
    _TEMPLATE,
    Route(
        "POST", "/organizations/{organization_id}/imports", send_import,
        request=import_columns.SendImport, answer=imports.Import, who=Who.ADMINISTRATOR, status=202, tags=_TAGS,
        strict=True, body_type="multipart/form-data",
        errors=(TooLarge, UnsupportedMediaType, errors.ImportFileDiffers, errors.ImportingOrganizationNotActive),
        zh="导入名单", en="Hand in a spreadsheet; nothing is imported yet",
    ),
    Route(
        "GET", "/organizations/{organization_id}/imports", "identity.list_imports",
        request=imports.ListImports, answer=imports.ImportPage, who=Who.ADMINISTRATOR, tags=_TAGS,
        zh="导入记录", en="An organization's imports, newest first",
    ),
    Route(
        "GET", "/imports/{import_id}", "identity.get_import",
        request=imports.ImportById, answer=imports.Import, who=Who.ADMINISTRATOR, tags=_TAGS,
        zh="导入进度", en="How far an import has come",
    ),
    Route(
        "DELETE", "/imports/{import_id}", "identity.cancel_import",
        request=imports.ImportById, answer=imports.Import, who=Who.ADMINISTRATOR, errors=(IllegalTransition,),
        tags=_TAGS, zh="取消导入", en="Import nothing more; what was imported stays",
    ),
    _ERRORS,
    Route(
        "POST", "/imports/{import_id}/execution", "identity.execute_import",
        request=imports.ExecuteImport, answer=imports.Import, who=Who.ADMINISTRATOR, status=202, tags=_TAGS,
        errors=(errors.ImportHasErrors, IllegalTransition, errors.ImportingOrganizationNotActive),
        zh="执行导入", en="Import what was checked; the caller vouches for it",
    ),
]  # fmt: skip
