"""Lists as XLSX: what Excel reads, and what it must not run."""

from __future__ import annotations

import asyncio
import io
from typing import Any

from openpyxl import load_workbook
from starlette.responses import Response

from gateway.routes.organization import ROUTES
from gateway.spreadsheets import MEDIA_TYPE, xlsx_response
from tests.unit.gateway.test_csv_answers import request


def answered(rows: list[dict[str, Any]], next_cursor: str | None = None) -> Response:
    return asyncio.run(xlsx_response(request(), ("name", "n"), rows, next_cursor))


def cells(response: Response) -> list[tuple[Any, ...]]:
    book = load_workbook(io.BytesIO(bytes(response.body)))
    return list(book["list"].iter_rows(values_only=True))


def test_rows_stand_below_their_columns_and_numbers_stay_numbers() -> None:
    response = answered([{"name": "广州志愿", "n": 3}, {"name": "韶关", "n": None}])
    assert response.headers["content-type"] == MEDIA_TYPE
    assert cells(response) == [("name", "n"), ("广州志愿", 3), ("韶关", None)]


def test_what_people_typed_is_no_formula() -> None:
    book = load_workbook(io.BytesIO(bytes(answered([{"name": "=HYPERLINK(1)", "n": -1}]).body)))
    cell = book["list"]["A2"]
    assert (cell.value, cell.data_type) == ("=HYPERLINK(1)", "s")


def test_what_a_cell_cannot_hold_is_left_out() -> None:
    assert cells(answered([{"name": "a\x00b\x0bc", "n": 1}, {"name": "长" * 40_000, "n": 2}]))[1:] == [
        ("abc", 1),
        ("长" * 32_767, 2),
    ]


def test_the_next_page_is_linked() -> None:
    assert answered([], "abc").headers["link"] == '</v1/list?limit=2&cursor=abc>; rel="next"'
    assert "link" not in answered([]).headers


def test_a_receipt_is_a_row_for_each_contact() -> None:
    render = next(route.render for route in ROUTES if route.rpc == "organization.list_receipts")
    assert render is not None
    contacts = [{"role": "liaison", "name": "林小红"}, {"role": "head", "name": "=何"}]
    receipt = {
        "organization_name": "广州市",
        "contacts": contacts,
        "needs": {"training": True, "problems": None},
        "declared": {"organizations": 4, "volunteers": 10, "league_members": 5},
    }
    answer = {"items": [receipt], "next_cursor": None}
    assert asyncio.run(render(request(accept="application/json"), answer)) is None
    response = asyncio.run(render(request(accept=MEDIA_TYPE), answer))
    assert response is not None
    columns, *rows = cells(response)
    shown = [dict(zip(columns, row, strict=True)) for row in rows]
    assert [(row["role"], row["name"], row["declared_volunteers"], row["training"]) for row in shown] == [
        ("liaison", "林小红", 10, True),
        ("head", "=何", 10, True),
    ]
