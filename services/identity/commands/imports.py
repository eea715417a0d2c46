"""Spreadsheets."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class ImportedRow:
    """One row of a spreadsheet: its number in the file, and the text of each cell by column."""

    row: int
    values: dict[str, str] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class StartImport:
    """A file is about to be handed in, or handed in again after an interruption."""

    organization_id: str
    kind: str
    sha256: str
    import_id: str | None


@dataclass(frozen=True, kw_only=True)
class StageImportRows:
    """The next rows of a file."""

    import_id: str
    rows: list[ImportedRow]


@dataclass(frozen=True, kw_only=True)
class FinishStaging:
    """The file has been read to its end."""

    import_id: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class ImportById:
    """One import."""

    import_id: str


@dataclass(frozen=True, kw_only=True)
class ListImports:
    """A page of an organization's imports, newest first."""

    organization_id: str
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class ListImportErrors:
    """A page of the rows that cannot be imported, in the file's order."""

    import_id: str
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class ExecuteImport:
    """Import what was checked; ``only_good`` leaves the rows out that have errors."""

    import_id: str
    only_good: bool
