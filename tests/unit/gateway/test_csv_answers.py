"""Lists as CSV: what a spreadsheet reads, and what it must not run."""

from __future__ import annotations

import asyncio

from starlette.requests import Request

from gateway.csv_answers import csv_response
from gateway.routes.organization import ROUTES


def request(**headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "GET", "path": "/v1/list", "query_string": b"limit=2", "headers": raw,
                    "server": ("localhost", 80), "scheme": "http"})  # fmt: skip


def test_rows_stand_below_their_columns_in_utf_8_that_excel_recognises() -> None:
    response = csv_response(request(), ("name", "n"), [{"name": '广州,"志愿"', "n": 3}, {"n": None}])
    assert response.body.startswith(b"\xef\xbb\xbf")
    assert bytes(response.body).decode("utf-8-sig") == 'name,n\r\n"广州,""志愿""",3\r\n,\r\n'
    assert response.headers["content-type"].startswith("text/csv")


def test_what_people_typed_is_no_formula() -> None:
    response = csv_response(request(), ("name", "n"), [{"name": "=HYPERLINK(1)", "n": -1}])
    assert bytes(response.body).decode("utf-8-sig").splitlines()[1] == "'=HYPERLINK(1),-1"


def test_the_next_page_is_linked() -> None:
    response = csv_response(request(), ("n",), [], next_cursor="abc")
    assert response.headers["link"] == '</v1/list?limit=2&cursor=abc>; rel="next"'
    assert "link" not in csv_response(request(), ("n",), []).headers


def test_supervision_is_csv_for_whoever_asks_for_it_in_their_language() -> None:
    render = next(route.render for route in ROUTES if route.path == "/supervision")
    assert render is not None
    indicator = {"indicator": "card_holders", "value": 0.5, "numerator": 1, "denominator": 2, "target": 0.5}
    answer = {
        "organization_id": "o",
        "as_of": "2026-03-02",
        "since": "2025-03-02",
        "indicators": [{**indicator, "formula": {"zh": "持证 ÷ 注册", "en": "holders / registered"}}],
    }
    assert asyncio.run(render(request(accept="application/json"), answer)) is None
    response = asyncio.run(render(request(accept="text/csv", accept_language="en"), answer))
    assert response is not None
    line = bytes(response.body).decode("utf-8-sig").splitlines()[1]
    assert line == "o,2026-03-02,2025-03-02,card_holders,0.5,1,2,0.5,holders / registered"
