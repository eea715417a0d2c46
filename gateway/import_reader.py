"""Reads a spreadsheet from standard input and writes its rows to standard output: ``python -m gateway.import_reader``.

Why this module exists: unzipping and parsing a hundred thousand rows takes the processor for seconds, and what comes
from outside may be made to exhaust memory. So it is a process of its own, with a limit, that says a line of JSON at a
time and waits while nobody reads:

    {"columns": […]}      the headings are understood; or {"refused": [{code, zh, en}]}, and that is all
    {"rows": [{row, values}]}      a batch; ``row`` is the number that Excel shows
    {"end": n}      how many rows there were

Arguments: the kind of import, ``xlsx`` or ``csv``, the most rows, the most bytes that a workbook may unzip to.
"""

from __future__ import annotations

import array
import codecs
import csv
import io
import os
import resource
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, datetime
from typing import IO, Any
from xml.etree.ElementTree import ParseError, iterparse

import orjson
from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.xml.constants import ARC_SHARED_STRINGS, SHEET_MAIN_NS

from services.identity.schemas.import_columns import COLUMNS, MAX_CELL, Column, ImportKind, cell_text

ROWS_AT_ONCE = 500
_MEMORY = 1_000_000_000  # bytes of address space
_CHUNK = 1 << 16


class Refused(Exception):
    """The file is none that can be imported; holds what is wrong: (code, zh, en)."""

    def __init__(self, *reasons: tuple[str, str, str]) -> None:
        super().__init__(reasons)
        self.reasons = reasons


UNREADABLE = ("unreadable_file", "文件损坏或不是所称的格式", "is damaged, or not of the format it seems to have")


def main(arguments: Sequence[str]) -> int:
    """Read standard input; 0 even if the file is refused, because that was said."""
    kind, file_format, max_rows, max_unzipped = arguments
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    try:
        rows = xlsx_rows(sys.stdin.buffer, int(max_unzipped)) if file_format == "xlsx" else csv_rows(sys.stdin.buffer)
        for line in batches(ImportKind(kind), rows, int(max_rows)):
            _say(line)
    except Refused as refused:
        _say({"refused": [{"code": code, "zh": zh, "en": en} for code, zh, en in refused.reasons]})
    except (
        zipfile.BadZipFile,
        InvalidFileException,
        ParseError,
        csv.Error,
        ValueError,
        KeyError,
        EOFError,
        MemoryError,
    ):
        # what a damaged workbook raises depends on where it is damaged
        _say({"refused": [dict(zip(("code", "zh", "en"), UNREADABLE, strict=True))]})
    return 0


def batches(kind: ImportKind, rows: Iterator[tuple[int, Sequence[str]]], max_rows: int) -> Iterator[dict[str, Any]]:
    """The lines to be said of ``rows`` (number and cells), the headings first. Raises :class:`Refused`."""
    number, headings = next(((n, cells) for n, cells in rows if any(cells)), (0, ()))
    columns = match_columns(kind, headings)
    yield {"columns": [column.name for column in columns if column is not None]}
    count, batch = 0, []
    for row, cells in rows:
        if not any(cells) or (row == number + 1 and _are_headings(columns, cells)):
            continue
        values = {c.name: text for c, text in zip(columns, cells, strict=False) if c is not None and text}
        count += 1
        if count > max_rows:
            raise Refused(("too_many_rows", f"最多 {max_rows} 行，请分成多个文件", f"has more than {max_rows} rows"))
        batch.append({"row": row, "values": values})
        if len(batch) == ROWS_AT_ONCE:
            yield {"rows": batch}
            batch = []
    if batch:
        yield {"rows": batch}
    if not count:
        raise Refused(("no_rows", "文件中没有数据", "has no rows"))
    yield {"end": count}


def match_columns(kind: ImportKind, headings: Sequence[str]) -> list[Column | None]:
    """Which column each heading is, by any of its names; None for an empty one. Raises :class:`Refused` with all that
    is wrong with the headings."""
    names = {name: column for column in COLUMNS[kind] for name in _names(column)}
    columns = [names.get(cell_text(heading).casefold()) for heading in headings]
    reasons = []
    for heading, column in zip(headings, columns, strict=True):
        if heading and column is None:
            reasons.append(("unknown_column", f"没有“{heading[:50]}”这一列", f"has an unknown column “{heading[:50]}”"))
    known = [column for column in columns if column is not None]
    for column in COLUMNS[kind]:
        if column.required and column not in known:
            reasons.append(("missing_column", f"缺少“{column.zh}”列", f"has no column “{column.en}”"))
        if known.count(column) > 1:
            reasons.append(("repeated_column", f"“{column.zh}”列重复", f"has the column “{column.en}” twice"))
    if reasons:
        raise Refused(*reasons)
    return columns


def _names(column: Column) -> tuple[str, ...]:
    return tuple(name.casefold() for name in (column.zh, f"{column.zh}*", column.en, column.name))


def _are_headings(columns: Sequence[Column | None], cells: Sequence[str]) -> bool:
    pairs = zip(columns, cells, strict=False)
    return all(not text or (c is not None and cell_text(text).casefold() in _names(c)) for c, text in pairs)


def csv_rows(file: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
    """The records of a CSV in UTF-8 (with or without a mark) or GB18030, which Excel writes in China."""
    encoding = "utf-8-sig" if _is_utf8(file) else "gb18030"
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    first = text.readline()
    text.seek(0)
    delimiter = "\t" if "\t" in first and "," not in first else ","
    for number, cells in enumerate(csv.reader(text, delimiter=delimiter), start=1):
        yield number, [cell.strip()[:MAX_CELL] for cell in cells]


def _is_utf8(file: IO[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def xlsx_rows(file: IO[bytes], max_unzipped: int) -> Iterator[tuple[int, list[str]]]:
    """The rows of a workbook's first sheet. Raises :class:`Refused` for one that unzips to too much."""
    with zipfile.ZipFile(file) as archive:
        # a size that is declared too small ends the reading there: `zipfile` gives no more than was declared
        if sum(member.file_size for member in archive.infolist()) > max_unzipped:
            raise Refused(("too_large_unzipped", "解压后内容过大", "unzips to more than is taken"))
    file.seek(0)
    reader = _Reader(file)
    reader.read()
    with closing(reader.wb):
        for number, cells in enumerate(reader.wb.worksheets[0].iter_rows(max_col=100, values_only=True), start=1):
            yield number, [_cell(cell) for cell in cells]


class _Reader(ExcelReader):
    """openpyxl's reader with the texts of a workbook on the disk: its own keeps all of them in memory."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file, read_only=True, data_only=True, keep_links=False)

    def read_strings(self) -> None:
        """Called by ``read``; the sheets then look their texts up."""
        if ARC_SHARED_STRINGS in self.archive.namelist():
            with self.archive.open(ARC_SHARED_STRINGS) as source:
                self.shared_strings = DiskStrings(source)  # type: ignore[assignment]  # looked up by number only


class DiskStrings:
    """The texts of a workbook by their number: eight bytes of memory for each."""

    def __init__(self, source: IO[bytes]) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as this does
        self._ends = array.array("Q", [0])
        end, item = 0, f"{{{SHEET_MAIN_NS}}}si"
        parents: list[Any] = []
        for event, element in iterparse(source, events=("start", "end")):
            if event == "start":
                parents.append(element)
                continue
            parents.pop()
            if element.tag == item:
                text = Text.from_tree(element)
                end += self._file.write(text.content[:MAX_CELL].encode() if text is not None else b"")
                self._ends.append(end)
                parents[-1].clear()
        self._file.flush()

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, number: int) -> str:
        start = self._ends[number]
        return os.pread(self._file.fileno(), self._ends[number + 1] - start, start).decode()


def _cell(value: Any) -> str:
    """A cell as its text: a number without the decimals that Excel does not show, a day as ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()[:MAX_CELL]


def _say(line: dict[str, Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(line) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
