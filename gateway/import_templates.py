"""The empty spreadsheets that people fill in: headings in Chinese and English, and a sheet that explains them."""

from __future__ import annotations

import csv
import io
from functools import lru_cache

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from services.identity.schemas.import_columns import COLUMNS, Column, ImportKind

_LAST_ROW = 1_048_576
_REQUIRED = PatternFill("solid", fgColor="FFF2CC")
_BOLD = Font(bold=True)


@lru_cache
def xlsx_template(kind: ImportKind) -> bytes:
    """A workbook: the first sheet to be filled in, the second says how."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "导入"
    sheet.append([column.zh for column in COLUMNS[kind]])
    sheet.append([column.en for column in COLUMNS[kind]])
    sheet.freeze_panes = "A3"
    for number, column in enumerate(COLUMNS[kind], start=1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = max(14, 2 * len(column.zh) + 6)
        sheet.column_dimensions[letter].number_format = "@"  # or Excel turns 18 digits into a rounded number
        for heading in (sheet[f"{letter}1"], sheet[f"{letter}2"]):
            heading.font = _BOLD
            if column.required:
                heading.fill = _REQUIRED
        if column.words:
            choice = DataValidation("list", formula1=f'"{",".join(column.words)}"', allow_blank=True)
            choice.add(f"{letter}3:{letter}{_LAST_ROW}")
            sheet.add_data_validation(choice)
    notes = book.create_sheet("说明 Notes")
    notes.append(["列", "Column", "必填 Required", "说明", "Explanation", "可填内容 Allowed values"])
    for column in COLUMNS[kind]:
        notes.append(_note(column))
    for letter, width in zip("ABCDEF", (18, 26, 14, 48, 60, 80), strict=True):
        notes.column_dimensions[letter].width = width
        notes[f"{letter}1"].font = _BOLD
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _note(column: Column) -> list[str]:
    required = "是 yes" if column.required else "否 no"
    words = "、".join(f"{word} ({code})" for word, code in column.words.items())
    return [column.zh, column.en, required, column.note_zh, column.note_en, words]


def csv_template(kind: ImportKind) -> bytes:
    """Two lines of headings, with the mark by which Excel knows UTF-8."""
    text = io.StringIO()
    csv.writer(text).writerows([[c.zh for c in COLUMNS[kind]], [c.en for c in COLUMNS[kind]]])
    return text.getvalue().encode("utf-8-sig")
