"""What can be asked of imports, and what is answered."""

from __future__ import annotations

from marshmallow import fields

from services.chassis.schema import Answer, Id, PageRequest, Request, Text, Timestamp, list_of, one_of, page_of
from services.chassis.schema import whole_number as number
from services.identity import commands
from services.identity.domain.imports import ImportKind
from services.identity.schemas.import_columns import MAX_CELL

MAX_BATCH = 1000
_MAX_ROW = 2_000_000


class ImportedRow(Request):
    """One row: the cells' text by column."""

    class Meta:
        command = commands.ImportedRow

    row = number(min=1, max=_MAX_ROW, required=True)
    values = fields.Dict(keys=Text(max=50), values=fields.String(validate=lambda t: len(t) <= MAX_CELL), required=True)


class StartImport(Request):
    """``start_import``, for the gateway. ``sha256``: of the file, by which a second attempt finds the first."""

    class Meta:
        command = commands.StartImport

    organization_id = Id(required=True)
    kind = one_of(ImportKind, required=True)
    sha256 = Text(min=64, max=64, required=True)
    import_id = Id(load_default=None, allow_none=True)


class StageImportRows(Request):
    """``stage_import_rows``, for the gateway."""

    class Meta:
        command = commands.StageImportRows

    import_id = Id(required=True)
    rows = list_of(fields.Nested(ImportedRow), min=1, max=MAX_BATCH, required=True)


class FinishStaging(Request):
    """``finish_staging``, for the gateway: how many rows the file had."""

    class Meta:
        command = commands.FinishStaging

    import_id = Id(required=True)
    rows = number(min=0, max=_MAX_ROW, required=True)


class ImportById(Request):
    """``GET`` and ``DELETE /imports/{import_id}``."""

    class Meta:
        command = commands.ImportById

    import_id = Id(required=True)


class ListImports(PageRequest):
    """``GET /organizations/{organization_id}/imports``."""

    class Meta:
        command = commands.ListImports

    organization_id = Id(required=True)


class ListImportErrors(PageRequest):
    """``GET /imports/{import_id}/errors``."""

    class Meta:
        command = commands.ListImportErrors

    import_id = Id(required=True)
    limit = number(min=1, max=1000, load_default=100)


class ExecuteImport(Request):
    """``POST /imports/{import_id}/execution``."""

    class Meta:
        command = commands.ExecuteImport

    import_id = Id(required=True)
    only_good = fields.Boolean(required=True)


class Import(Answer):
    """A file, and how far it has come. Counts are of its rows; ``last_row`` is the last one that has arrived."""

    import_id = Id(attribute="id")
    organization_id = Id()
    kind = fields.String()
    status = fields.String()
    created_at = Timestamp()
    finished_at = Timestamp(allow_none=True)
    last_row = fields.Integer()
    rows = fields.Integer()
    checked = fields.Integer()
    good = fields.Integer()
    bad = fields.Integer()
    imported = fields.Integer()
    failed = fields.Integer()


ImportPage = page_of(Import)


class CellError(Answer):
    """What is wrong with one cell; it never repeats what stands there."""

    column = fields.String()
    heading = fields.String()
    code = fields.String()
    message = fields.String()


class RowErrors(Answer):
    """A row that cannot be imported; ``row`` is its number in the file."""

    row = fields.Integer()
    state = fields.String()
    errors = fields.List(fields.Nested(CellError))


RowErrorsPage = page_of(RowErrors)
