"""Lists as CSV, for whoever works with them in a spreadsheet.

Why this module exists: text that people typed can be a formula to a spreadsheet, and Excel takes UTF-8 for something
else unless it is told. Both are settled here.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

MEDIA_TYPE = "text/csv"
_FORMULA_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")


def csv_response(
    request: Request, columns: Sequence[str], rows: Iterable[Mapping[str, Any]], next_cursor: str | None = None
) -> Response:
    """``rows`` as CSV with a header line; a further page is named in the ``Link`` header (RFC 8288)."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)
    headers = {"Vary": "Accept"} | next_page_link(request, next_cursor)
    return Response(text.getvalue().encode("utf-8-sig"), media_type=MEDIA_TYPE, headers=headers)


def next_page_link(request: Request, next_cursor: str | None) -> dict[str, str]:
    """The header that names the next page of a list in another format than JSON (RFC 8288); none after the last."""
    if next_cursor is None:
        return {}
    following = request.url.include_query_params(cursor=next_cursor)
    return {"Link": f'<{following.path}?{following.query}>; rel="next"'}


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_FORMULA_BEGINNINGS):
        return f"'{value}"
    return "" if value is None else value
