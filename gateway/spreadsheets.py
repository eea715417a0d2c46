"""Lists as XLSX, for whoever works with them in Excel or WPS.

Why this module exists: what people typed stays text, whatever it begins with; and a workbook is zipped and takes its
time, so it is written in a thread, row by row.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from starlette.requests import Request
from starlette.responses import Response

from gateway.csv_answers import next_page_link

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONGEST_TEXT = 32_767  # characters that a cell holds


async def xlsx_response(
    request: Request, columns: Sequence[str], rows: Iterable[Mapping[str, Any]], next_cursor: str | None = None
) -> Response:
    """``rows`` as a workbook of one sheet; a further page is named in the ``Link`` header (RFC 8288)."""
    content = await asyncio.to_thread(_workbook, columns, rows)
    headers = {"Vary": "Accept", "Content-Disposition": 'attachment; filename="list.xlsx"'}
    return Response(content, media_type=MEDIA_TYPE, headers=headers | next_page_link(request, next_cursor))


def _workbook(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("list")
    sheet.freeze_panes = "A2"
    sheet.append(_headings(sheet, columns))
    for row in rows:
        sheet.append([_cell(sheet, row.get(column)) for column in columns])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _headings(sheet: Any, columns: Sequence[str]) -> Iterator[Any]:
    for column in columns:
        heading = _text(sheet, column)
        heading.font = Font(bold=True)
        yield heading


def _cell(sheet: Any, value: Any) -> Any:
    """Text as text; numbers, truth values and nothing as they are."""
    if isinstance(value, str):
        return _text(sheet, value)
    return value


def _text(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text)[:_LONGEST_TEXT])
    cell.data_type = "s"  # and not a formula, which openpyxl takes it for if it begins with "="
    return cell
