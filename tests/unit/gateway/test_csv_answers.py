"""Lists as CSV: what a spreadsheet reads, and what it must not run."""

from __future__ import annotations

from starlette.requests import Request

from gateway.csv_answers import csv_response


def request(query: bytes = b"limit=2") -> Request:
    return Request({"type": "http", "method": "GET", "path": "/v1/list", "query_string": query, "headers": [],
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
