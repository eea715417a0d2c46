"""Branch contacts in the two forms in which they come: the notice's own text, and CSV.

Why this module exists: attachment 3 of the notice was made with a word processor, a cell a line. Somebody will paste
it, correct a number and paste it again; a row that is broken has to be named by its line, and all of them at once.

Pure text in, rows out; raises ``Invalid`` with a field error for each fault (``text.line.123``). The messages name
lines and columns, and never show a name or a number.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from services.card.domain import CARD_TYPE_NAMES, Bank, CardType, bank_called
from services.chassis.errors import FieldError, Invalid
from services.chassis.regions import CITIES

CSV_COLUMNS = ("city", "bank", "card_type", "branch", "contact", "phone")

_TABLE_TITLE = "制证银行地市分行联系人"
_LAST_HEADING = "联系电话"
_BANK_WORD = "银行"
_BRANCH = re.compile(r"(?P<branch>(?P<bank>[^()]*?银行)[^()]*)\((?P<card_type>[^()]*)\)")
_PHONE = re.compile(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}|9\d{4}|[48]00-?\d{3}-?\d{4}")
_HAN = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
_CITY_CODES = {name: code for code, name in CITIES.items()}
_CARD_TYPES = {name: card_type for card_type, name in CARD_TYPE_NAMES.items()} | {t.value: t for t in CardType}
_MAX_NAME = 50


@dataclass(frozen=True, kw_only=True)
class ContactRow:
    """One contact, and the line on which its row begins."""

    line: int
    city: str
    bank: Bank
    card_type: CardType
    branch: str
    contact: str
    phone: str


@dataclass(frozen=True)
class _Cell:
    line: int
    text: str


class _Fault(Exception):
    """One broken row, or part of it."""

    def __init__(self, line: int, code: str, zh: str, en: str) -> None:
        super().__init__(code)
        self.error = FieldError(f"text.line.{line}", code, f"第 {line} 行：{zh}", f"line {line}: {en}")


def parse_notice(text: str) -> list[ContactRow]:
    """The contacts of attachment 3.

    A row is a block of lines between blank ones: city (empty if it is that of the row above), branch with the card type
    in brackets, contact, phone; each in a line of its own that begins with a tab. What stands before the table, and a
    next attachment behind it, is passed over.
    """
    rows, faults = [], []
    city: str | None = None
    for cells in _table_blocks(text):
        try:
            if _BANK_WORD not in cells[0].text:
                city = ""  # an unknown city is named once: the rows below it are not in the city above
                city = _city(cells[0])
                del cells[0]
            rows.append(_notice_row(cells, city))
        except _Fault as fault:
            faults.append(fault.error)
    return _all_or_nothing(rows, faults)


def parse_csv(text: str) -> list[ContactRow]:
    """Contacts from CSV with a heading of :data:`CSV_COLUMNS`; words may be codes or Chinese names."""
    records = list(_csv_records(text.removeprefix("\ufeff")))
    if not records or tuple(field.strip() for field in records[0][1]) != CSV_COLUMNS:
        heading = ",".join(CSV_COLUMNS)
        raise Invalid(_Fault(1, "bad_heading", f"首行应为 {heading}", f"the first line must be {heading}").error)
    rows, faults = [], []
    for line, record in records[1:]:
        try:
            rows.append(_csv_row(line, record))
        except _Fault as fault:
            faults.append(fault.error)
    return _all_or_nothing(rows, faults)


def _all_or_nothing(rows: list[ContactRow], faults: list[FieldError]) -> list[ContactRow]:
    first_lines: dict[tuple[str, Bank, CardType], int] = {}
    for row in rows:
        first = first_lines.setdefault((row.city, row.bank, row.card_type), row.line)
        if first != row.line:
            zh, en = f"与第 {first} 行重复（同一城市、银行和卡种）", f"repeats line {first} (city, bank, card type)"
            faults.append(_Fault(row.line, "repeated_row", zh, en).error)
    if faults:
        raise Invalid(*faults)
    if not rows:
        zh, en = f"没有找到“{_TABLE_TITLE}”的内容", "holds no table of branch contacts (notice, attachment 3)"
        raise Invalid(FieldError("text", "no_contact_table", zh, en))
    return rows


def _table_blocks(text: str) -> Iterator[list[_Cell]]:
    """The cells of each row; empty cells are left out."""
    lines = text.splitlines()
    titles = [number for number, line in enumerate(lines) if _TABLE_TITLE in line]
    headings = [n for n, line in enumerate(lines) if line.strip() == _LAST_HEADING and titles and n > titles[0]]
    if not headings:
        return
    block: list[_Cell] = []
    for number, line in enumerate([*lines[headings[0] + 1 :], ""], headings[0] + 2):
        if line.strip().startswith("附件"):
            break
        block += [_Cell(number, cell.strip()) for cell in line.split("\t") if cell.strip()]
        if block and not line.strip() and "\t" not in line:
            yield block
            block = []
    if block:
        yield block


def _notice_row(cells: list[_Cell], city: str | None) -> ContactRow:
    line = cells[0].line if cells else 0
    branches = [cell for cell in cells if _BANK_WORD in cell.text]
    if len(branches) != 1 or cells[0] is not branches[0] or len(cells) > 3:
        zh, en = (
            "应依次为银行名称（卡种）、联系人、联系电话，行间留空行",
            "expected branch, contact, phone; a blank line between",
        )
        raise _Fault(line, "broken_row", zh, en)
    matched = _BRANCH.fullmatch(_narrow(cells[0].text))
    if matched is None:
        raise _Fault(line, "bad_branch", "银行名称后应有（借记卡）或（贷记卡）", "the branch must end in its card type")
    if len(cells) < 3:
        missing_phone = len(cells) == 2 and not _PHONE.fullmatch(_narrow(cells[1].text))
        zh, en = ("联系电话", "phone") if missing_phone else ("联系人", "contact")
        raise _Fault(line, "missing_cell", f"缺少{zh}", f"has no {en}")
    return ContactRow(
        line=line,
        city=_known(city, line),
        bank=_bank(_Cell(line, matched["bank"])),
        card_type=_card_type(_Cell(line, matched["card_type"])),
        branch=_name(_Cell(line, matched["branch"])),
        contact=_name(cells[1]),
        phone=_phone(cells[2]),
    )


def _csv_records(text: str) -> Iterator[tuple[int, list[str]]]:
    """(line, fields) of every record that is not empty."""
    reader = csv.reader(io.StringIO(text), strict=True)
    line = 1
    try:
        for record in reader:
            if any(field.strip() for field in record):
                yield line, record
            line = reader.line_num + 1
    except csv.Error:
        raise Invalid(_Fault(line, "bad_csv", "不是有效的 CSV", "is not valid CSV").error) from None


def _csv_row(line: int, record: list[str]) -> ContactRow:
    if len(record) != len(CSV_COLUMNS):
        raise _Fault(
            line,
            "broken_row",
            f"应有 {len(CSV_COLUMNS)} 列，实有 {len(record)} 列",
            f"must have {len(CSV_COLUMNS)} columns",
        )
    city, bank, card_type, branch, contact, phone = (_Cell(line, field) for field in record)
    return ContactRow(
        line=line,
        city=_city(city),
        bank=_bank(bank),
        card_type=_card_type(card_type),
        branch=_name(branch),
        contact=_name(contact),
        phone=_phone(phone),
    )


def _narrow(text: str) -> str:
    """Half-width digits and brackets, no blanks around."""
    return unicodedata.normalize("NFKC", text).strip()


def _city(cell: _Cell) -> str:
    word = _narrow(cell.text).removesuffix("市")
    city = word if word in CITIES else _CITY_CODES.get(word)
    return _known(city, cell.line)


def _known(city: str | None, line: int) -> str:
    if city is None:
        raise _Fault(line, "unknown_city", "城市不明，应为本省地级以上市", "its city is not one of the province's")
    return city


def _bank(cell: _Cell) -> Bank:
    bank = bank_called(_narrow(cell.text))
    if bank is None:
        raise _Fault(cell.line, "unknown_bank", "不是制证银行", "is no issuing bank")
    return bank


def _card_type(cell: _Cell) -> CardType:
    card_type = _CARD_TYPES.get(_narrow(cell.text))
    if card_type is None:
        raise _Fault(cell.line, "unknown_card_type", "卡种应为借记卡或贷记卡", "the card type must be debit or credit")
    return card_type


def _name(cell: _Cell) -> str:
    """A name without the blanks that pad it in print ("王  五")."""
    name = _HAN.sub("", _narrow(cell.text))
    if not name or len(name) > _MAX_NAME:
        raise _Fault(cell.line, "bad_name", f"名称应为 1 至 {_MAX_NAME} 字", f"a name has 1 to {_MAX_NAME} characters")
    return name


def _phone(cell: _Cell) -> str:
    phone = _narrow(cell.text).replace(" ", "")
    if not _PHONE.fullmatch(phone):
        raise _Fault(cell.line, "bad_phone", "联系电话格式不正确", "the phone number is not valid")
    return phone
