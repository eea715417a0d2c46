"""Spreadsheets at the gateway: any that Excel writes is read, what is none is refused, and an upload can be resumed."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import datetime
from typing import Any

import openpyxl
import pytest

from gateway.import_templates import csv_template, xlsx_template
from services.chassis.ids import new_id
from services.identity.schemas.import_columns import COLUMNS, ImportKind
from tests.unit.gateway.conftest import Site, bearer

ORGANIZATION, IMPORT = new_id(), new_id()
REVIEWER = bearer("administrator", roles=[[ORGANIZATION, "reviewer"]])
PATH = f"/v1/organizations/{ORGANIZATION}/imports"
HEADINGS = ["姓名", "证件类型", "证件号码", "手机号", "行政区划代码", "出生日期"]
PERSON = ["林木棉", "居民身份证", "440106199503070024", "13800000001", "440104", "1995-03-07"]
AS_READ = {
    "name": "林木棉", "cert_type": "居民身份证", "cert_no": "440106199503070024", "phone": "13800000001",
    "region": "440104", "birth_date": "1995-03-07",
}  # fmt: skip


def a_csv(*rows: list[str], encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(encoding)


def an_xlsx(*rows: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.fixture
def gateway(site: Any) -> Site:
    one: Site = site(ZHIYUAN_MAX_IMPORT_BYTES="200000", ZHIYUAN_MAX_IMPORT_ROWS="1200")
    one.rpc.answers = {
        "identity.start_import": {"import_id": IMPORT},
        "identity.get_import": {"import_id": IMPORT, "status": "receiving", "last_row": 0},
        "identity.finish_staging": {"import_id": IMPORT, "status": "checking"},
    }
    return one


def send(gateway: Site, content: bytes, **form: str) -> Any:
    fields = {"kind": "volunteers", **form}
    return gateway.http.post(PATH, files={"file": ("名单", content)}, data=fields, headers=REVIEWER)


def staged(gateway: Site) -> list[dict[str, Any]]:
    return [
        row for target, asked, _ in gateway.rpc.asked if target == "identity.stage_import_rows" for row in asked["rows"]
    ]


def codes(answer: Any) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [error["code"] for error in answer.json()["errors"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_read_in_whatever_way_excel_wrote_it(gateway: Site, encoding: str) -> None:
    answer = send(gateway, a_csv(HEADINGS, PERSON, [], PERSON, encoding=encoding))
    assert (answer.status_code, answer.json()["status"]) == (202, "checking")
    assert staged(gateway) == [{"row": 2, "values": AS_READ}, {"row": 4, "values": AS_READ}]
    assert gateway.rpc.asked[-1][1] == {"import_id": IMPORT, "rows": 2}


def test_a_workbook_is_read_with_its_numbers_and_dates_as_text(gateway: Site) -> None:
    row = ["林木棉", "居民身份证", "440106199503070024", 13800000001, 440104.0, datetime(1995, 3, 7)]
    assert send(gateway, an_xlsx(HEADINGS, row, [None] * 6)).status_code == 202
    assert staged(gateway) == [{"row": 2, "values": AS_READ}]


@pytest.mark.parametrize("kind", list(ImportKind))
def test_the_templates_are_files_that_can_be_handed_in(gateway: Site, kind: ImportKind) -> None:
    shown = gateway.http.get(f"/v1/import-templates/{kind}", headers=REVIEWER)
    book = openpyxl.load_workbook(io.BytesIO(shown.content))
    first = book.worksheets[0]
    assert [cell.value for cell in first[1]] == [column.zh for column in COLUMNS[kind]]
    first.append(["x" for _ in COLUMNS[kind]])
    content = io.BytesIO()
    book.save(content)
    assert send(gateway, content.getvalue(), kind=kind.value).status_code == 202
    assert [row["row"] for row in staged(gateway)] == [3]
    text = gateway.http.get(f"/v1/import-templates/{kind}?format=csv", headers=REVIEWER).content
    assert text == csv_template(kind)
    assert codes(send(gateway, text, kind=kind.value)) == ["no_rows"]
    assert xlsx_template(kind) is xlsx_template(kind)


def test_headings_that_are_wrong_are_all_named_before_anything_begins(gateway: Site) -> None:
    answer = send(gateway, a_csv(["姓名", "姓名", "年龄"], PERSON))
    assert codes(answer) == ["unknown_column", "repeated_column", *["missing_column"] * 4]
    assert "年龄" in answer.text
    assert gateway.rpc.asked == []


def test_an_interrupted_upload_goes_on_behind_the_last_row(gateway: Site) -> None:
    gateway.rpc.answers["identity.get_import"]["last_row"] = 801
    assert send(gateway, a_csv(HEADINGS, *([PERSON] * 1000)), import_id=IMPORT).status_code == 202
    assert [row["row"] for row in staged(gateway)] == list(range(802, 1002))
    assert gateway.rpc.asked[0][1]["import_id"] == IMPORT
    assert gateway.rpc.asked[-1][1]["rows"] == 1000


def test_a_file_that_has_arrived_is_not_sent_on_again(gateway: Site) -> None:
    gateway.rpc.answers["identity.get_import"]["status"] = "checked"
    assert send(gateway, a_csv(HEADINGS, PERSON)).json()["status"] == "checked"
    assert staged(gateway) == []


def test_too_many_rows_are_refused_and_the_import_is_cancelled(gateway: Site) -> None:
    assert codes(send(gateway, a_csv(HEADINGS, *([PERSON] * 1201)))) == ["too_many_rows"]
    assert gateway.rpc.asked[-1][0] == "identity.cancel_import"


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"", 415), (b"\x89PNG\r\n\x1a\n\0\0", 415), (b"a" * 300_000, 413), (b"PK\x03\x04" + bytes(100), 422)],
)
def test_what_is_no_spreadsheet_is_refused(gateway: Site, content: bytes, status: int) -> None:
    assert send(gateway, content).status_code == status


def test_a_workbook_that_unzips_to_too_much_is_refused(site: Any) -> None:
    small: Site = site(ZHIYUAN_MAX_IMPORT_UNZIPPED_BYTES="1000000")
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(2_000_000))
    assert codes(send(small, content.getvalue())) == ["too_large_unzipped"]


def test_the_errors_are_a_page_or_a_whole_file(gateway: Site) -> None:
    cell = {"column": "phone", "heading": "手机号", "code": "bad_mobile", "message": "手机号码格式不正确"}
    page = {"items": [{"row": 7, "state": "bad", "errors": [cell]}], "next_cursor": None}
    gateway.rpc.answers["identity.list_import_errors"] = page
    path = f"/v1/imports/{IMPORT}/errors"
    assert gateway.http.get(path, headers=REVIEWER).json() == page
    text = gateway.http.get(path, headers={**REVIEWER, "Accept": "text/csv"}).content.decode("utf-8-sig")
    assert text.splitlines()[1] == "7,phone,手机号,bad_mobile,手机号码格式不正确"
